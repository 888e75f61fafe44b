"""The reader's language: Chinese unless chosen otherwise."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, redirect, request, session
from flask_babel import Babel
from werkzeug.wrappers import Response

LANGUAGES = {"zh": "中文", "en": "English"}
bp = Blueprint("web", __name__)


def chosen() -> str:
    """Return the language of this request: ``zh`` or ``en``."""
    language: str = session.get("language", "zh")
    return language if language in LANGUAGES else "zh"


def html_code() -> str:
    """Return the language as HTML names it."""
    return "zh-CN" if chosen() == "zh" else "en"


@bp.get("/language/<language>")
def set_language(language: str) -> Response:
    """Remember a language and go back to where the reader was."""
    session["language"] = language if language in LANGUAGES else "zh"
    back = urlsplit(request.referrer or "/")
    return redirect(back.path or "/")


def init_app(app: Flask) -> None:
    """Set up translations, with Chinese as the language the program is written in."""
    Babel(app, default_locale="zh", locale_selector=chosen)
    app.register_blueprint(bp)
