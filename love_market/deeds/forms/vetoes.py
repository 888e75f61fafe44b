"""Forms of vetoes: writing one down, and why one is turned down or lifted."""

from collections.abc import Iterable
from datetime import date
from typing import cast
from uuid import UUID

from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind
from wtforms.validators import InputRequired, Length

from love_market.deeds.queries import HouseholdChoice, VetoRuleRecord
from love_market.deeds.rules import LONGEST_DOCUMENT, LONGEST_REASON
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class VetoForm(FormBase):
    """A veto as somebody writes it down."""

    household = SelectField(_("哪一户"), [InputRequired(_("请选是哪一户。"))])
    rule = SelectField(_("哪一条"), [InputRequired(_("请选是哪一条。"))])
    found_on = DateField(_("哪一天认定的"), [InputRequired(_("请填文书上的日期。"))])
    document = StringField(
        _("凭哪份文书"),
        [InputRequired(_("请写明凭哪份文书。")), Length(max=LONGEST_DOCUMENT, message=_("写得太长，最多 200 个字。"))],
        description=_("比如：某某派出所行政处罚决定书，写上文号。"),
    )

    def offer(self, households: Iterable[HouseholdChoice], rules: Iterable[VetoRuleRecord]) -> None:
        """Say what may be chosen."""
        self.household.choices = [
            SelectChoice("", _("请选")),
            *(
                SelectChoice(str(each.id), f"{each.number} {each.head_name} {each.group_name}".strip())
                for each in households
            ),
        ]
        self.rule.choices = [SelectChoice(str(rule.id), rule.name) for rule in rules]

    @property
    def household_id(self) -> UUID:
        """The household, once validated."""
        return UUID(self.household.data)

    @property
    def rule_id(self) -> UUID:
        """The rule, once validated."""
        return UUID(self.rule.data)

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
