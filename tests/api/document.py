"""The served document of the API, taken apart."""

from collections.abc import Iterator
from typing import Any

ADDRESS = "/api/v1/openapi.json"
Operation = tuple[str, str, dict[str, Any]]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the document's operations: the method in capitals, the path, and what is told of it."""
    for path, item in document["paths"].items():
        for method, one in item.items():
            yield method.upper(), path, one
