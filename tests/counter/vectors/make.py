"""Writes the vectors beside it: what a short code, a barcode and a token say, for Python and for the till's scripts.

What is right is known by how a case is made, not by asking the code that is tested.
``python -m tests.counter.vectors.make`` writes them.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.counter.vectors.codes import barcodes, short_codes
from tests.counter.vectors.tokens import tokens

HERE = Path(__file__).parent


def made() -> Mapping[str, object]:
    """Return what each file holds, by its name."""
    return {"short_codes": short_codes(), "barcodes": barcodes(), "tokens": tokens()}


def path_of(name: str) -> Path:
    """Return where a file of vectors lies."""
    return HERE / f"{name}.json"


def text_of(vectors: object) -> str:
    """Return vectors as they are written: a line a case."""
    if isinstance(vectors, dict):
        head = {name: value for name, value in vectors.items() if name != "cases"}
        return json.dumps(head, ensure_ascii=False)[:-1] + ', "cases": ' + text_of(vectors["cases"]).rstrip() + "}\n"
    assert isinstance(vectors, list)
    return "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in vectors) + "\n]\n"


if __name__ == "__main__":
    for name, vectors in made().items():
        path_of(name).write_text(text_of(vectors), encoding="utf-8")
