"""The base of all forms: CSRF, and the key that makes sending it twice the same as once."""

from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import ValidationError

from love_market.db import new_id


class FormBase(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form with a hidden ``key``, made when the page is, that the write behind it is known by."""

    key = HiddenField(default=lambda: str(new_id()))

    def validate_key(self, field: HiddenField) -> None:
        """Refuse a key that is not one."""
        try:
            UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(_("页面过期了，请刷新后再来一次。")) from error

    @property
    def key_id(self) -> UUID:
        """The key, once validated."""
        return UUID(self.key.data)
