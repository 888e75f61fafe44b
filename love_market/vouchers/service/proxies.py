"""Writing down who acted for a household, and asking for how many a person has acted on a day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from love_market.clock import village_date, village_instant
from love_market.db import Prepared, Rows, new_id
from love_market.db.prepared import Row
from love_market.ledger.service import Question
from love_market.people.models import Household
from love_market.people.rules import COMMITTEE, Guard
from love_market.places import queries as places
from love_market.places.models import Market
from love_market.vouchers.models import ProxyAct
from love_market.vouchers.rules import COLLECT, REDEEM, Acting, Proxy

_ACTED = Prepared(
    select(Market.proxy_daily_households, ProxyAct.household_id)
    .outerjoin(
        ProxyAct,
        and_(
            ProxyAct.market_id == Market.id,
            ProxyAct.name == bindparam("name"),
            ProxyAct.acted_at >= bindparam("begin"),
            ProxyAct.acted_at < bindparam("end"),
            ProxyAct.undone_at.is_(None),
        ),
    )
    .where(Market.id == bindparam("market_id"))
)
_ACTS = Rows(
    ProxyAct,
    (
        *("market_id", "kind", "redemption_id", "name", "relation", "signed_on", "signature", "acted_at"),
        *("recorded_by", "undone_at", "over_limit", "seen_at", "seen_by"),
    ),
)


class For(NamedTuple):
    """The household that is acted for, and the voucher where one is collected; of an unknown voucher no household."""

    household_id: UUID | None
    voucher_id: UUID | None = None


def acted_question(guard: Guard, name: str, at: datetime) -> Question:
    """Return what to ask under the book's lock to know for whom a person acted on the day of an instant."""
    day = village_date(at)
    begin, end = village_instant(day), village_instant(day + timedelta(days=1))
    return _ACTED, {"market_id": guard.market_id, "name": name, "begin": begin, "end": end}


def acting_from(name: str, answer: Sequence[Row]) -> Acting:
    """Return the day's proxy from the answer to ``acted_question``."""
    households = frozenset(household_id for _, household_id in answer if household_id is not None)
    return Acting(name, households, places.proxy_limit(answer[0][0]))


def note_proxy(
    session: Session,
    guard: Guard,
    proxy: Proxy,
    whom: Iterable[For],
    *,
    at: datetime,
    recorded_by: str,
    redemption_id: UUID | None = None,
    over_limit: bool = False,
) -> None:
    """Write down for whom somebody acted, in the transaction of what was done; travels with what is written next.

    ``redemption_id`` is what was redeemed; without it vouchers were collected.
    """
    _ACTS.later(
        session,
        [{"id": new_id(), **one._asdict()} for one in whom],
        market_id=guard.market_id,
        kind=COLLECT if redemption_id is None else REDEEM,
        redemption_id=redemption_id,
        name=proxy.name,
        relation=proxy.relation,
        signed_on=proxy.signed_on,
        signature=proxy.signature,
        acted_at=at,
        recorded_by=recorded_by,
        undone_at=None,
        over_limit=over_limit,
        seen_at=None,
        seen_by=None,
    )


def undo_proxy(session: Session, guard: Guard, redemption_id: UUID, *, at: datetime) -> None:
    """Take back that somebody acted in a redemption that is taken back: it counts no more on its day."""
    session.execute(
        update(ProxyAct)
        .where(ProxyAct.market_id == guard.market_id, ProxyAct.redemption_id == redemption_id)
        .values(undone_at=at)
    )


def take_note(session: Session, guard: Guard, act_ids: Collection[UUID], *, at: datetime) -> None:
    """Say that the committee knows of acts that went over the day's limit at a till, of the village's households."""
    guard.require(*COMMITTEE)
    theirs = select(Household.id).where(
        Household.market_id == guard.market_id, Household.village_code == guard.village_code
    )
    session.execute(
        update(ProxyAct)
        .where(
            ProxyAct.market_id == guard.market_id,
            ProxyAct.id.in_(act_ids),
            ProxyAct.seen_at.is_(None),
            ProxyAct.household_id.in_(theirs),
        )
        .values(seen_at=at, seen_by=guard.actor)
        .execution_options(synchronize_session=False)
    )
