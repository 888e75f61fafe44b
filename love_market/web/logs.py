"""What is written down of each request: one line of JSON with nothing in it about a person.

A line holds the rule of an address, never the address: that would hold ids and vouchers' tokens. It holds no query, no
name, no code, no cookie and nobody's network address. Of an error it says where and of what kind, not the message:
databases put the row into that.
"""

import json
import logging
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, g, request

from love_market.config import Settings

REQUEST_ID = "X-Request-ID"
QUIET = frozenset({"static", "health.alive", "health.ready", "metrics.figures"})
"""Endpoints that are asked all day: only their failures are written down."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SERVER_FAILED = 500
_MILLISECONDS = 1000
_ENCODED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def init_app(app: Flask) -> None:
    """Number and time each request; write it down where the settings want that. Stands before all other parts."""
    settings: Settings = app.extensions["love_market_settings"]
    app.before_request(_begin)
    app.after_request(_numbered)
    if settings.log_format == "json":
        lines = write_json(settings.log_file)

        @app.after_request
        def _written_down(response: Response) -> Response:
            write_down(response, lines)
            return response


def write_json(file: Path | None) -> "Lines":
    """Send everything that is logged in this process to a file, or to standard error, a JSON object a line."""
    lines = Lines(file)
    lines.setFormatter(JsonLines())
    logging.basicConfig(handlers=[lines], level=logging.INFO, force=True)
    return lines


class Lines(logging.Handler):
    """Whole lines at the end of a file that several processes may write to, or on standard error.

    A file that logrotate has moved away is opened anew within a second.
    """

    def __init__(self, file: Path | None) -> None:
        super().__init__()
        self._file, self._looked, self._inode = file, 0.0, 0
        self._out = sys.stderr.fileno() if file is None else -1
        self._opening = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write what another part of the program logs."""
        try:
            self.write(self.format(record))
        except OSError:
            self.handleError(record)

    def write(self, line: str) -> None:
        """Write a line in one go, so that lines of several threads or processes never mix."""
        now = time.monotonic()
        if self._file is not None and (now - self._looked > 1 or self._out < 0):
            self._look(self._file, now)
        os.write(self._out, f"{line}\n".encode())

    def _look(self, file: Path, now: float) -> None:
        with self._opening:
            self._looked = now
            found = file.stat().st_ino if file.exists() else 0
            if found and found == self._inode:
                return
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            if self._out < 0:
                self._out = opened
            else:
                os.dup2(opened, self._out)  # a thread that is writing keeps its number
                os.close(opened)
            self._inode = os.fstat(self._out).st_ino


class JsonLines(logging.Formatter):
    """A record as one line of JSON; tracebacks without values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "time": _instant(record.created),
            "level": record.levelname.lower(),
            "from": record.name,
        }
        if isinstance(record.msg, dict):
            line |= record.msg
        else:
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            line["trace"] = without_values(record.exc_info[1])
        return _ENCODED(line)


def without_values(error: BaseException) -> str:
    """Return an error's traceback, its causes first: files, lines, kinds and SQLSTATEs, but no message."""
    return "\n".join(part for each in _with_causes(error) for part in _told(each))


def fault(logger: logging.Logger, error: BaseException) -> None:
    """Write down a request that met a fault of ours: which rule, where in the program, of what kind."""
    about, trace = _about(request, g.get("request_id", "")), without_values(error)
    settings: Settings = current_app.extensions["love_market_settings"]
    if settings.log_format == "json":
        logger.error({"event": "fault", **about, "trace": trace})
    else:
        logger.error("%s %s %s\n%s", about["id"], about["method"], about["rule"], trace)


def write_down(response: Response, lines: Lines) -> None:
    """Write the line of the request that is being answered. Every microsecond here is every request's."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 looked up once
    if asked.endpoint in QUIET and response.status_code < _SERVER_FAILED:
        return
    known = g._get_current_object().__dict__  # noqa: SLF001 the same
    line = {
        "time": _instant(time.time()),
        "level": "info",
        "event": "request",
        **_about(asked, known.get("request_id", "")),
        "status": response.status_code,
        "ms": round((time.perf_counter() - known["began"]) * _MILLISECONDS, 1),
    }
    if known.get("tries", 1) > 1:
        line["tries"] = known["tries"]
    if "outcome" in known:
        line["outcome"] = known["outcome"]
    lines.write(_ENCODED(line))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _with_causes(before)
    yield error


def _told(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
    state = getattr(error, "sqlstate", None)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind} {state}" if state else kind


def _begin() -> None:
    known = g._get_current_object().__dict__  # noqa: SLF001 looked up once
    known["began"] = time.perf_counter()
    given = request.environ.get("HTTP_X_REQUEST_ID", "")
    known["request_id"] = given if _GIVEN_ID.fullmatch(given) else os.urandom(16).hex()


def _numbered(response: Response) -> Response:
    response.headers.add(REQUEST_ID, g.request_id)
    return response


def _about(asked: Request, number: str) -> dict[str, Any]:
    """Return which request it is: never the path or the query, and of a village its public code."""
    rule, values = asked.url_rule, asked.view_args
    about: dict[str, Any] = {"id": number, "method": asked.method, "rule": rule.rule if rule else None}
    if values and "village_code" in values:
        about["village"] = values["village_code"]
    return about


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
