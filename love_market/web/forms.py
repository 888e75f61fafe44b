"""The base of all forms: CSRF, and the key that makes sending it twice the same as once."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import flask_babel
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import ValidationError

from love_market.db import new_id
from love_market.errors import LoveMarketError
from love_market.web.errors import sentence_of, status_of

# A label is translated when the page is drawn. WTForms' types ask for str, which is what comes out then.
lazy_gettext = cast(Callable[..., str], flask_babel.lazy_gettext)
_ = lazy_gettext


class FormBase(FlaskForm):
    """A form with a hidden ``key``, made when the page is, that the write behind it is known by.

    Import ``lazy_gettext as _`` for labels from this module, not from Flask-Babel: it is typed as ``str``.
    """

    key = HiddenField(default=lambda: str(new_id()))

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 what WTForms takes: obj, data, prefix, field defaults
        super().__init__(**values)  # type: ignore[no-untyped-call]  # Flask-WTF ships no types

    def validate_on_submit(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 as WTForms has it
        """Return whether the form was sent and everything in it holds."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]

    def validate_key(self, field: HiddenField) -> None:
        """Refuse a key that is not one."""
        try:
            UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(_("页面过期了，请刷新后再来一次。")) from error

    def refuse(self, error: LoveMarketError) -> int:
        """Say above the fields why it was refused; return the status to answer with."""
        self.form_errors.append(sentence_of(error))
        return status_of(error)

    @property
    def key_id(self) -> UUID:
        """The key, once validated."""
        return UUID(self.key.data)
