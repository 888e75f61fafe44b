"""Reading what the front page shows to anybody: which villages there are, and what is on notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from love_market.appraisals.models import Appraisal
from love_market.appraisals.rules import State
from love_market.clock import Quarter, village_date
from love_market.places.models import Market, Place
from love_market.places.queries import VillageRecord

_SHOWN_YEARS = 2


@dataclass(frozen=True, slots=True)
class Board:
    """A village with its newest published quarter, if there is one."""

    village_code: str
    village_name: str
    township_name: str
    quarter: Quarter | None
    ends_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Boards:
    """The villages whose notice is open, by its end; and all others by township, in the order of their codes."""

    open: Sequence[Board]
    others: Sequence[tuple[str, Sequence[Board]]]


def boards(session: Session, *, at: datetime) -> Boards:
    """Return all villages with a market (two statements; the second names every market it reads).

    A village whose last published quarter is more than two years old stands without it.
    """
    township = aliased(Place)
    served = session.execute(
        select(Place, township.name, Market)
        .join(Market, Market.id == Place.market_id)
        .join(township, township.code == Place.parent_code)
        .order_by(Place.code)
    ).all()
    published = session.execute(
        select(Appraisal.village_code, Appraisal.quarter, Appraisal.state, Appraisal.notice_ends_at)
        .where(
            Appraisal.market_id.in_({market.id for _, _, market in served}),
            Appraisal.quarter >= str(_oldest(at)),
            Appraisal.state.in_([State.NOTICE, State.CONFIRMED]),
        )
        .order_by(Appraisal.quarter)
    )
    newest = {code: (Quarter.parse(quarter), state, ends_at) for code, quarter, state, ends_at in published}
    found = []
    for place, township_name, market in served:
        quarter, state, ends_at = newest.get(place.code, (None, "", None))
        is_open = state == State.NOTICE and ends_at is not None and at < ends_at
        name = VillageRecord(place.code, place.name, market.id, market.name).short_name
        found.append(Board(place.code, name, township_name, quarter, ends_at, is_open))
    others: dict[str, list[Board]] = {}
    for board in found:
        if not board.is_open:
            others.setdefault(board.township_name, []).append(board)
    now_open = sorted(
        (board for board in found if board.is_open), key=lambda board: (board.ends_at, board.village_code)
    )
    return Boards(now_open, list(others.items()))


def _oldest(at: datetime) -> Quarter:
    """Return the oldest quarter that the front page still names."""
    quarter = Quarter.of(village_date(at))
    return Quarter(quarter.year - _SHOWN_YEARS, quarter.number)
