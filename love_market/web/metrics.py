"""Figures for Prometheus at ``/metrics``: how much is asked, how long it takes, how it ends. Nothing about a person.

Labels are names of this program's own (endpoints, kinds of error), so there are only so many. Under gunicorn each
worker keeps its figures in a file of ``PROMETHEUS_MULTIPROC_DIR``, and whichever is asked adds them all up.
"""

import hmac
import os
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from typing import TypeVar

from flask import Blueprint, Flask, Request, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool, QueuePool

from love_market.config import Settings
from love_market.db import db

bp = Blueprint("metrics", __name__)
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST"})
_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_Result = TypeVar("_Result")

_ANSWERS = Counter(
    "love_market_answers",
    "Answers, by endpoint, method, status and outcome: the kind of refusal, or empty",
    ("endpoint", "method", "status", "outcome"),
)
_TOOK = Histogram(
    "love_market_answer_seconds", "From the first byte of a request to its answer", ("endpoint",), buckets=_SECONDS
)
_RETRIES = Counter("love_market_retries", "Requests begun again because the database asked for it", ("endpoint",))
_OPENED = Counter("love_market_database_connections_opened", "Connections to the database that were made")
_IN_USE = Gauge(
    "love_market_database_connections_in_use",
    "Connections at work when a request ended, its own not counted",
    multiprocess_mode="livesum",
)
_BUILD = Gauge("love_market_build_info", "Always 1; the version is the label", ("version",), multiprocess_mode="max")


def init_app(app: Flask) -> None:
    """Count every answer, and the database's connections. Reads what ``logs`` has timed."""
    app.register_blueprint(bp)
    with app.app_context():
        engine = db.engine
    _watch(engine)

    @app.after_request
    def _counted(response: Response) -> Response:
        count(response, engine.pool)
        return response


def trying(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """Return the same work, each try of which is counted on the request."""

    def tried() -> _Result:
        g.tries = g.get("tries", 0) + 1
        return work()

    return tried


@bp.get("/metrics")
def figures() -> Response:
    """Give the figures, to this machine itself and to who knows the token."""
    if not _may_read():
        return Response("", 403)
    _BUILD.labels(_version()).set(1)  # here, because what a process has set before it forks is not its children's
    registry = REGISTRY
    if os.environ.get(MULTIPROCESS):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it bare
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    settings: Settings = current_app.extensions["love_market_settings"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return True
    # What came through a proxy has this machine's address, wherever it came from.
    direct = "X-Forwarded-For" not in request.headers
    return direct and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 a placeholder


@cache
def _version() -> str:
    return version("love_market")


@cache
def _answers(endpoint: str, method: str, status: int, outcome: str) -> Counter:
    return _ANSWERS.labels(endpoint, method, status, outcome)


@cache
def _took(endpoint: str) -> Histogram:
    return _TOOK.labels(endpoint)


def count(response: Response, pool: Pool) -> None:
    """Count the answer that is being given. Every microsecond here is every request's."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 looked up once
    known = g._get_current_object().__dict__  # noqa: SLF001 the same
    endpoint, method = asked.endpoint or "none", asked.method
    _answers(endpoint, method if method in _METHODS else "other", response.status_code, known.get("outcome", "")).inc()
    _took(endpoint).observe(time.perf_counter() - known["began"])
    tries = known.get("tries", 1)
    if tries > 1:
        _RETRIES.labels(endpoint).inc(tries - 1)
    if isinstance(pool, QueuePool):
        _IN_USE.set(pool.checkedout())


def _watch(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _opened(_connection: object, _record: object) -> None:
        _OPENED.inc()
