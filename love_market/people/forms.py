"""Forms of the people room."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from love_market.people.rules import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


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
            Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD, message=_("新密码至少要 10 个字符。")),
        ],
        description=_("至少 10 个字符，不能就是自己的名字。"),
    )
    again = PasswordField(_("再填一遍新密码"), [InputRequired(_("请再填一遍新密码。"))])

    def validate_again(self, field: PasswordField) -> None:
        """Refuse a second spelling that differs."""
        if field.data != self.new.data:
            raise ValidationError(_("两遍填的不一样。"))
