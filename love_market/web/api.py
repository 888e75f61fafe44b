"""The API for devices, ``/api/v1``: what an operation takes and gives is said once, and told in OpenAPI.

An operation is a view with its schemas beside it. What comes in is checked against them before the view sees it; what
goes out is made from them; ``openapi`` makes the document from the very same. Errors are problem details (RFC 9457).
"""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from types import MappingProxyType
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
)
from werkzeug.routing import BaseConverter

from love_market.errors import Invalid, LoveMarketError, words
from love_market.web.openapi import document

bp = Blueprint("v1", __name__, url_prefix="/api/v1")
_Answered = Callable[..., Response]
_CENTURY = 20


class NotJson(Invalid):
    """What came in is no JSON of the kind that was expected; ``where`` says which part of it."""


def example(**fields: JsonValue) -> ConfigDict:
    """Return the configuration of a schema that shows what it looks like filled in; the people in it are fictitious."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Sent(BaseModel):
    """What comes in: nothing beyond what is described, no type guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _whole(number: object) -> object:
    """Return 3 for 3.0, which JSON Schema calls an integer; everything else as it is."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _of_this_century(at: datetime) -> datetime:
    """Return an instant as it is; raise ``ValueError`` for one that no clock of a device shows."""
    if at.year // 100 != _CENTURY:
        raise ValueError(at)
    return at


WHOLE = BeforeValidator(_whole)
"""Stands behind the bounds of a whole number."""

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Words of any kind; PostgreSQL keeps all characters but NUL."""

Instant = Annotated[
    AwareDatetime,
    AfterValidator(_of_this_century),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{_CENTURY}"}),
]
"""A time that says how far it is from UTC, of this century: what is far from it cannot be counted with."""


class Given(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Given):
    """A refusal or failure (RFC 9457): ``error`` names it for the program, ``detail`` says it to the person.

    ``error`` stays as it is; ``title`` and ``detail`` are Chinese, and may be worded better one day. Some problems say
    more beside it, as a voucher that cannot be spent does.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    error: str


class VillageCode(BaseConverter):
    """A village's statistical division code in an address: twelve digits."""

    regex = r"\d{12}"


@dataclass(frozen=True, slots=True)
class Operation:
    """What one address takes and gives: the schemas, the statuses it may refuse with, and whose door it is behind.

    ``refuses`` leaves out what comes with the door, the address and the body; ``errors`` are those that who asks should
    tell apart. ``besides`` are schemas that those of the body speak of; ``then`` names operations that take a part of
    the answer: ``{operation: {parameter: field}}``.
    """

    summary: str
    sent: type[Sent] | None
    given: type[Given]
    refuses: tuple[int, ...]
    errors: tuple[type[LoveMarketError], ...]
    door: str
    besides: tuple[type[Sent], ...]
    then: Mapping[str, Mapping[str, str]]
    says: str


def operation(
    summary: str,
    *,
    given: type[Given],
    sent: type[Sent] | None = None,
    refuses: Sequence[int] = (),
    errors: Iterable[type[LoveMarketError]] = (),
    door: str = "staff",
    besides: Sequence[type[Sent]] = (),
    then: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Callable[[Callable[..., Given | Response]], _Answered]:
    """Make a view an operation: it gets what was sent as ``sent``, and returns a ``given``, or a problem.

    ``door`` is one of ``openapi.DOORS``: who may come in, and how they show it.
    """

    def declare(view: Callable[..., Given | Response]) -> _Answered:
        @wraps(view)
        def answered(**path: Any) -> Response:  # noqa: ANN401 the address's own parts
            if sent is not None:
                path["sent"] = _read(sent)
            told = view(**path)
            if isinstance(told, Response):
                return told
            return Response(told.model_dump_json(), mimetype="application/json", headers={"Cache-Control": "no-store"})

        answered.operation = Operation(  # type: ignore[attr-defined]
            summary,
            sent,
            given,
            tuple(refuses),
            tuple(dict.fromkeys(errors)),
            door,
            tuple(besides),
            then,
            inspect.getdoc(view) or "",
        )
        return answered

    return declare


@bp.get("/openapi.json")
def openapi() -> Response:
    """Give the document of this API (OpenAPI 3.1)."""
    declared = {name: getattr(view, "operation", None) for name, view in current_app.view_functions.items()}
    operations = [
        (rule, method, one)
        for rule in current_app.url_map.iter_rules()
        if (one := declared[rule.endpoint]) is not None
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    made = document(operations, Problem)
    return Response(json.dumps(made, ensure_ascii=False), mimetype="application/json")


def _read(schema: type[Sent]) -> Sent:
    """Return what was sent as the schema has it; raise ``NotJson``.

    Only JSON said to be JSON is read: a page of another site cannot send that without asking first, so that nobody's
    cookie is used behind their back.
    """
    if request.mimetype != "application/json":
        raise NotJson(words("这里只收 JSON。"))
    try:
        return schema.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "—"
        raise NotJson(words("送来的内容不对，什么都没有办：{where}。"), where=where) from error
