"""The program under gunicorn, for a county: gunicorn --config deploy/gunicorn.conf.py 'love_market.app:create_app()'.

What differs from one server to the next stands in the environment: LISTEN, WORKERS, THREADS, PROMETHEUS_MULTIPROC_DIR.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

bind = os.environ.get("LISTEN", "127.0.0.1:8000")
workers = int(os.environ.get("WORKERS", "2"))
threads = int(os.environ.get("THREADS", "8"))
worker_class = "gthread"
# The workers share what was loaded once. Nothing is open then: each makes its own connections.
preload_app = True

# A worker that says nothing for so long is replaced; a request may wait longer, its thread is not what is watched.
timeout = 30
# At the end of a worker its requests may end first: longer than a commit waits for a replica that went away.
graceful_timeout = 30
# A little longer than nginx keeps a connection, so that it is nginx who closes it and never sends into a closed one.
keepalive = 75
# A leak that nobody has met yet is not let grow for a year; not all workers at the same time.
max_requests = 200_000
max_requests_jitter = 20_000
# Heartbeats go to memory: on a disk that hangs they would look like dead workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 that is what it is for

limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# The program writes a line of JSON a request, without an address or a name; gunicorn's own would hold both.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "love_market.web.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
os.environ.setdefault("LOG_FORMAT", "json")
# Before anything imports prometheus_client's figures: each worker writes its own file here, one adds them all up.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="love-market-metrics-")


def child_exit(_server: Any, worker: Any) -> None:  # noqa: ANN401
    """Take a dead worker's gauges out; what it has counted stays counted."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus_client leaves it bare


def on_exit(_server: Any) -> None:  # noqa: ANN401
    """Take the figures away: the next run begins its own."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
