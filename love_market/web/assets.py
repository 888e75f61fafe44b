"""Where pages find their templates and files, and addresses that change when a file does."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from love_market.paper.shelves import static_dir, templates_dir

_IMPORTED = re.compile(r"^import\b[^;]*?\"(\.{1,2}/[^\"]+)\";", re.MULTILINE)

__all__ = ["asset", "init_app", "migrations_dir", "modules", "static_dir", "templates_dir"]


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


def modules(name: str) -> list[str]:
    """Return the addresses of all modules that a script imports, so that a page can fetch them together.

    A browser that has to read one before it knows of the next fetches them one behind the other.
    """
    found, unread = dict[Path, None](), [(static_dir() / name).resolve()]
    while unread:
        path = unread.pop()
        imported = [(path.parent / each).resolve() for each in _imports(path, path.stat().st_mtime)]
        new = [each for each in imported if each not in found and each.is_file()]
        found.update(dict.fromkeys(new))
        unread += new
    names = [path.relative_to(static_dir().resolve()).as_posix() for path in found]
    return [url_for("static", filename=each) for each in names]


@cache
def _imports(path: Path, _changed: float) -> list[str]:
    return _IMPORTED.findall(path.read_text(encoding="utf-8"))


def init_app(app: Flask) -> None:
    """Offer ``asset`` and ``modules`` to all templates."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["modules"] = modules
