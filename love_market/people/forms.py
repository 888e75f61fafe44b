"""Forms of the people room."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from love_market.people.rules import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD, VILLAGE_STAFF, Role
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

_TOO_SHORT = _("密码至少要 10 个字符。")
ROLE_DUTIES = {
    Role.RECORDER: _("记录员：登记好事、录分、写公示"),
    Role.CHAIR: _("主任：认定、发券、管人员和设置"),
    Role.PANEL_MEMBER: _("评议员：开会评议、表决"),
    Role.GRID_WORKER: _("网格员：替农户报好事、核实"),
    Role.CLERK: _("超市管理员：兑换、进货、盘点"),
}


class SignInForm(FormBase):
    """Name and password at the door."""

    sign_in_name = StringField(_("登录名"), [InputRequired(_("请填登录名。")), Length(max=LONGEST_NAME)])
    password = PasswordField(_("密码"), [InputRequired(_("请填密码。")), Length(max=LONGEST_PASSWORD)])


class PinForm(FormBase):
    """The six digits on the back of a household's card."""

    pin = StringField(_("六位数字"), [InputRequired(_("请填卡片背面的六位数字。")), Length(max=20)])


class PasswordForm(FormBase):
    """A change of the own password."""

    old = PasswordField(_("现在的密码"), [InputRequired(_("请填现在的密码。")), Length(max=LONGEST_PASSWORD)])
    new = PasswordField(
        _("新密码"),
        [
            InputRequired(_("请填新密码。")),
            Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD, message=_TOO_SHORT),
        ],
        description=_("至少 10 个字符，不能就是自己的名字。"),
    )
    again = PasswordField(_("再填一遍新密码"), [InputRequired(_("请再填一遍新密码。"))])

    def validate_again(self, field: PasswordField) -> None:
        """Refuse a second spelling that differs."""
        if field.data != self.new.data:
            raise ValidationError(_("两遍填的不一样。"))


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


class HouseholdForm(FormBase):
    """A household by hand."""

    number = StringField(_("户编号"), [DataRequired(_("请填户编号。")), Length(max=20)], [_stripped])
    head_name = StringField(_("户主姓名"), [DataRequired(_("请填户主姓名。")), Length(max=60)], [_stripped])
    group_name = StringField(_("村民小组"), [Optional(), Length(max=30)], [_stripped])
    grid_name = StringField(_("网格"), [Optional(), Length(max=30)], [_stripped])
    phone = StringField(
        _("电话"), [Optional(), Regexp(r"[0-9 +\-]{5,20}$", message=_("电话只写数字，比如 13900000001。"))], [_stripped]
    )
    member_count = IntegerField(
        _("家庭人口"), [InputRequired(_("家庭人口要填整数。")), NumberRange(1, 60, _("家庭人口要在 1 到 60 之间。"))]
    )
    note = StringField(
        _("备注"), [Optional(), Length(max=200)], [_stripped], description=_("不要写身份证号，本系统不保存。")
    )
    is_informant = BooleanField(
        _("小组信息员"), description=_("勾上以后，这一户用自己的户卡登录，可以替本小组的各户报好事。")
    )


class LeaveForm(FormBase):
    """When a household left the village."""

    left_on = DateField(_("迁出日期"), [InputRequired(_("请填迁出的日期。"))])


class UploadForm(FormBase):
    """A roster workbook."""

    roster = FileField(_("花名册"), [FileRequired(_("请先选文件。"))])


class PlanForm(FormBase):
    """The confirmation of a preview: ``digest`` is the plan that was read."""

    digest = HiddenField()


class CardsForm(FormBase):
    """For whom cards are made: the households without one, a group's, or one."""

    scope = RadioField(_("给哪些户"), [InputRequired(_("请选给哪些户发卡。"))])


class OverseerForm(FormBase):
    """A township's overseer: name, sign-in name, a first password."""

    name = StringField(_("姓名"), [DataRequired(_("请填姓名。")), Length(max=LONGEST_NAME)], [_stripped])
    sign_in_name = StringField(
        _("登录名"),
        [DataRequired(_("请填登录名。")), Length(max=LONGEST_NAME)],
        [_stripped],
        description=_("可以是姓名或手机号，全县不能重。"),
    )
    password = StringField(
        _("先用的密码"),
        [InputRequired(_("请填密码。")), Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD, message=_TOO_SHORT)],
        description=_("当面告诉本人，请他登录后自己改。"),
    )


class StaffForm(OverseerForm):
    """Somebody new at a village: with roles there."""

    roles = SelectMultipleField(
        _("做什么"),
        [InputRequired(_("请至少选一样。"))],
        choices=[SelectChoice(role.value, ROLE_DUTIES[role]) for role in Role if role in VILLAGE_STAFF],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class RolesForm(FormBase):
    """Which roles somebody holds at this village; none of them takes the sign-in away."""

    grid_name = SelectField(_("做网格员，管哪个网格"), description=_("这个网格里各户报的好事，先由他看。"))

    roles = SelectMultipleField(
        _("做什么"),
        [InputRequired(_("请至少选一样；不做了，请用“离任”。"))],
        choices=[SelectChoice(role.value, ROLE_DUTIES[role]) for role in Role if role in VILLAGE_STAFF],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, grid_names: Sequence[str], held: str) -> None:
        """Say which grids there are; one that no household is in any more may stay."""
        names = sorted({*grid_names, held} - {""})
        self.grid_name.choices = [SelectChoice("", _("全村")), *(SelectChoice(name, name) for name in names)]


class NewPasswordForm(FormBase):
    """A new password for somebody who forgot theirs."""

    password = StringField(
        _("新密码"),
        [InputRequired(_("请填新密码。")), Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD, message=_TOO_SHORT)],
        description=_("当面告诉本人，请他登录后自己改。他在别处的登录都会退出。"),
    )


class KinshipForm(FormBase):
    """Who on the panel is of, or kin to, which household."""

    staff_id = SelectField(_("谁"), [InputRequired(_("请选是谁。"))])
    household_id = SelectField(_("哪一户"), [InputRequired(_("请选一户。"))])
    relation = StringField(
        _("什么关系"),
        [DataRequired(_("请写是什么关系。")), Length(max=20)],
        [_stripped],
        description=_("比如：本人、兄弟、儿女亲家。"),
    )
