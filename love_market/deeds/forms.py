"""Forms of the deeds room."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from love_market.deeds.evidence import Upload
from love_market.deeds.queries import HouseholdChoice, RuleRecord
from love_market.deeds.rules import (
    CATEGORIES,
    LONGEST_MEMBER,
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_WORDS,
    PERIODS,
    RuleDraft,
)
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

SPARE_ROWS = 3


class WholeNumberField(IntegerField):
    """An integer as people write one: full width, padded, or with a true minus."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read an integer; what is none stays as typed and is told."""
        super().process_formdata([str(value).strip().replace("−", "-").replace("－", "-") for value in valuelist])


class DeedForm(FormBase):
    """A good deed as somebody records it."""

    household = SelectField(_("哪一户"), [InputRequired(_("请选是哪一户。"))])
    rule = RadioField(_("做了什么"), [InputRequired(_("请选做了哪一件事。"))])
    done_on = DateField(_("哪一天"), [InputRequired(_("请填是哪一天。"))])
    times = WholeNumberField(_("几次"), [InputRequired(_("请填做了几次。"))], default=1)
    member_name = StringField(_("谁做的"), [Optional(), Length(max=LONGEST_MEMBER)])
    words = TextAreaField(
        _("经过"),
        [Length(max=LONGEST_WORDS, message=_("经过写得太长，最多 500 个字。"))],
        filters=[lambda text: text or ""],
    )
    photos = MultipleFileField(_("照片"), [Optional()])
    sound = FileField(_("录音"), [Optional()])

    def offer(self, households: Sequence[HouseholdChoice], rules: Sequence[RuleRecord]) -> None:
        """Say what may be chosen."""
        self.household.choices = [
            SelectChoice("", _("请选")),
            *(
                SelectChoice(str(each.id), f"{each.number} {each.head_name} {each.group_name}".strip())
                for each in households
            ),
        ]
        self.rule.choices = [SelectChoice(str(rule.id), rule.name) for rule in rules]

    def uploads(self) -> list[Upload]:
        """Return the files that were sent, read."""
        files: Sequence[FileStorage] = [file for file in self.photos.data or () if isinstance(file, FileStorage)]
        return [Upload(file.filename or "?", file.stream.read()) for file in files if file.filename]

    def spoken(self) -> Upload | None:
        """Return the spoken words that were sent, read."""
        file = self.sound.data
        return Upload(file.filename, file.stream.read()) if isinstance(file, FileStorage) and file.filename else None

    def validate_words(self, field: TextAreaField) -> None:
        """Want at least some words, written or spoken, or a photo."""
        if not (field.data or "").strip() and not any(self.photos.data or ()) and not self.sound.data:
            raise ValidationError(_("写一两句经过，或者放一张照片。"))

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
        return cast(date, self.done_on.data)

    @property
    def count(self) -> int:
        """How many times, once validated."""
        return cast(int, self.times.data)


class ActForm(FormBase):
    """A button and nothing else."""


class PassForm(FormBase):
    """A deed passes a review; what was pointed out has been looked at."""

    looked = BooleanField(_("提醒的事，我都看过了，没有问题"))


class RefusalForm(FormBase):
    """Why a deed is refused."""

    reason = StringField(
        _("退回的原因"),
        [
            InputRequired(_("请写明原因，报的人要凭它改。")),
            Length(max=LONGEST_REASON, message=_("原因写得太长，最多 200 个字。")),
        ],
        description=_("比如：带工人的名单上只有两次。"),
    )


class RuleRow(Form):
    """One rule in the table of the next version."""

    code = HiddenField()
    category = SelectField(_("类别"), choices=[SelectChoice(name, _(name)) for name in CATEGORIES])
    name = StringField(_("名称"))
    points = WholeNumberField(_("分"), [Optional()])
    unit_name = StringField(_("按什么计"), default="次")
    cap_points = WholeNumberField(_("封顶"), [Optional()])
    cap_period = SelectField(
        _("多久"),
        choices=[SelectChoice("", _("不封顶")), *(SelectChoice(code, _(name)) for code, name in PERIODS.items())],
    )
    evidence = StringField(_("凭据"))
    drop = BooleanField(_("删掉"))

    @property
    def empty(self) -> bool:
        """Whether nothing was typed into this row."""
        return not (self.name.data or "").strip() and self.points.data is None and not self.code.data

    def draft(self) -> RuleDraft:
        """Return the rule as drafted; what is missing is for the rules to tell."""
        return RuleDraft(
            category=self.category.data or "",
            name=self.name.data or "",
            points=self.points.data or 0,
            unit_name=self.unit_name.data or "",
            cap_points=self.cap_points.data,
            cap_period=self.cap_period.data or None,
            evidence=self.evidence.data or "",
            code=self.code.data or "",
        )


class RulesForm(FormBase):
    """The whole table of the next version of the rules."""

    based_on = HiddenField()
    rules = FieldList(FormField(RuleRow))
    note = StringField(
        _("谁通过的"),
        [Length(max=LONGEST_NOTE, message=_("写得太长，最多 200 个字。"))],
        description=_("比如：2026年10月8日村民代表会议通过。"),
    )

    def begin(self, version_number: int, rules: Sequence[RuleRecord]) -> None:
        """Fill the table with what stands, and a few empty rows."""
        self.based_on.data = str(version_number)
        for rule in rules:
            draft = rule.draft()
            self.rules.append_entry({name: getattr(draft, name) for name in RuleDraft.__slots__})
        self.spare()

    def spare(self) -> None:
        """Offer a few empty rows at the end."""
        missing = SPARE_ROWS - sum(row.form.empty for row in self.rules)
        for _row in range(max(missing, 0)):
            self.rules.append_entry()

    def drafts(self) -> list[RuleDraft]:
        """Return the rules that the next version is to hold."""
        return [row.form.draft() for row in self.rules if not row.form.drop.data and not row.form.empty]

    @property
    def begun_from(self) -> int:
        """The number of the version the draft began from."""
        text = self.based_on.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < len("99999") else 0
