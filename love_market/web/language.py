"""The reader's language: Chinese unless chosen otherwise."""

from flask import Flask, request, session
from flask_babel import Babel

LANGUAGES = {"zh": "zh-CN", "en": "en"}


def chosen() -> str:
    """Return the language of this request as Babel names it: ``zh`` or ``en``."""
    language: str = session.get("language", "zh")
    return language if language in LANGUAGES else "zh"


def html_code() -> str:
    """Return the language of this request as HTML names it."""
    return LANGUAGES[chosen()]


def _remember() -> None:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session["language"] = asked


def init_app(app: Flask) -> None:
    """Set up translations, with Chinese as the language the program is written in; ``?lang=en`` changes it."""
    Babel(app, default_locale="zh", locale_selector=chosen)
    app.before_request(_remember)
