"""What closing a quarter is: the plan, what came of a village, and the keys that make a second time the first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID, uuid5

from love_market.clock import Quarter
from love_market.errors import Denied, Refused, words

# A close has keys of its own, made from what it does: begun again after a power cut it repeats nothing.
_CLOSES = UUID("0b5e8a53-6a0e-4a0c-93c5-3c4f1d9a7be4")
ONLY_THE_CHAIR = words("认定要由村主任自己来办。只有演示的数据库可以由程序代演。")


class Ending(StrEnum):
    """What came of a village: its papers lie there, it waits for somebody, or something went wrong."""

    CLOSED = "closed"
    WAITING = "waiting"
    FAILED = "failed"


class NotAsChairs(Denied):
    """Only in a demonstration may the program decide in a chair's stead."""


class FolderOfOther(Refused):
    """The folder holds the papers of another close."""


@dataclass(frozen=True, slots=True)
class ClosePlan:
    """One close: which quarter, as of when, where its papers go.

    ``at`` is the instant at which it was begun, the same when it is gone on with. ``as_chairs`` lets the program
    confirm as each village's chair, in a demonstration.
    """

    quarter: Quarter
    at: datetime
    out: Path
    base_url: str
    secret: str
    as_chairs: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one village: in words where it waits or failed, in numbers where it is closed.

    ``vouchers`` and ``points`` are those of the quarter's batches; ``waiting_rows`` the households whose row is
    still contested; ``head_hash`` the book's head right after the last of the batches.
    """

    village_code: str
    village_name: str
    ending: Ending
    said: str = ""
    vouchers: int = 0
    points: int = 0
    waiting_rows: int = 0
    head_hash: str = ""
    files: tuple[str, ...] = ()


def key_of(market_id: UUID, village_code: str, quarter: Quarter, *act: object) -> UUID:
    """Return the key of one act of a village's close, always the same for the same act."""
    return uuid5(_CLOSES, "/".join(map(str, (market_id.hex, village_code, quarter, *act))))
