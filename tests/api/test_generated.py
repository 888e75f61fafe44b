"""The API keeps to the document that it serves, whoever asks and whatever is sent: made up by schemathesis.

It sends what the document describes and what it does not, with each credential and without, follows the links from one
answer to the next request, and holds every answer against the document. The seed is printed; a failure says the request
as a curl command.
"""

from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.transport.wsgi import WSGITransport

from love_market.db import transaction
from love_market.people.rules import Guard
from tests.api.tokens import token_of
from tests.builders import Village
from tests.conftest import Clock
from tests.counter import made
from tests.tills.device import Device, enrolled

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SIGN_HERE = "sign here"
EXAMPLES = 8
# So that a run in which all were turned away at the door is not taken for one that tried everything.
ANSWERED = {
    "nobody": {401, 403, 404, 405, 422},
    "clerk": {200, 401, 403, 404, 405, 409, 422},
    "chair": {200, 401, 403, 404, 405, 422},
    "household": {200, 401, 403, 404, 405, 422},
    "till": {200, 401, 403, 404, 405, 409, 422},
    "leaving": {200, 401, 405},
}
# Data that the schema allows may also be answered with 422, for what no schema can say: a wrong password, a point that
# is on no curve, a good named twice. That it cannot be read is another matter: see ``described_is_readable``.
ACCEPTED = ["2xx", "401", "403", "404", "409", "422"]


@schemathesis.check
def described_is_readable(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """What the schema allows is never refused as unreadable."""
    meta = case.meta
    if meta is not None and meta.generation.mode is GenerationMode.POSITIVE and response.status_code == 422:
        assert response.json()["error"] != "NotJson", response.json()["detail"]


@schemathesis.check
def refusals_speak(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Each refusal says in the reader's words what happened, and names it."""
    if response.status_code >= 400:
        told = response.json()
        assert told["type"] == f"urn:love-market:{told['error']}"
        assert told["status"] == response.status_code
        assert told["title"]
        assert any("一" <= letter <= "鿿" for letter in told["detail"])


class SignedOnTheWay:
    """The application behind a till: what says ``Till: sign here`` is signed over exactly what is sent."""

    def __init__(self, app: "WSGIApplication", device: Device) -> None:
        self._app, self._device = app, device

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("HTTP_TILL") == SIGN_HERE:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = BytesIO(body)
            path = environ["PATH_INFO"].encode("latin-1").decode()
            environ["HTTP_TILL"] = self._device.header(environ["REQUEST_METHOD"], path, body)
        return self._app(environ, start_response)


@pytest.fixture
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let schemathesis 4.32 probe without credentials: it hands its network client's options to the one in process."""
    send = WSGITransport.send

    def without(self: WSGITransport, case: schemathesis.Case[Any], **options: Any) -> schemathesis.Response:  # noqa: ANN401
        network = {"max_redirects", "verify", "cert", "proxies"}
        return send(self, case, **{name: value for name, value in options.items() if name not in network})

    monkeypatch.setattr(WSGITransport, "send", without)


@pytest.mark.slow
@pytest.mark.usefixtures("_in_process")
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # what Hypothesis says of a long basket
@pytest.mark.parametrize("who", list(ANSWERED))
def test_every_answer_is_one_that_the_document_tells(
    app: Flask, village: Village, clock: Clock, who: str, ordeal_seed: int
) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with transaction() as session:
        made.shop(session, village, clock())
    household = Guard.of_household(village.market_id, village.code, village.households[0], "孔振明")
    guard = {"clerk": village.clerk, "chair": village.chair, "household": household}.get(who, village.clerk)
    schemes: dict[str, dict[str, Any]] = {}
    if who != "nobody":
        schemes["token"] = {"bearer": token_of(guard, clock())}
    if who == "till":
        device = enrolled(app.test_client(), village.code, village.chair, clock())
        schemes["till"] = {"api_key": SIGN_HERE}
        app.wsgi_app = SignedOnTheWay(app.wsgi_app, device)  # type: ignore[method-assign]
    config = SchemathesisConfig.from_dict(
        {
            "seed": ordeal_seed,
            "continue-on-failure": True,
            "parameters": {"village_code": village.code},
            "generation": {"max-examples": EXAMPLES},
            "phases": {"stateful": {"enabled": who != "leaving"}},  # nothing follows on signing out
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
            **({"auth": {"openapi": schemes}} if schemes else {}),
        }
    )
    schema: BaseSchema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    if who == "leaving":  # it ends the sign-in that the others need
        schema = schema.include(operation_id="sign_out")
    elif who != "nobody":
        schema = schema.exclude(operation_id="sign_out")
    failures, answers = set[str](), Counter[int]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            answers.update(one.response.status_code for one in event.recorder.interactions.values() if one.response)
            failures |= set(_failures(event))
        elif isinstance(event, events.NonFatalError):
            failures.add(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    assert not failures, "\n\n".join(sorted(failures))
    assert answers.keys() >= ANSWERED[who], answers


def _failures(event: events.ScenarioFinished) -> Iterable[str]:
    for case_id, checked in event.recorder.checks.items():
        for one in checked:
            if one.failure_info is None:
                continue
            failure, answer = one.failure_info.failure, event.recorder.interactions[case_id].response
            told = "" if answer is None else f"{answer.status_code} {answer.content.decode(errors='replace')[:400]}"
            asked = one.failure_info.code_sample
            yield f"{failure.operation} [{one.name}] {failure.title}: {failure.message}\n{asked}\n{told}"
