"""The document of the API: valid, whole, and of each operation exactly what it can answer."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import schemathesis
from flask import Flask

from tests.api.document import ADDRESS, operations


def test_it_is_a_valid_document(app: Flask, document: dict[str, Any]) -> None:
    schemathesis.openapi.from_wsgi(ADDRESS, app).validate()
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
        assert schema["description"], name


def test_every_address_of_devices_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (method, rule.endpoint.removeprefix("v1."))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "v1.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, one["operationId"]) for method, _, one in operations(document)} == served


def test_links_lead_to_operations_with_these_parameters(document: dict[str, Any]) -> None:
    known = {
        one["operationId"]: {part["name"] for part in one.get("parameters", ())} for *_, one in operations(document)
    }
    links = [link for *_, one in operations(document) for link in one["responses"]["200"].get("links", {}).values()]
    assert links
    for link in links:
        assert set(link["parameters"]) == known[link["operationId"]]


def test_words_that_are_sent_say_that_nul_is_none_of_them(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    taken = {ref.rpartition("/")[2] for *_, one in operations(document) for ref in refs(one.get("requestBody"))}
    seen = set[str]()
    while taken - seen:
        name = (taken - seen).pop()
        seen.add(name)
        taken |= {ref.rpartition("/")[2] for ref in refs(schemas[name])}
        for part in strings(schemas[name]):
            assert {"pattern", "format", "const"} & part.keys(), (name, part)
    assert {"Redeeming", "Line", "Record"} <= seen


def test_what_is_sent_and_what_is_refused_is_shown_by_example(app: Flask, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    whole = {"$defs": schemas, "$schema": "https://json-schema.org/draft/2020-12/schema"}

    def fits(name: str, shown: object) -> bool:
        return jsonschema_rs.is_valid(_inside(whole | {"$ref": f"#/$defs/{name}"}), shown)

    for *_, one in operations(document):
        for name in {ref.rpartition("/")[2] for ref in refs(one.get("requestBody"))}:
            assert all(fits(name, shown) for shown in schemas[name]["examples"]), name
        for status, answer in one["responses"].items():
            if status != "200":
                shown = answer["content"]["application/problem+json"]["example"]
                assert fits("Problem", shown), shown
                assert shown["status"] == int(status)
    redeem = next(one for *_, one in operations(document) if one["operationId"] == "redeem")
    for status, name in (
        ("409", "LeaseHeld"),
        ("409", "TooFewPoints"),
        ("404", "VoucherUnknown"),
        ("403", "TillCutOff"),
    ):
        assert f"`{name}`" in redeem["responses"][status]["description"]


def _inside(schema: dict[str, Any]) -> Any:  # noqa: ANN401 JSON
    """Return a schema whose references lead to its own definitions."""
    return json.loads(json.dumps(schema).replace("#/components/schemas/", "#/$defs/"))


def refs(part: object) -> Iterator[str]:
    for each in walk(part):
        if "$ref" in each:
            yield each["$ref"]


def strings(part: object) -> Iterator[dict[str, Any]]:
    return (each for each in walk(part) if each.get("type") == "string")


def walk(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)
