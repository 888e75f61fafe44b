"""Figures for Prometheus at ``/metrics``: how much is asked, how long it takes, how it ends. Nothing about a person.

Labels are names of this program's own (endpoints, kinds of error), so there are only so many. Under gunicorn each
worker keeps its figures in a file of ``PROMETHEUS_MULTIPROC_DIR``, and whichever is asked adds them all up.
"""

import hmac
import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, g, request
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
from sqlalchemy.pool import QueuePool

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
    app.after_request(_counted)
    app.register_blueprint(bp)
    with app.app_context():
        _watch(db.engine)


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


def _counted(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    method = request.method if request.method in _METHODS else "other"
    _answers(endpoint, method, response.status_code, g.get("outcome", "")).inc()
    _took(endpoint).observe(time.perf_counter() - g.began)
    tries = g.get("tries", 1)
    if tries > 1:
        _RETRIES.labels(endpoint).inc(tries - 1)
    pool = _engine_of(current_app.extensions).pool
    if isinstance(pool, QueuePool):
        _IN_USE.set(pool.checkedout())
    return response


def _engine_of(extensions: Mapping[str, Any]) -> Engine:
    engine: Engine = extensions["love_market_engine"]
    return engine


def _watch(engine: Engine) -> None:
    current_app.extensions["love_market_engine"] = engine

    @event.listens_for(engine, "connect")
    def _opened(_connection: object, _record: object) -> None:
        _OPENED.inc()
