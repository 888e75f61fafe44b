"""Forms of the voucher pages."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class AskOnceForm(FormBase):
    """A page that asks once: nothing is typed."""


class HandOverForm(FormBase):
    """Who took the vouchers that are marked on the page."""

    to = StringField(
        _("代领人"),
        description=_("户主本人来领，不用写。别人代领，写姓名和关系。"),
        validators=[Optional(), Length(max=60, message=_("最多 60 个字。"))],
    )


class LossForm(FormBase):
    """Why a voucher is frozen, given back, voided or reissued."""

    reason = TextAreaField(
        _("原因"),
        description=_("会写进账本，比如：本人说赶集时丢了。"),
        validators=[
            DataRequired(message=_("请写明原因。")),
            Length(max=100, message=_("最多 100 个字。")),
        ],
    )
