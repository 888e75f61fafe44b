"""``python -m tests.counter.vectors.write`` writes redemptions.json: cases written by hand, then some drawn by chance.

What a case written by hand is answered stands beside it; a drawn one is answered by the server's rules of the day, so
that a change of the rules shows in the file.
"""

import json
import random
from pathlib import Path

from tests.counter.vectors.baskets import BASKETS, LOTS
from tests.counter.vectors.drawn import drawn
from tests.counter.vectors.papers import OFFLINE, ORDER, VOUCHERS
from tests.counter.vectors.proxies import PROXIES
from tests.counter.vectors.shapes import Case
from tests.counter.vectors.sides import server

FILE = Path(__file__).with_name("redemptions.json")
WRITTEN: list[Case] = [*BASKETS, *LOTS, *VOUCHERS, *ORDER, *OFFLINE, *PROXIES]
_DRAWN = 60
_SEED = 20261008


def cases() -> list[Case]:
    """Return all of them, the same each time."""
    chance = random.Random(_SEED)
    questions = [drawn(chance) for _ in range(_DRAWN)]
    return [*WRITTEN, *((f"drawn {number}", asked, server(asked)) for number, asked in enumerate(questions, 1))]


def text() -> str:
    """Return the file: a case a line."""
    lines = (
        json.dumps({"name": name, "asked": asked, "answer": answer}, ensure_ascii=False, separators=(",", ":"))
        for name, asked, answer in cases()
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def read() -> list[Case]:
    """Return the cases of the file."""
    return [(case["name"], case["asked"], case["answer"]) for case in json.loads(FILE.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
