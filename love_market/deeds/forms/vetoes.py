"""Forms of vetoes: writing one down, and why one is turned down or lifted."""

from datetime import date
from typing import cast

from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from love_market.deeds.forms.fields import HouseholdForm
from love_market.deeds.rules import LONGEST_DOCUMENT, LONGEST_REASON
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class VetoForm(HouseholdForm):
    """A veto as somebody writes it down."""

    rule = SelectField(_("哪一条"), [InputRequired(_("请选是哪一条。"))])
    found_on = DateField(_("哪一天认定的"), [InputRequired(_("请填文书上的日期。"))])
    document = StringField(
        _("凭哪份文书"),
        [InputRequired(_("请写明凭哪份文书。")), Length(max=LONGEST_DOCUMENT, message=_("写得太长，最多 200 个字。"))],
        description=_("比如：某某派出所行政处罚决定书，写上文号。"),
    )

    @property
    def day(self) -> date:
        """The day, once validated."""
        return cast(date, self.found_on.data)


class ReasonForm(FormBase):
    """Why a veto is turned down or lifted."""

    reason = StringField(
        _("原因"),
        [
            InputRequired(_("请写明原因。")),
            Length(max=LONGEST_REASON, message=_("原因写得太长，最多 200 个字。")),
        ],
    )
