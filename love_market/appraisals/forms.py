"""Forms of the quarter."""

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from love_market.appraisals.service.items import LONGEST_REASON
from love_market.appraisals.service.meeting import LONGEST_PLACE
from love_market.appraisals.service.minutes import LONGEST_NOTE
from love_market.appraisals.service.notice import LONGEST_BY, LONGEST_CONTACT, LONGEST_REPLY, LONGEST_SAID
from love_market.appraisals.service.opening import LARGEST_BUDGET_POINTS
from love_market.deeds.forms import MeetingFields
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class OpenForm(FormBase):
    """Open a quarter."""

    quarter = SelectField(_("哪个季度"))
    budget_points = IntegerField(
        _("本季额度"), [InputRequired(_("请填额度。")), NumberRange(0, LARGEST_BUDGET_POINTS, _("额度太大了。"))]
    )


class BudgetForm(FormBase):
    """More budget for a quarter."""

    amount_points = IntegerField(
        _("追加多少"), [InputRequired(_("请填要追加的分。")), NumberRange(1, LARGEST_BUDGET_POINTS, _("要大于 0。"))]
    )
    reason = StringField(_("为什么"), [InputRequired(_("请写一句原因，账上要记。")), Length(max=100)])


class UploadForm(FormBase):
    """Hand over a score workbook."""

    scores = FileField(_("评分表"), [FileRequired(_("请先选一个文件。"))])


class PlanForm(FormBase, MeetingFields):
    """Carry out the import that was read; new rules are adopted by a meeting."""

    digest = HiddenField()


class MeetingForm(FormBase):
    """When and where a meeting is, and who chairs it."""

    held_on = DateField(_("哪天开的"), [InputRequired(_("请填开会的日期。"))])
    place_name = StringField(_("在哪里"), [Optional(), Length(max=LONGEST_PLACE)])
    chaired_by = SelectField(_("谁主持"))


class ProposalForm(FormBase):
    """A change to one household's points that somebody asks for at the meeting."""

    rule_id = SelectField(_("改哪一项"), [InputRequired(_("请选一项。"))])
    points = StringField(_("改成多少分"), [InputRequired(_("请填改成多少分。"))])
    reason = StringField(_("为什么"), [InputRequired(_("请写一句理由。")), Length(max=LONGEST_REASON)])
    raised_by = SelectField(_("谁提的"), [InputRequired(_("请选提议的人。"))])


class NoteForm(FormBase):
    """Words beside the minutes."""

    words = TextAreaField(_("记一句"), [InputRequired(_("请先写一两句。")), Length(max=LONGEST_NOTE)])


class CopyForm(FormBase):
    """A file of the minutes signed on paper."""

    copy = FileField(_("签好字的会议记录"), [FileRequired(_("请先选一个文件。"))])


class PublishForm(FormBase):
    """Publish the notice."""

    days = IntegerField(_("公示几天"), [InputRequired(_("请填公示几天。"))])


class ObjectForm(FormBase):
    """Object to a row of the notice."""

    words = TextAreaField(_("哪里不对"), [InputRequired(_("请写哪里不对，村委会才好去核。")), Length(max=LONGEST_SAID)])
    raised_by = StringField(_("您的姓名"), [InputRequired(_("请写姓名，答复要找得到您。")), Length(max=LONGEST_BY)])
    contact = StringField(_("电话"), [Optional(), Length(max=LONGEST_CONTACT)])


class ReplyForm(FormBase):
    """Answer an objection; corrected points are fields named after their rules."""

    upheld = RadioField(
        _("核下来"),
        choices=[SelectChoice("yes", _("异议成立，改分")), SelectChoice("no", _("异议不成立，分不变"))],
    )
    reply = TextAreaField(_("答复的话"), [InputRequired(_("请写理由，会给提的人看。")), Length(max=LONGEST_REPLY)])


class AskForm(FormBase):
    """Ask once before what cannot be taken back."""


class SubmitForm(FormBase):
    """Submit the sheet, also where households have nothing entered."""

    agreed = BooleanField(_("没填的都按 0 分算"))
