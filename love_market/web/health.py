"""Is it alive, and is it ready: two short answers for whoever watches the servers.

``/healthz`` asks nobody: a process that answers is alive. ``/readyz`` asks the database, at most once a second however
often it is asked itself: 200 where redemptions can be booked, else 503 with a sentence that says what is wrong.
"""

import threading
import time
from dataclasses import dataclass, field
from functools import cache

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from love_market.db import db, reading
from love_market.errors import words
from love_market.web.assets import migrations_dir
from love_market.web.errors import RETRY_AFTER_SECONDS

bp = Blueprint("health", __name__)
_FRESH_SECONDS = 1.0
_VERSION = text("SELECT version_num, false FROM alembic_version")
_VERSION_AND_ROLE = text(
    "SELECT version_num, pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
    " FROM alembic_version"
)
AWAY = words("数据库连不上。")
OLDER = words("数据库还是旧版的表。请先运行 love-market migrate。")
NEWER = words("数据库的表比这个程序新。请把程序升到同一版。")
FOLLOWS = words("连着的数据库现在只能读。")


@dataclass(slots=True)
class _Known:
    """What was found last, and when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float = float("-inf")
    wrong: str = ""


def init_app(app: Flask) -> None:
    """Serve the two addresses."""
    app.extensions["love_market_ready"] = _Known()
    app.register_blueprint(bp)


@bp.get("/healthz")
def alive() -> Response:
    """Say that this process answers."""
    return _said("", 200)


@bp.get("/readyz")
def ready() -> Response:
    """Say whether redemptions can be booked here, now."""
    known: _Known = current_app.extensions["love_market_ready"]
    with known.lock:
        if time.monotonic() - known.at > _FRESH_SECONDS:
            known.wrong = _what_is_wrong(db.engine)
            known.at = time.monotonic()
    return _said(known.wrong, 503 if known.wrong else 200)


def _said(sentence: str, status: int) -> Response:
    response = Response(f"{sentence or 'ok'}\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if status != 200:  # noqa: PLR2004 the one that is well
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _what_is_wrong(engine: Engine) -> str:
    """Return a sentence, or nothing where all is well."""
    query = _VERSION_AND_ROLE if engine.dialect.name == "postgresql" else _VERSION
    try:
        with reading() as session:
            version, follows = session.execute(query).one()
    except SQLAlchemyError:
        return AWAY
    if follows:
        return FOLLOWS
    if version == _versions()[-1]:
        return ""
    return OLDER if version in _versions() else NEWER


@cache
def _versions() -> tuple[str, ...]:
    """Return the versions that this program has tables for, in order: what its migrations' files begin with."""
    return tuple(sorted(path.name.partition("_")[0] for path in (migrations_dir() / "versions").glob("[0-9]*.py")))
