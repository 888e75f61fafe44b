"""Forms of the voucher pages."""

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from love_market.web.forms import FormBase


class IssueForm(FormBase):
    """Issuing asks once; nothing is typed."""


class HandOverForm(FormBase):
    """Who took the vouchers that are marked on the page."""

    to = StringField(
        _("领取人"),
        description=_("不写就是户主本人。"),
        validators=[Length(max=60, message=_("最多 60 个字。"))],
    )


class LossForm(FormBase):
    """Why a voucher is frozen, given back, voided or reissued."""

    reason = TextAreaField(
        _("原因"),
        validators=[
            DataRequired(message=_("请写明原因。")),
            Length(max=100, message=_("最多 100 个字。")),
        ],
    )
