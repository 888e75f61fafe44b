"""Workbooks between their upload and their confirmation: what they say, kept a day; the file itself only sealed.

A file may hold what must not be stored, identity numbers first of all. It is sealed with a key that stands nowhere but
in the cookie of whoever sent it, so that it can be given back to them with its faults marked, and to nobody else.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, send_file, session
from werkzeug.datastructures import FileStorage

from love_market.config import Settings
from love_market.errors import NotFound, words
from love_market.web.clock import now
from love_market.workbook import MAX_FILE_BYTES, Mark

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_FOR = timedelta(days=1)
SWEPT_EVERY = timedelta(hours=1)
_KEY = "workbook_key"


class PreviewGone(NotFound):
    """A preview was carried out already, was left lying for more than a day, or is somebody else's."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed over: one byte more than may be read, so that what is too large is seen to be."""

    data: bytes
    filename: str


def uploaded(sent: FileStorage) -> Upload:
    """Return what a file field holds."""
    return Upload(sent.stream.read(MAX_FILE_BYTES + 1), sent.filename or "表格")


def send_workbook(data: bytes, name: str) -> Response:
    """Answer with a workbook to be saved as ``name``, the ending left out."""
    return send_file(BytesIO(data), WORKBOOK, as_attachment=True, download_name=f"{name}.xlsx")


@dataclass(frozen=True, slots=True)
class Previews:
    """The previews of one kind of workbook; ``whose`` says for which market, village and purpose one was made."""

    kind: str

    def keep(self, key: UUID, whose: Mapping[str, str], says: object, upload: Upload) -> None:
        """Keep what a workbook says, as JSON has it, and the file sealed; sent again, the last one holds."""
        at = now()
        _sweep(at)
        token = _sealer(makes=True).encrypt_at_time(upload.data, int(at.timestamp()))
        _write(self._sealed(key), token, at)
        _write(self._path(key), json.dumps({**whose, "says": says}, ensure_ascii=False).encode(), at)

    def says(self, key: UUID, whose: Mapping[str, str]) -> Any:  # noqa: ANN401 whatever JSON holds
        """Return what was kept; raise ``PreviewGone``."""
        path = self._path(key)
        try:
            kept = json.loads(path.read_bytes()) if _is_fresh(path, now()) else {}
        except FileNotFoundError:
            kept = {}
        if not whose.items() <= kept.items():
            raise PreviewGone(words("这份预览已经用过，或者放得太久了。请重新上传表格。"))
        return kept["says"]

    def drop(self, key: UUID) -> None:
        """Forget a preview that was carried out."""
        for path in (self._path(key), self._sealed(key)):
            path.unlink(missing_ok=True)

    def is_mine(self, key: UUID) -> bool:
        """Return whether this browser, still signed in as it was, sent the file."""
        try:
            return bool(self._opened(key))
        except PreviewGone:
            return False

    def marked(self, key: UUID, filename: str, marks: Sequence[Mark], headings: Mapping[str, int]) -> Response:
        """Answer with the file and its faults marked in it (改错表); raise ``PreviewGone``.

        ``filename`` is the file's name as it may be shown; ``headings`` are the rows of the sheets' heads.
        """
        from love_market.workbook.mark import mark_workbook  # noqa: PLC0415 openpyxl is large, and seldom needed

        data = mark_workbook(self._opened(key), filename, marks, headings)
        return send_workbook(data, f"{Path(filename).stem}-改错")

    def _opened(self, key: UUID) -> bytes:
        gone = PreviewGone(words("这张表不在这里了：只有上传的人，在上传后的一天里能下载。请重新上传表格。"))
        try:
            token = self._sealed(key).read_bytes()
            return _sealer().decrypt_at_time(token, int(KEPT_FOR.total_seconds()), int(now().timestamp()))
        except (FileNotFoundError, InvalidToken) as why:
            raise gone from why

    def _path(self, key: UUID) -> Path:
        return _folder(self.kind) / f"{key.hex}.json"

    def _sealed(self, key: UUID) -> Path:
        return _folder(self.kind) / f"{key.hex}.sealed"


def init_app(app: Flask) -> None:
    """Throw away what was never confirmed, looked at once an hour with whatever page is asked for."""
    swept: list[datetime] = []

    @app.before_request
    def _sweep_now_and_then() -> None:
        at = now()
        if not swept or not timedelta(0) <= at - swept[-1] < SWEPT_EVERY:
            swept[:] = [at]
            _sweep(at)


def _instance() -> Path:
    settings: Settings = current_app.extensions["love_market_settings"]
    return settings.instance


def _folder(kind: str) -> Path:
    folder = _instance() / f"{kind}-previews"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sweep(at: datetime) -> None:
    for path in _instance().glob("*-previews/*"):
        if not _is_fresh(path, at):
            path.unlink(missing_ok=True)


def _is_fresh(path: Path, at: datetime) -> bool:
    """Whether a file was kept less than a day ago; raises nothing for one that has just gone."""
    try:
        return path.stat().st_mtime > (at - KEPT_FOR).timestamp()
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes, at: datetime) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _sealer(*, makes: bool = False) -> Fernet:
    """Return what seals and opens for this sign-in; another sign-in in the same browser has another key."""
    login, held = session.get("_user_id", ""), session.get(_KEY)  # the sign-in, as Flask-Login keeps it
    if makes and (not held or held[0] != login):
        held = session[_KEY] = [login, Fernet.generate_key().decode()]
    if not held or held[0] != login:
        raise InvalidToken
    return Fernet(held[1])
