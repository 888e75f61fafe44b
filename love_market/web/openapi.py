"""The OpenAPI 3.1 document, made from what the operations say of themselves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

if TYPE_CHECKING:
    from love_market.web.api import Operation

_SCHEMA = "#/components/schemas/{model}"
_TOKEN: dict[str, list[str]] = {"token": []}
_COOKIE: dict[str, list[str]] = {"cookie": []}
_TILL: dict[str, list[str]] = {"till": []}
# Whose door, how they show it, and which statuses come with it.
DOORS: dict[str, tuple[list[dict[str, list[str]]], set[int]]] = {
    "open": ([{}], set()),
    "signed in": ([_TOKEN, _COOKIE], {401}),
    "staff": ([_TOKEN, _COOKIE], {401, 403}),
    "counter": ([_TOKEN, _COOKIE, _TILL | _TOKEN, _TILL | _COOKIE], {401, 403}),
    "till": ([_TILL, _TILL | _TOKEN, _TILL | _COOKIE], {400, 403, 413}),
    "till or staff": ([_TILL, _TOKEN, _COOKIE], {401, 403}),
}
_SAYS = {
    400: "The request broke off, or cannot be read as HTTP.",
    401: "Nobody is signed in, or the sign-in has ended.",
    403: "The person or device may not do this.",
    404: "There is no such thing in these books.",
    409: "The books or the rules do not allow it now; nothing was changed.",
    413: "The body is too large.",
    422: "The body does not fit the schema, or not together; or what it says proves wrong. Nothing was changed.",
    503: "The database is being handed over: ask again with the same key.",
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that signing in gives."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session", "description": "A page's own sign-in."},
    "till": {
        "type": "apiKey",
        "in": "header",
        "name": "Till",
        "description": "till=HEX; number=N; signature=BASE64URL, as love_market.tills.token describes.",
    },
}


def document(operations: "Sequence[tuple[Rule, str, Operation]]", problem: type[BaseModel]) -> dict[str, Any]:
    """Return the document of operations, each with its address and method; ``problem`` is the schema of a refusal."""
    shown = [problem, *(one.given for _, _, one in operations)]
    taken = [model for _, _, one in operations for model in (one.sent, *one.besides) if model is not None]
    _, schemas = models_json_schema(
        [*((model, "serialization") for model in dict.fromkeys(shown)), *((model, "validation") for model in taken)],
        ref_template=_SCHEMA,
    )
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, one in sorted(operations, key=lambda each: (each[0].rule, each[1])):
        address = "".join(part if is_text else f"{{{part}}}" for is_text, part in _parts(rule))
        paths.setdefault(address, {})[method.lower()] = _operation(rule, one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "爱心超市 Love Market", "version": "1", "summary": "What a till or a mini-program needs."},
        "paths": paths,
        "components": {"schemas": schemas.get("$defs", {}), "securitySchemes": _SECURITY},
    }


def _operation(rule: Rule, one: "Operation") -> dict[str, Any]:
    given = {"$ref": _SCHEMA.format(model=one.given.__name__)}
    done: dict[str, Any] = {"description": "Done.", "content": {"application/json": {"schema": given}}}
    if one.then:
        done["links"] = {name: _link(rule, name, taking) for name, taking in one.then.items()}
    answers: dict[str, Any] = {"200": done}
    for status in sorted({*one.refuses, *_always(rule, one)}):
        problem = {"schema": {"$ref": _SCHEMA.format(model="Problem")}}
        answers[str(status)] = {"description": _SAYS[status], "content": {"application/problem+json": problem}}
    made: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("v1.").replace(".", "_"),
        "summary": one.summary,
        "description": one.says,
        "tags": [one.door],
        "security": DOORS[one.door][0],
        "responses": answers,
    }
    if parameters := [_parameter(name, rule) for name in sorted(rule.arguments)]:
        made["parameters"] = parameters
    if one.sent is not None:
        body = {"schema": {"$ref": _SCHEMA.format(model=one.sent.__name__)}}
        made["requestBody"] = {"required": True, "content": {"application/json": body}}
    return made


def _always(rule: Rule, one: "Operation") -> set[int]:
    """Return the statuses that come with the door, the address and the body."""
    statuses = {503, *DOORS[one.door][1]}
    if rule.arguments:
        statuses |= {404}
    if one.sent is not None:
        statuses |= {400, 413, 422}
    return statuses


def _link(rule: Rule, name: str, taking: Mapping[str, str]) -> dict[str, Any]:
    """Return a link to another operation: the same parts of the address, and parts of the answer."""
    same = {part: f"$request.path.{part}" for part in sorted(rule.arguments)}
    given = {part: f"$response.body#/{field}" for part, field in taking.items()}
    return {"operationId": name, "parameters": same | given}


def _parameter(name: str, rule: Rule) -> dict[str, Any]:
    is_id = type(rule._converters[name]).__name__ == "UUIDConverter"  # noqa: SLF001 Werkzeug tells it nowhere else
    schema = {"type": "string", "format": "uuid"} if is_id else {"type": "string", "pattern": r"^\d{12}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parts(rule: Rule) -> list[tuple[bool, str]]:
    return [(not dynamic, part) for dynamic, part in rule._trace if part != "|"]  # noqa: SLF001 as url_for reads it
