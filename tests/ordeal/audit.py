"""The auditor: are the books whole, and do they hold what the clerks were told, once?

Knows no Flask and opens its own connection, so it reads what is on the disk and not what an application remembers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from love_market.counter.models import Redemption
from love_market.ledger.models import Book, Entry
from love_market.ledger.verify import verify
from tests.ordeal.auditor import open_books
from tests.ordeal.clerks import Acknowledged
from tests.ordeal.rooms import booked_late, told_otherwise, voucher_faults, written_down_otherwise


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found; ``faults`` are sentences, and a clean audit has none.

    ``lost`` are keys that a clerk was told are done and that the books do not hold, or hold only since they were asked
    again; ``doubled`` keys that stand in the
    books more than once; ``unasked`` redemptions that nobody was told of; ``half_done`` those whose entry, rows,
    vouchers and goods do not say the same.
    """

    markets: int
    entries: int
    redemptions: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    unasked: tuple[str, ...]
    half_done: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, a sentence each."""
        named = ("lost", "doubled", "unasked", "half_done", "unverified")
        return [f"{name}: {one}" for name in named for one in getattr(self, name)]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def audit(database_url: str, acknowledged: Sequence[Acknowledged], *, others: bool = False) -> Audit:
    """Hold the whole books of every market to what clerks were told.

    Call it when every key that was asked is answered: then a redemption that nobody was told of is one too many, unless
    ``others`` redeemed as well.
    """
    engine = open_books(database_url)
    with Session(engine) as session:
        markets = session.scalars(select(Book.market_id)).all()
        entries = session.scalar(select(func.count()).select_from(Entry)) or 0
        posted = Counter(session.scalars(select(Entry.key).where(Entry.kind == "redeem")))
        written = Counter(session.scalars(select(Redemption.id)))
        told = Counter(UUID(one.key) for one in acknowledged)
        half_done = [f"{key} is an entry without a redemption, or the reverse" for key in set(posted) ^ set(written)]
        lost = [str(key) for key in told if key not in posted]
        unverified: list[str] = []
        for market_id in markets:
            verdict = verify(session, market_id)
            if verdict.fault is not None:
                unverified.append(f"market {market_id}, entry {verdict.fault.number}: {verdict.fault.what}")
            half_done += written_down_otherwise(session, market_id)
            half_done += voucher_faults(session, market_id)
            of_market = [one for one in acknowledged if one.market_id == str(market_id)]
            numbers = _numbers(session, market_id)
            lost += booked_late(session, market_id, numbers, of_market)
            half_done += told_otherwise(session, market_id, numbers, of_market)
    engine.dispose()
    return Audit(
        markets=len(markets),
        entries=entries,
        redemptions=sum(written.values()),
        lost=tuple(lost),
        doubled=tuple(str(key) for counts in (posted, written, told) for key, times in counts.items() if times > 1),
        unasked=() if others else tuple(str(key) for key in posted if key not in told),
        half_done=tuple(half_done),
        unverified=tuple(unverified),
    )


def _numbers(session: Session, market_id: UUID) -> dict[str, int]:
    query = select(Entry.key, Entry.number).where(Entry.market_id == market_id, Entry.kind == "redeem")
    return {str(key): number for key, number in session.execute(query)}
