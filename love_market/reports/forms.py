"""Forms of the reading pages."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class CardForm(FormBase):
    """What a scanner gun reads off a household's card: its address, or the key at the end of it."""

    scanned = StringField(_("户卡上的码"), [InputRequired(_("请先扫一下户卡。")), Length(max=200)])
