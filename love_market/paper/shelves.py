"""Where the templates and the static files lie: inside the wheel, or beside the package in a checkout."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def templates_dir() -> Path:
    """Return the folder of templates, one a room; raise ``FileNotFoundError`` where there is none."""
    return _find("templates")


@cache
def static_dir() -> Path:
    """Return the folder of static files, one a room; raise ``FileNotFoundError`` where there is none."""
    return _find("static")


def _find(name: str) -> Path:
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no {name}/ in {_PACKAGE} nor beside it")
