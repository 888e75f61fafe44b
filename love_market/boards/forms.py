"""Forms of the boards."""

from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from love_market.boards.rules import MOST_POINTS, Stars
from love_market.boards.service import LONGEST_REASON
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class AskOnceForm(FormBase):
    """A page that asks once: nothing is typed."""


class CorrectForm(FormBase):
    """Why a published list is corrected."""

    reason = TextAreaField(
        _("为什么更正"),
        [InputRequired(_("请写上为什么更正。")), Length(max=LONGEST_REASON, message=_("最多 %(max)d 字。"))],
    )


def _points(label: str) -> IntegerField:
    within = NumberRange(1, MOST_POINTS, _("要在 %(min)s 到 %(max)s 之间。"))
    return IntegerField(label, [InputRequired(_("请填分数。")), within])


class StarRuleForm(FormBase):
    """How many honour points of a year make three, four and five stars."""

    three_points = _points(_("三星要多少荣誉分"))
    four_points = _points(_("四星要多少荣誉分"))
    five_points = _points(_("五星要多少荣誉分"))

    @property
    def stars(self) -> Stars:
        """What was typed; the service says whether it rises."""
        return Stars(self.three_points.data or 0, self.four_points.data or 0, self.five_points.data or 0)
