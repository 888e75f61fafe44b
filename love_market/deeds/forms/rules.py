"""Forms of rules: the table in which the next version is drafted, the meeting that adopts it, a workbook."""

from collections.abc import Iterable
from datetime import date
from typing import cast

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from love_market.deeds.evidence import Upload
from love_market.deeds.forms.fields import read_uploads
from love_market.deeds.forms.numbers import WholeNumberField
from love_market.deeds.intake import CellProblem
from love_market.deeds.rules import (
    CATEGORIES,
    LONGEST_NOTE,
    PERIODS,
    VETO,
    Meeting,
    RuleDraft,
    RuleWrong,
    plain,
)
from love_market.errors import LoveMarketError
from love_market.web.errors import sentence_of
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

SPARE_ROWS = 3
_DAYS = "days"


class RuleRow(Form):
    """One rule in the table of the next version; a veto says in the cap's place after how many days it is over."""

    code = HiddenField()
    category = SelectField(
        _("类别"), choices=[SelectChoice("", _("请选")), *(SelectChoice(name, _(name)) for name in (*CATEGORIES, VETO))]
    )
    name = StringField(_("名称"))
    points = WholeNumberField(_("分"), [Optional()])
    unit_name = StringField(_("按什么计"), default="次")
    cap_points = WholeNumberField(_("封顶"), [Optional()])
    cap_period = SelectField(
        _("多久"),
        choices=[
            SelectChoice("", _("不封顶")),
            *(SelectChoice(code, _(name)) for code, name in PERIODS.items()),
            SelectChoice(_DAYS, _("天后解除")),
        ],
    )
    family = StringField(_("只计最高"))
    evidence = StringField(_("凭据"))
    drop = BooleanField(_("删掉"))

    @property
    def empty(self) -> bool:
        """Whether nothing was typed into this row."""
        return not (self.name.data or "").strip() and self.points.data is None and not self.code.data

    def draft(self) -> RuleDraft:
        """Return the rule as drafted; what is missing is for the rules to tell."""
        number, period = self.cap_points.data, self.cap_period.data or None
        is_veto = period == _DAYS
        return RuleDraft(
            category=self.category.data or "",
            name=self.name.data or "",
            points=self.points.data or 0,
            unit_name=self.unit_name.data or "",
            cap_points=None if is_veto else number,
            cap_period=None if is_veto else period,
            evidence=self.evidence.data or "",
            code=self.code.data or "",
            family=self.family.data or "",
            veto_days=number if is_veto else None,
        )


class _MayWait(Optional):
    """Lets a field be empty while the table is written; the meeting is asked for when it is adopted."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


class MeetingFields(Form):
    """The meeting of the representatives that adopts a version."""

    held_on = DateField(_("哪一天开的会"), [_MayWait()])
    representatives = WholeNumberField(_("村民代表一共"), [_MayWait()])
    present = WholeNumberField(_("到会"), [_MayWait()])
    votes_for = WholeNumberField(_("赞成"), [_MayWait()])
    votes_against = WholeNumberField(_("反对"), [_MayWait()], default=0)
    votes_abstained = WholeNumberField(_("弃权"), [_MayWait()], default=0)

    def meeting(self) -> Meeting | None:
        """Return the meeting as it was told; None, with an error at each, where something is missing."""
        asked = (
            (self.held_on, _("请填开会的日期。")),
            (self.representatives, _("请填村民代表一共多少人。")),
            (self.present, _("请填到会多少人。")),
            (self.votes_for, _("请填赞成多少票。")),
            (self.votes_against, _("请填反对多少票，没有填 0。")),
            (self.votes_abstained, _("请填弃权多少票，没有填 0。")),
        )
        for field, sentence in asked:
            if field.data is None and not field.errors:
                field.errors = [sentence]
        if any(field.errors for field, _sentence in asked):
            return None
        return Meeting(
            cast(date, self.held_on.data),
            *(cast(int, field.data) for field, _sentence in asked[1:]),
        )


class RulesForm(FormBase, MeetingFields):
    """The whole table of the next version of the rules, and how it was adopted."""

    based_on = HiddenField()
    rules = FieldList(FormField(RuleRow))
    minutes = MultipleFileField(_("会议记录的照片"), [Optional()])
    note = StringField(
        _("说明"),
        [Optional(), Length(max=LONGEST_NOTE, message=_("写得太长，最多 200 个字。"))],
        description=_("比如：为什么改。"),
    )
    knowingly = BooleanField(_("知道这一条：这些事从不记分，会议仍然要定"))

    def begin(self, version_number: int, rules: Iterable[RuleDraft]) -> None:
        """Fill the table with what it begins from, and a few empty rows."""
        self.based_on.data = str(version_number)
        for draft in rules:
            values = {name: getattr(draft, name) for name in RuleDraft.__slots__ if name != "veto_days"}
            if draft.category == VETO:
                values |= {"points": None, "cap_points": draft.veto_days, "cap_period": _DAYS}
            elif not draft.points:
                values["points"] = None
            self.rules.append_entry(values)
        self.spare()

    def mark(self, problems: Iterable[CellProblem]) -> None:
        """Show the cells of a workbook that could not be read: a number stays as typed, so that it is not forgotten."""
        for problem in problems:
            row = self.rules[problem.number].form
            field = row["cap_points" if problem.field == "veto_days" else problem.field]
            field.errors = [_("请改")]
            if isinstance(field, WholeNumberField):
                field.raw_data = [problem.typed]

    def refuse(self, error: LoveMarketError) -> int:
        """Say above the fields why it was refused, and of a wrong rule also in its row."""
        if isinstance(error, RuleWrong) and "name" in error.values:
            name = plain(str(error.values["name"]))
            for row in self.rules:
                if not row.form.empty and not row.form.drop.data and plain(row.form.name.data or "") == name:
                    row.form["name"].errors = [sentence_of(error)]
        return super().refuse(error)

    def spare(self) -> None:
        """Offer a few empty rows at the end."""
        missing = SPARE_ROWS - sum(row.form.empty for row in self.rules)
        for _row in range(max(missing, 0)):
            self.rules.append_entry()

    def drafts(self) -> list[RuleDraft]:
        """Return the rules that the next version is to hold."""
        return [row.form.draft() for row in self.rules if not row.form.drop.data and not row.form.empty]

    def uploads(self) -> list[Upload]:
        """Return the photos of the minutes that were sent, read."""
        return read_uploads(self.minutes.data)

    @property
    def begun_from(self) -> int:
        """The number of the version the draft began from."""
        text = self.based_on.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < len("99999") else 0


class WorkbookForm(FormBase):
    """A workbook of rules."""

    rules = FileField(_("细则的表格"), [FileRequired(_("请先选文件。"))])


class PickForm(FormBase):
    """Which model rules are taken."""

    codes = SelectMultipleField(
        _("挑哪几条"),
        [InputRequired(_("请至少挑一条。"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
