"""Where pages find their templates and files, and addresses that change when a file does."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from love_market.paper.shelves import static_dir, templates_dir

__all__ = ["asset", "init_app", "migrations_dir", "static_dir", "templates_dir"]


def migrations_dir() -> Path:
    """Return the folder of database migrations."""
    return Path(__file__).resolve().parent.parent / "migrations"


@cache
def _version(name: str, _changed: float) -> str:
    return hashlib.sha256((static_dir() / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Return the address of a static file, with a version made from its bytes so that caches never show an old one."""
    path = static_dir() / name
    version = _version(name, path.stat().st_mtime) if path.is_file() else "missing"
    return url_for("static", filename=name, v=version)


def init_app(app: Flask) -> None:
    """Offer ``asset`` to all templates."""
    app.jinja_env.globals["asset"] = asset
