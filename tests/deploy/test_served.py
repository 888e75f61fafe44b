"""The program as a county is served: gunicorn behind nginx over TLS, both from the files of ``deploy/``."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families

from love_market.app import create_app
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.db import db, transaction
from tests import builders
from tests.cluster.processes import children, free_ports
from tests.cluster.shops import Served, served
from tests.databases import SECRET, PostgreSQL
from tests.deploy.front import NAME, Front, front

MOST_MEMORY_KIB = 220 * 1024
WRITTEN_SECONDS = 10


@pytest.fixture(scope="module")
def program(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A village on PostgreSQL, served by gunicorn with two workers."""
    folder = tmp_path_factory.mktemp("county")
    with postgresql.dropping():
        url = postgresql.url(folder)
        app = create_app(Settings(url, SECRET, folder))
        with app.app_context():
            with transaction() as session:
                builders.village(session, at=utc_now())
            db.engine.dispose()
        with served(url, folder, BASE_URL=f"https://{NAME}", LOG_FILE=str(folder / "requests.log")) as running:
            yield running


@pytest.fixture(scope="module")
def county(program: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx in front of it."""
    with front(tmp_path_factory.mktemp("front"), program.url.removeprefix("http://")) as running:
        yield running


def test_http_is_sent_to_https(county: Front) -> None:
    answer = county.ask("/sign-in?next=/", secure=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/sign-in?next=/")


def test_somebody_signs_in_through_it(county: Front) -> None:
    page = county.ask("/sign-in")
    cookie = page.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    form = {
        name: value
        for name, value in re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page.text)
        if name in {"csrf_token", "key"}
    } | {"sign_in_name": "nobody", "password": "a wrong password"}
    said = {"Cookie": cookie.split(";")[0], "Referer": f"https://{NAME}/sign-in"}
    answer = county.ask("/sign-in", data=urlencode(form).encode(), headers=said)
    assert answer.status in {200, 403, 422}, answer.text
    assert "过期" not in answer.text, "the form's token did not come through"


def test_headers_of_pages_and_of_files(county: Front) -> None:
    page, file = county.ask("/sign-in"), county.ask("/static/web/love.css?v=1")
    for answer in (page, file):
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert len(answer.headers.get_all("Content-Security-Policy", [])) == 1
        assert answer.headers["Server"] == "nginx"
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert county.ask("/static/web/love.css").headers["Cache-Control"] == "no-cache"
    assert page.headers["Cache-Control"] == "no-store"
    assert re.fullmatch("[0-9a-f]{32}", page.headers["X-Request-ID"])


def test_what_watches_the_servers_is_not_for_the_world(county: Front) -> None:
    assert [county.ask(path).status for path in ("/healthz", "/readyz", "/metrics")] == [404] * 3


def test_a_file_a_little_too_large_is_told_so_by_the_program_and_a_huge_one_by_nginx(county: Front) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    little, huge = (county.ask("/sign-in", data=b"x" * size * 1_048_576, headers=headers) for size in (27, 31))
    assert (little.status, huge.status) == (413, 413)
    assert "最多 25 MB" in little.text
    assert "nginx" in huge.text


def test_logs_of_both_join_by_number_and_hold_no_path_query_or_address(county: Front, program: Served) -> None:
    number = county.ask("/q/SECRET-TOKEN?name=somebody", headers={"User-Agent": "secret-agent"}).headers["X-Request-ID"]
    for log in (county.folder / "love-market.log", program.folder / "requests.log"):
        text = _written(log, number)
        lines = [json.loads(line) for line in text.splitlines()]
        assert len([line for line in lines if line.get("id") == number]) == 1, log
        assert not [word for word in ("SECRET-TOKEN", "somebody", "secret-agent") if word in text], log
        assert not any(
            "127.0.0.1" in str(value) for line in lines for name, value in line.items() if name != "upstream"
        )


def _written(log: Path, number: str) -> str:
    """Return a log once it tells of a request: nginx writes its line after the answer has gone out."""
    until = time.monotonic() + WRITTEN_SECONDS
    while number not in (text := log.read_text()) or not text.endswith("\n"):
        assert time.monotonic() < until, f"{log} tells nothing of {number}"
    return text


def test_figures_of_both_workers_are_added_up(county: Front, program: Served) -> None:
    before = _asked_for(program)
    for _ in range(20):
        county.ask("/sign-in")
    assert _asked_for(program) == before + 20


def test_figures_are_not_given_to_who_comes_through_a_proxy(program: Served) -> None:
    request = urllib.request.Request(f"{program.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310
    refused.value.close()


def test_two_workers_and_their_master_need_little_memory(county: Front, program: Served) -> None:
    for _ in range(20):
        county.ask("/sign-in")
    workers = children(program.pid)
    assert len(workers) == 2
    assert sum(_memory_kib(pid) for pid in (program.pid, *workers)) < MOST_MEMORY_KIB


def test_while_no_server_answers_it_says_so_in_words(tmp_path: Path) -> None:
    with front(tmp_path, f"127.0.0.1:{free_ports(1)[0]}") as alone:
        page = alone.ask("/sign-in")
        script = alone.ask("/api/v1/v/140221100001/redemptions", data=b"{}", headers={"Accept": "application/json"})
    assert (page.status, page.headers["Retry-After"], script.status) == (503, "3", 503)
    assert "同一笔不会记两次" in page.text
    assert json.loads(script.body)["error"] == "NotNow"


def _asked_for(program: Served) -> float:
    """Return how often the page of the door was given, as the figures say, asked for on the machine itself."""
    with urllib.request.urlopen(f"{program.url}/metrics", timeout=10) as answer:  # noqa: S310
        families = list(text_string_to_metric_families(answer.read().decode()))
    wanted = {"endpoint": "people.sign_in", "method": "GET", "status": "200", "outcome": ""}
    samples = [sample for family in families for sample in family.samples]
    assert sum(sample.name == "love_market_build_info" for sample in samples) == 1
    return sum(one.value for one in samples if one.name == "love_market_answers_total" and one.labels == wanted)


def _memory_kib(pid: int) -> int:
    """Return a process's own part of the memory: what several share is counted in parts."""
    return int(re.findall(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[0])
