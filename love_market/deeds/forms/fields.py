"""What the forms of deeds, penalties and vetoes are made of: households to choose from, files that were sent."""

from collections.abc import Iterable
from uuid import UUID

from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind
from wtforms.validators import InputRequired

from love_market.deeds.evidence import Upload
from love_market.deeds.queries import HouseholdChoice, RuleRecord, VetoRuleRecord
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class HouseholdForm(FormBase):
    """A form about one household and one rule; ``rule`` is the form's own field."""

    household = SelectField(_("哪一户"), [InputRequired(_("请选是哪一户。"))])
    rule: RadioField | SelectField

    def offer(self, households: Iterable[HouseholdChoice], rules: Iterable[RuleRecord | VetoRuleRecord]) -> None:
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


def read_uploads(sent: Iterable[object] | None) -> list[Upload]:
    """Return the files that a field was sent, read; what is no file is left out."""
    files = [file for file in sent or () if isinstance(file, FileStorage)]
    return [Upload(file.filename, file.stream.read()) for file in files if file.filename]
