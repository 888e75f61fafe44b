"""The counter's page for tills: the same bytes for everybody, kept by the device, filled by its scripts."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from love_market.counter.rules import rules_data
from love_market.vouchers.rules import RELATIONS
from love_market.web.assets import asset, static_dir

bp = Blueprint("till_page", __name__)
_FOLDERS = ("counter", "web", "web/parts", "stock/goods", "vendor")
_LEFT_OUT = (".entry.js", "worker.js", "LICENSE")


@bp.get("/counter")
def page() -> Response:
    """The counter, with nothing in it about anybody: who the device is, and what it knows, is in the device."""
    response = Response(_page(), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/counter/worker.js")
def worker() -> Response:
    """The service worker with the list of what it keeps; a file that changes makes another worker of it."""
    files = [url_for("static", filename=name) for name in _names()]
    shell = {"version": _version(), "page": url_for(".page"), "files": files}
    script = f"self.SHELL = {json.dumps(shell)};\n{(static_dir() / 'counter/worker.js').read_text(encoding='utf-8')}"
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@bp.get("/counter/manifest.webmanifest")
def manifest() -> Response:
    """What the home screen shows of the counter."""
    icons = [
        {"src": asset("counter/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("counter/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("counter/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    told = {
        "id": url_for(".page"),
        "name": "爱心超市兑换台",
        "short_name": "兑换台",
        "lang": "zh-CN",
        "start_url": url_for(".page"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#FAF7F2",
        "theme_color": "#FAF7F2",
        "icons": icons,
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")


def _page() -> str:
    return render_template("counter/till.html", rules=rules_data(_), relations=RELATIONS)


def _names() -> list[str]:
    """Return every file that the page may need, as the static folder names it."""
    return [
        path.relative_to(static_dir()).as_posix()
        for folder in _FOLDERS
        for path in sorted((static_dir() / folder).iterdir())
        if path.is_file() and not path.name.endswith(_LEFT_OUT)
    ]


def _version() -> str:
    """Return what changes when any file of the page, or the page itself, does.

    The page counts as it is served, not as its template lies on the disk: a program that was not started anew since
    its files were replaced serves the old one, and a phone must not take that for the new.
    """
    together = hashlib.sha256(_page().encode())
    for path in (static_dir() / name for name in (*_names(), "counter/worker.js")):
        together.update(_digest(path, path.stat().st_mtime_ns))
    return together.hexdigest()[:16]


@cache
def _digest(path: Path, _changed: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
