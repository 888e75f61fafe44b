"""Forms of the places room."""

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, NumberRange

from love_market.places.service import BOUNDS
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


def _between(name: str) -> NumberRange:
    low, high = BOUNDS[name]
    return NumberRange(low, high, _("要在 %(min)s 到 %(max)s 之间。"))


class SettingsForm(FormBase):
    """A market's settings; the bounds are the service's."""

    notice_days = IntegerField(_("公示几天"), [InputRequired(_("请填天数。")), _between("notice_days")])
    quarter_budget_points = IntegerField(
        _("每季最多发多少分"), [InputRequired(_("请填分数，不发就填 0。")), _between("quarter_budget_points")]
    )
    voucher_valid_days = IntegerField(
        _("积分券多少天有效"), [InputRequired(_("请填天数。")), _between("voucher_valid_days")]
    )
    vouchers_in_denominations = BooleanField(_("按面额发券（5、10、20、50、100 分），不按户发整张"))
    vouchers_a_sheet = SelectField(
        _("一张 A4 印几张券"), choices=[SelectChoice("8", _("8 张")), SelectChoice("6", _("6 张，留出盖圆章的地方"))]
    )
    minimum_redemption_points = IntegerField(
        _("一次最少换多少分"), [InputRequired(_("请填分数，不限就填 1。")), _between("minimum_redemption_points")]
    )
    lease_hours = IntegerField(
        _("兑换机断网后能用多久"), [InputRequired(_("请填小时数，一般填 72。")), _between("lease_hours")]
    )
    offline_new_points = IntegerField(
        _("断网时遇到没见过的新券，最多换多少分"),
        [InputRequired(_("请填分数，不让换就填 0。")), _between("offline_new_points")],
    )
    proxy_daily_households = IntegerField(
        _("一个人一天最多替几户代领、代换"),
        [InputRequired(_("请填户数，不限就填 0。")), _between("proxy_daily_households")],
    )
    reset_month = SelectField(
        _("没用完的分每年清零吗"),
        choices=[
            SelectChoice("0", _("不清零，一直留着")),
            *(SelectChoice(str(month), _("每年 %(month)s 月", month=month)) for month in range(1, 13)),
        ],
    )
    reset_day = IntegerField(_("清零在那个月几号"), [InputRequired(_("请填几号。")), _between("reset_day")])
    penalty_reply_days = IntegerField(
        _("扣分告知以后，几天内可以答复"), [InputRequired(_("请填天数。")), _between("penalty_reply_days")]
    )
    penalty_public_days = IntegerField(
        _("公示以后，扣分公开几天"), [InputRequired(_("请填天数。")), _between("penalty_public_days")]
    )
