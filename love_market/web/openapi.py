"""The OpenAPI 3.1 document, made from what the operations say of themselves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from love_market.errors import LoveMarketError
from love_market.web.errors import STATUS

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
_INTRODUCTION = """
What a WeChat mini-program, a township's till or a village's own program needs. Everything is JSON in UTF-8;
amounts are whole points, instants have their offset from UTC, ids and keys are UUIDs.

**To begin.** `POST /sign-in` (staff) or `POST /household/sign-in` (the card's code and its digits) gives a
token; send it as `Authorization: Bearer …`. A clerk's `places` name the village codes that the addresses take.

**At the counter.** `scan` says whose voucher a code is, `goods` what is on the shelf; `redemptions` books a
basket. Whoever asks makes the `key`, once a basket, and keeps it: with no answer, or with 503, ask again with
the same key and body, as often as needed. It is booked once, and the answer is the same. Other contents with a
used key are refused (`KeyReused`). `undo` takes a redemption back on its day.

**A till** redeems without a network too. It makes an ECDSA P-256 key, enrols with a one-time code (`tills`),
and signs every request (see the security scheme `till`) with a number that rises by any step. `till/contact`
renews its lease, `till/copy` brings what it has to know, `records` takes what happened meanwhile, in order,
until each has an outcome; `till/give-back` lets others redeem.

**A household** reads its `statement`.

**Problems** are `application/problem+json`. Tell them apart by `error`; show `detail` to the person.
""".strip()
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
_PROBLEMS = {
    400: ("BadRequest", "填的内容不对", "这一步没有做成，账本没有变。请再试一次；还不行，请告诉管理员。"),
    401: ("NotSignedIn", "请先登录", "请先登录。"),
    403: ("RoleMissing", "不能这样做", "这一步要由超市管理员来办。"),
    404: ("VoucherUnknown", "没有找到", "没有这张券。请看清短码，或再扫一次。"),
    409: ("VoucherSpent", "现在不能办", "这张券上的积分已经用完了。"),
    413: ("TooLarge", "文件太大", "文件太大，最多 64 MB。请只留一张表，另存后再传。"),
    422: ("NotJson", "填的内容不对", "送来的内容不对，什么都没有办：scan。"),
    503: ("NotNow", "请稍等几秒", "账本正在切换，请过几秒再按一次，同一笔不会记两次。"),
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that signing in gives."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session", "description": "A page's own sign-in."},
    "till": {
        "type": "apiKey",
        "in": "header",
        "name": "Till",
        "description": (
            "`till=HEX; number=N; signature=BASE64URL`: the till's id in lower-case hex without dashes, the request's "
            "number, above all before it, and an ECDSA P-256 signature with SHA-256 (r and s, 32 bytes each, base64url "
            "without padding) over these lines in UTF-8, joined by `\\n`: `love-market till 1`, the method, the path "
            "from `/api` on, the same hex, the number, the lower-case hex SHA-256 of the body."
        ),
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
        "info": {
            "title": "爱心超市 Love Market",
            "version": "1",
            "summary": "What a till or a mini-program needs.",
            "description": _INTRODUCTION,
        },
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
        answers[str(status)] = _refusal(status, [each.__name__ for each in one.errors if _status(each) == status])
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


def _status(error: type[LoveMarketError]) -> int:
    return next(status for kind, status in STATUS.items() if issubclass(error, kind))


def _refusal(status: int, names: Sequence[str]) -> dict[str, Any]:
    """Return what an operation says with a status: of the errors, those that should be told apart."""
    error, title, detail = _PROBLEMS[status]
    example = {"type": f"urn:love-market:{error}", "title": title, "status": status, "detail": detail, "error": error}
    told = f" Among them: {', '.join(f'`{name}`' for name in sorted(names))}." if names else ""
    problem = {"schema": {"$ref": _SCHEMA.format(model="Problem")}, "example": example}
    return {"description": _SAYS[status] + told, "content": {"application/problem+json": problem}}


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
