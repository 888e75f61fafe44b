"""Forms of the pages of tills."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from love_market.tills.rules import LONGEST_NAME
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class AskOnceForm(FormBase):
    """A page that asks once: nothing is typed."""


class NameForm(FormBase):
    """What a till is called."""

    name = StringField(
        _("叫什么"),
        description=_("店里人一听就知道是哪台，比如：店里的手机。"),
        validators=[
            DataRequired(message=_("请给兑换机起个名字。")),
            Length(max=LONGEST_NAME, message=_("最多 40 个字。")),
        ],
    )
