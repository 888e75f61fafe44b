"""Reading what there is to print of a quarter, and which names the printer will not have all characters of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals.queries import AppraisalRecord
from love_market.boards import queries as boards
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.errors import words
from love_market.paper import missing_glyphs
from love_market.people.models import Household, Member
from love_market.people.queries import staff_at
from love_market.people.rules import Guard
from love_market.reports.rules import Sentence, say
from love_market.stock import queries as stock
from love_market.stock.models import Good
from love_market.vouchers import queries as vouchers
from love_market.vouchers.models import VoucherBatch

SHOWN_QUARTERS, SHOWN_YEARS = 8, 2


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a paper is about, as an address takes it, and what tells it from the others of its kind."""

    args: Mapping[str, Any]
    said: Sentence | None = None


@dataclass(frozen=True, slots=True)
class HardName:
    """A name with characters that no font here has, and whose it is in words."""

    whose: Sentence
    name: str
    missing: str


def quarters(session: Session, guard: Guard) -> Sequence[AppraisalRecord]:
    """Return the village's latest quarters, the newest first."""
    return appraisals.appraisals(session, guard, limit=SHOWN_QUARTERS)


def subjects(session: Session, guard: Guard, quarter: Quarter) -> Mapping[str, Sequence[Subject]]:
    """Return what the papers of a quarter can be about, by the kind that ``PAPERS`` names; a kind may have none."""
    found = next((one for one in quarters(session, guard) if one.quarter == quarter), None)
    of_quarter = [Subject({"quarter": quarter})]
    version, counting = deeds.current_version(session, guard), stock.open_stocktake(session, guard)
    clearing = vouchers.announced(session, guard)
    return {
        "village": [Subject({})],
        "quarter": of_quarter,
        "submitted": of_quarter if found and found.submitted_at else [],
        "met": of_quarter if found and appraisals.meeting(session, guard, found.id) else [],
        "notice": of_quarter if found and found.is_on_notice else [],
        "batch": _batches(session, guard, quarter),
        "version": [Subject({"number": version.number})] if version else [],
        "stocktake": [Subject({"stocktake_id": counting.id})] if counting else [],
        "stars": [
            Subject({"year": year}, say(words("{year}年"), year=str(year)))
            for year in boards.published_years(session, guard)[:SHOWN_YEARS]
        ],
        "reset": [Subject({"reset_id": clearing.id})] if clearing else [],
    }


def hard_names(session: Session, guard: Guard) -> Sequence[HardName]:
    """Return the names of the village's papers that no font here can draw in full (four statements)."""
    here = Household.market_id == guard.market_id, Household.village_code == guard.village_code
    heads = session.execute(select(Household.number, Household.head_name).where(*here).order_by(Household.number))
    members = session.execute(
        select(Household.number, Member.name)
        .join(Household, (Household.market_id == Member.market_id) & (Household.id == Member.household_id))
        .where(Member.market_id == guard.market_id, *here)
        .order_by(Household.number, Member.position)
    )
    goods = session.scalars(select(Good.name).where(Good.market_id == guard.market_id).order_by(Good.position))
    named = [(number, name) for rows in (heads, members) for number, name in rows]
    staff = [one.name for one in staff_at(session, guard.village_code)]
    on_shelf = goods.all()
    missing = set(missing_glyphs("".join([*(name for _, name in named), *staff, *on_shelf])))
    if not missing:
        return []
    told = [
        *((say(words("{number} 号户"), number=number), name) for number, name in dict.fromkeys(named)),
        *((say(words("工作人员")), name) for name in staff),
        *((say(words("商品")), name) for name in on_shelf),
    ]
    return [
        HardName(whose, name, lacking)
        for whose, name in told
        if (lacking := "".join(character for character in dict.fromkeys(name) if character in missing))
    ]


def _batches(session: Session, guard: Guard, quarter: Quarter) -> Sequence[Subject]:
    rows = session.execute(
        select(VoucherBatch.id, VoucherBatch.issued_at)
        .where(
            VoucherBatch.market_id == guard.market_id,
            VoucherBatch.quarter == str(quarter),
            VoucherBatch.village_code == guard.village_code,
        )
        .order_by(VoucherBatch.issued_at, VoucherBatch.id)
    ).all()
    return [
        Subject({"batch_id": batch_id}, say(words("{day}发的"), day=issued_at) if len(rows) > 1 else None)
        for batch_id, issued_at in rows
    ]
