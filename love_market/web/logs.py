"""What is written down of each request: one line of JSON with nothing in it about a person.

A line holds the rule of an address, never the address: that would hold ids and vouchers' tokens. It holds no query, no
name, no code, no cookie and nobody's network address. Of an error it says where and of what kind, not the message:
databases put the row into that.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, Response, current_app, g, request

from love_market.config import Settings

REQUEST_ID = "X-Request-ID"
QUIET = frozenset({"static", "health.alive", "health.ready", "metrics.figures"})
"""Endpoints that are asked all day: only their failures are written down."""

_REQUESTS = logging.getLogger("love_market.requests")
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SERVER_FAILED = 500
_MILLISECONDS = 1000


def init_app(app: Flask) -> None:
    """Number and time each request; write it down where the settings want that. Stands before all other parts."""
    settings: Settings = app.extensions["love_market_settings"]
    app.before_request(_begin)
    app.after_request(_numbered)
    if settings.log_format == "json":
        write_json(settings.log_file)
        app.after_request(_written_down)


def write_json(file: Path | None) -> None:
    """Send everything that is logged in this process to a file, or to standard error, a JSON object a line.

    The file is opened anew when logrotate has moved it away.
    """
    handler = WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


class JsonLines(logging.Formatter):
    """A record as one line of JSON; tracebacks without values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
        }
        if isinstance(record.msg, dict):
            line |= record.msg
        else:
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            line["trace"] = without_values(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def without_values(error: BaseException) -> str:
    """Return an error's traceback, its causes first: files, lines, kinds and SQLSTATEs, but no message."""
    return "\n".join(part for each in _with_causes(error) for part in _told(each))


def fault(logger: logging.Logger, error: BaseException) -> None:
    """Write down a request that met a fault of ours: which rule, where in the program, of what kind."""
    about, trace = {"event": "fault", **_about()}, without_values(error)
    settings: Settings = current_app.extensions["love_market_settings"]
    if settings.log_format == "json":
        logger.error({**about, "trace": trace})
    else:
        logger.error("%s %s %s\n%s", about["id"], about["method"], about["rule"], trace)


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
    g.began = time.perf_counter()
    given = request.environ.get("HTTP_X_REQUEST_ID", "")
    g.request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex


def _numbered(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.request_id
    return response


def _written_down(response: Response) -> Response:
    if request.endpoint in QUIET and response.status_code < _SERVER_FAILED:
        return response
    milliseconds = round((time.perf_counter() - g.began) * _MILLISECONDS, 1)
    line = {"event": "request", **_about(), "status": response.status_code, "ms": milliseconds}
    for name in ("tries", "outcome"):
        if name in g:
            line[name] = g.get(name)
    # A record of our own spares the search for who is calling, which is known.
    _REQUESTS.handle(logging.LogRecord(_REQUESTS.name, logging.INFO, __file__, 0, line, None, None))
    return response


def _about() -> dict[str, object]:
    """Return which request it is: never the path or the query, and of a village its public code."""
    rule = request.url_rule
    about: dict[str, object] = {"id": g.request_id, "method": request.method, "rule": rule.rule if rule else None}
    if request.view_args and "village_code" in request.view_args:
        about["village"] = request.view_args["village_code"]
    return about
