"""Every status that the document tells of an operation comes, as a problem in words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db, new_id, transaction
from love_market.vouchers import loss
from tests.api.document import Operation, operations
from tests.api.tokens import bearer
from tests.builders import Village
from tests.conftest import Clock
from tests.counter import made
from tests.counter.made import Shop, asked
from tests.databases import SECRET, free_port
from tests.tills.device import Device, enrolled

NOBODY = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing?connect_timeout=1"


class Asking:
    """Asks each operation so that it answers with a given status."""

    def __init__(self, app: Flask, shop: Shop, village: Village, clock: Clock) -> None:
        self.app, self.shop, self.village, self.clock = app, shop, village, clock
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self.clerk, self.chair = bearer(village.clerk, clock()), bearer(village.chair, clock())
        self.till: Device = enrolled(self.client, village.code, village.chair, clock())

    def send(self, operation: Operation, body: bytes = b"{}", *, village: str = "", **more: Any) -> TestResponse:  # noqa: ANN401
        method, path, _ = operation
        address = path.format(village_code=village or self.village.code, redemption_id=new_id())
        return self.client.open(address, method=method, data=body, content_type="application/json", **more)

    def door(self, operation: Operation, body: bytes, *, village: str = "") -> dict[str, str]:
        """Return headers that open the operation's door."""
        method, path, one = operation
        if one["tags"] == ["till"]:
            return {"Till": self.till.header(method, path.format(village_code=village or self.village.code), body)}
        return {} if one["tags"] == ["open"] else self.clerk

    def s400(self, operation: Operation) -> TestResponse:
        length = {"CONTENT_LENGTH": "999"}
        return self.send(operation, headers=self.door(operation, b"{}"), environ_overrides=length)

    def s401(self, operation: Operation) -> TestResponse:
        return self.send(operation, json.dumps(self.valid(operation)).encode())

    def s403(self, operation: Operation) -> TestResponse:
        body = json.dumps(self.valid(operation)).encode()
        return self.send(operation, body, headers=self.chair | {"Till": "nothing"})

    def s404(self, operation: Operation) -> TestResponse:
        body, elsewhere = json.dumps(self.valid(operation)).encode(), "140221100999"
        return self.send(operation, body, village=elsewhere, headers=self.door(operation, body, village=elsewhere))

    def s409(self, operation: Operation) -> TestResponse:
        name = operation[2]["operationId"]
        if "sign_in" in name:
            body = json.dumps(self.valid(operation)).encode()
            for _ in range(5):
                self.send(operation, body)
            return self.send(operation, body)
        if name == "scan":
            with transaction() as session:
                loss.freeze(session, self.village.chair, self.shop.vouchers[0].id, reason="丢了", at=self.clock())
        here = f"/api/v1/v/{self.village.code}/redemptions"
        if name == "undo":
            key = self.client.post(here, json=asked(self.shop, ("食盐", 1)), headers=self.clerk).get_json()["id"]
            undoing = [{"key": str(new_id()), "reason": "拿错了货"} for _ in range(2)]
            return [self.client.post(f"{here}/{key}/undo", json=one, headers=self.clerk) for one in undoing][1]
        return self.send(operation, json.dumps(self.valid(operation)).encode(), headers=self.clerk)

    def s413(self, operation: Operation) -> TestResponse:
        self.app.config["MAX_CONTENT_LENGTH"] = 1000
        try:
            body = b'{"x": "' + b"x" * 2000 + b'"}'
            return self.send(operation, body, headers=self.door(operation, body))
        finally:
            self.app.config["MAX_CONTENT_LENGTH"] = 25 * 1_048_576

    def s422(self, operation: Operation) -> TestResponse:
        return self.send(operation, b"[]", headers=self.door(operation, b"[]"))

    def valid(self, operation: Operation) -> object:
        """Return a body that the schema allows."""
        bodies: dict[str, object] = {
            "sign_in": {"sign_in_name": "nobody", "password": "whatever it is"},
            "sign_in_household": {"card": "A" * 24, "pin": "123456"},
            "scan": {"scan": self.shop.urls[0]},
            "redeem": asked(self.shop, ("白面", 3)),
            "undo": {"key": str(new_id()), "reason": "拿错了货"},
            "deliver": {"records": [{"body": "{}", "signature": "A" * 86}]},
            "enrol": {"code": "A" * 32, "till_id": str(new_id()), "public_key": self.till.public_key},
            "contact": {"version": None, "unsent": 0, "wants_lease": False},
            "copy": {"number": None, "at": None},
        }
        return bodies.get(operation[2]["operationId"], {})


def test_each_status_that_is_told_comes_and_says_what_happened(
    app: Flask, village: Village, clock: Clock, document: dict[str, Any]
) -> None:
    with transaction() as session:
        shop = made.shop(session, village, clock())
    asking = Asking(app, shop, village, clock)
    problem = document["components"]["schemas"]["Problem"]
    for operation in operations(document):
        for status in sorted(set(operation[2]["responses"]) - {"200", "503"}):
            provoke: Callable[[Operation], TestResponse] = getattr(asking, f"s{status}")
            answer = provoke(operation)
            assert answer.status_code == int(status), (operation[2]["operationId"], answer.text)
            assert answer.mimetype == "application/problem+json"
            told = answer.get_json()
            jsonschema_rs.validate(problem, told)
            assert told["status"] == int(status)
            assert told["title"] != "程序出错了"
            assert told["detail"].endswith("。")


def test_while_the_books_change_hands_each_says_so(document: dict[str, Any], tmp_path: Path) -> None:
    away = create_app(Settings(NOBODY, SECRET, tmp_path))
    client = away.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"staff:{'0' * 32}"
    with away.app_context():
        for method, path, one in operations(document):
            if one["tags"] in (["till"], ["open"]):
                continue
            answer = client.open(
                path.format(village_code="140221100222", redemption_id=new_id()), method=method, json={}
            )
            # What cannot be read is said first.
            assert answer.status_code in {422, 503}
            if "requestBody" not in one:
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
        db.engine.dispose()
