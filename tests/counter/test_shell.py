"""What a phone keeps of the counter, so that it opens without a network."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from love_market.counter import shell
from love_market.web.assets import static_dir


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    if shell.bp.name not in app.blueprints:
        app.register_blueprint(shell.bp)
    return app.test_client()


def kept(phone: FlaskClient) -> dict[str, Any]:
    answer = phone.get("/counter/worker.js")
    match = re.match(r"self\.SHELL = (\{.*\});\n", answer.text)
    assert match is not None
    told: dict[str, Any] = json.loads(match[1])
    return told


def test_the_worker_keeps_files_that_are_there_and_of_this_origin(phone: FlaskClient) -> None:
    told = kept(phone)
    assert told["page"] == "/counter"
    assert len(set(told["files"])) == len(told["files"]) > 10
    for address in told["files"]:
        assert re.fullmatch(r"/static/(counter|web|web/parts|stock/goods|vendor)/[^?#]+", address), address
        with phone.get(address) as answer:
            assert answer.status_code == 200, address
    assert "/static/counter/worker.js" not in told["files"]
    assert "/static/counter/till.js" in told["files"]


def test_the_worker_keeps_every_file_that_the_page_names(phone: FlaskClient) -> None:
    named = set(re.findall(r"""["'](/static/[^"'?#]+)""", phone.get("/counter").text))
    assert "/static/web/parts/scanner.css" in named
    assert named <= set(kept(phone)["files"])


def test_the_worker_rules_all_of_the_origin_and_is_asked_for_anew(phone: FlaskClient) -> None:
    answer = phone.get("/counter/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert not re.findall(r"https?://", answer.text)
    assert answer.text.endswith((static_dir() / "counter/worker.js").read_text(encoding="utf-8"))


@pytest.mark.parametrize("changed", ["static/counter/till.js", "static/web/new.css"])
def test_a_file_that_changes_makes_another_worker(
    phone: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    for folder in ("static/counter", "static/web/parts", "static/stock/goods", "static/vendor"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("static/counter/worker.js", "static/counter/till.js"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(shell, "static_dir", lambda: tmp_path / "static")
    before = kept(phone)
    assert kept(phone) == before
    (tmp_path / changed).write_text("another")
    assert kept(phone)["version"] != before["version"]


def test_another_page_makes_another_worker_and_what_was_said_elsewhere_is_not_kept_with_it(phone: FlaskClient) -> None:
    before = kept(phone)
    phone.set_cookie("text_size", "3")
    assert kept(phone)["version"] != before["version"]
    phone.delete_cookie("text_size")
    with phone.session_transaction() as cookie:
        cookie["_flashes"] = [("good", "名字改好了。")]
    assert kept(phone) == before
    assert "名字改好了" not in phone.get("/counter").text


def test_the_manifest_stands_for_the_counter(phone: FlaskClient) -> None:
    answer = phone.get("/counter/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.text)
    assert (told["start_url"], told["scope"], told["display"], told["lang"]) == ("/counter", "/", "standalone", "zh-CN")
    assert {one["sizes"] for one in told["icons"]} == {"192x192", "512x512"}
    assert not re.findall(r"https?://", answer.text)


def test_the_page_fetches_its_modules_together(phone: FlaskClient) -> None:
    page = phone.get("/counter").text
    together = set(re.findall(r'<link rel="modulepreload" href="/static/([^"?]+)">', page))
    wanted = {Path("counter/till.js")} | {Path(each) for each in together}
    for script in wanted:
        for each in re.findall(r' from "(\./|\.\./vendor/)([\w-]+\.js)"', (static_dir() / script).read_text("utf-8")):
            folder = {"./": script.parent, "../vendor/": Path("vendor")}[each[0]]
            assert (folder / each[1]).as_posix() in together, (script, each)
    assert together <= {address.removeprefix("/static/") for address in kept(phone)["files"]}
