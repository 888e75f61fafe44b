"""Reading who acted for whom: for a household, in some days, on a till's copy, and what went over the limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from love_market.clock import village_instant
from love_market.db import Prepared
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.vouchers.models import UNSEEN, ProxyAct, Voucher
from love_market.vouchers.rules import COLLECT, Proxy

_MOST_ACTS = 3000


@dataclass(frozen=True, slots=True)
class ProxyActRecord:
    """Somebody acted for a household (see ``models.ProxyAct``); of vouchers nobody knows, ``head_name`` is empty."""

    id: UUID
    kind: str
    proxy: Proxy
    acted_at: datetime
    household_id: UUID | None
    household_number: str
    head_name: str
    redemption_id: UUID | None
    serial_no: str
    face_points: int
    undone_at: datetime | None
    over_limit: bool

    @property
    def is_collecting(self) -> bool:
        """Whether a voucher was collected; if not, goods were handed out."""
        return self.kind == COLLECT


def proxy_acts(session: Session, guard: Guard, first: date, last: date) -> Sequence[ProxyActRecord]:
    """Return what was done for households of the village from one day to another, the earliest first."""
    begin, end = village_instant(first), village_instant(date.fromordinal(last.toordinal() + 1))
    acted = ProxyAct.acted_at >= begin, ProxyAct.acted_at < end
    return _records(session, _acts(guard).where(*acted, _here(guard)).order_by(ProxyAct.acted_at).limit(_MOST_ACTS))


def proxy_acts_for(
    session: Session, guard: Guard, household_id: UUID, *, begin: datetime, end: datetime | None = None
) -> Sequence[ProxyActRecord]:
    """Return what others did for a household in a span of time, the latest first."""
    query = _acts(guard).where(ProxyAct.household_id == household_id, ProxyAct.acted_at >= begin)
    if end is not None:
        query = query.where(ProxyAct.acted_at < end)
    return _records(session, query.order_by(ProxyAct.acted_at.desc()).limit(_MOST_ACTS))


def unseen_proxy_acts(session: Session, guard: Guard) -> Sequence[ProxyActRecord]:
    """Return what went over the day's limit at tills or on slips, and the village's committee did not take note of."""
    return _records(session, _acts(guard).where(UNSEEN, _here(guard)).order_by(ProxyAct.acted_at))


_of_household = and_(Household.market_id == ProxyAct.market_id, Household.id == ProxyAct.household_id)
_UNSEEN_SINCE = Prepared(
    select(func.count(), func.min(ProxyAct.acted_at))
    .join(Household, _of_household)
    .where(ProxyAct.market_id == bindparam("market_id"), UNSEEN, Household.village_code == bindparam("village_code"))
)


def unseen_since(session: Session, guard: Guard) -> tuple[int, datetime | None]:
    """Return of how many households that is, counted once for each act, and since when."""
    ((count, since),) = _UNSEEN_SINCE.rows(session, market_id=guard.market_id, village_code=guard.village_code)
    return count, since


def went_over(session: Session, guard: Guard, redemption_id: UUID) -> bool:
    """Return whether who brought the vouchers of a redemption went over the day's limit with it."""
    query = select(ProxyAct.over_limit).where(
        ProxyAct.market_id == guard.market_id, ProxyAct.redemption_id == redemption_id
    )
    return any(session.scalars(query))


def acted_on(session: Session, guard: Guard, day: date) -> Sequence[tuple[str, UUID]]:
    """Return the name of each proxy of a day with each household acted for: what a till must know of it."""
    begin, end = village_instant(day), village_instant(date.fromordinal(day.toordinal() + 1))
    rows = session.execute(
        select(ProxyAct.name, ProxyAct.household_id)
        .where(
            ProxyAct.market_id == guard.market_id,
            ProxyAct.acted_at >= begin,
            ProxyAct.acted_at < end,
            ProxyAct.undone_at.is_(None),
            ProxyAct.household_id.is_not(None),
        )
        .distinct()
        .order_by(ProxyAct.name, ProxyAct.household_id)
    )
    return [(name, household_id) for name, household_id in rows if household_id is not None]


def _acts(guard: Guard) -> Select[ProxyAct, str | None, str | None, str | None, int | None]:
    return (
        select(ProxyAct, Household.number, Household.head_name, Voucher.serial_no, Voucher.face_points)
        .outerjoin(Household, _of_household)
        .outerjoin(Voucher, and_(Voucher.market_id == ProxyAct.market_id, Voucher.id == ProxyAct.voucher_id))
        .where(ProxyAct.market_id == guard.market_id)
    )


def _here(guard: Guard) -> ColumnElement[bool]:
    return or_(Household.village_code == guard.village_code, ProxyAct.household_id.is_(None))


def _records(
    session: Session, query: Select[ProxyAct, str | None, str | None, str | None, int | None]
) -> Sequence[ProxyActRecord]:
    return [
        ProxyActRecord(
            id=act.id,
            kind=act.kind,
            proxy=Proxy(act.name, act.relation, act.signature),
            acted_at=act.acted_at,
            household_id=act.household_id,
            household_number=number or "",
            head_name=head_name or "",
            redemption_id=act.redemption_id,
            serial_no=serial_no or "",
            face_points=face_points or 0,
            undone_at=act.undone_at,
            over_limit=act.over_limit,
        )
        for act, number, head_name, serial_no, face_points in session.execute(query)
    ]
