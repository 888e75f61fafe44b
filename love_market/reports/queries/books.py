"""Reading the book for people: entries in plain words, their legs, and whether points and goods add up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.errors import words
from love_market.ledger import queries as ledger
from love_market.ledger.models import Account, Entry
from love_market.ledger.queries import EntryRecord, Head
from love_market.ledger.rules import NOBODY, POINTS, Leg
from love_market.people.rules import Guard
from love_market.reports.queries.names import Names, actors, names_of, proxies
from love_market.reports.rules import KINDS, NoSuchLine, Sentence, say
from love_market.stock.models import Good
from love_market.stock.queries.left import quantities_left
from love_market.vouchers.rules import Proxy

PAGE_SIZE = 30
_MANY = frozenset({"award", "issue", "lapse", "reset"})
_TEMPLATES = {
    "grant": words("{end} {points} 分"),
    "award": words("给 {count} 户认定，共 {points} 分"),
    "issue": words("发了 {count} 张券，共 {points} 分"),
    "lapse": words("{count} 张券到期，{points} 分清零"),
    "reset": words("{count} 张券上没用完的 {points} 分清零"),
    "redeem": words("{who}用 {points} 分换了{goods}"),
    "reverse": words("冲正第 {number} 笔：{reason}"),
    "void": words("{begin}作废，{points} 分"),
    "reissue": words("{begin}补发为{end}，{points} 分"),
    "receive": words("{goods}，从{begin}来"),
    "write_off": words("{goods}：{reason}"),
    "settle": words("处理争议：{reason}"),
}


@dataclass(frozen=True, slots=True)
class BookLine:
    """An entry in plain words: what happened, who wrote it, which entry took it back, and who acted for somebody."""

    number: int
    kind: str
    kind_label: str
    at: datetime
    who: Sentence
    said: Sentence
    reason: str
    points: int
    reverses: int | None
    reversed_by: int | None
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class BookPage:
    """A page of the book, the newest entry first; ``before`` continues it where there is more."""

    head: Head
    lines: Sequence[BookLine]
    before: int | None


@dataclass(frozen=True, slots=True)
class LegLine:
    """One leg in words: from where to where, how much of what (``good`` is empty for points)."""

    source: Sentence
    destination: Sentence
    amount: int
    unit_name: str
    good: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with everything that the chain covers."""

    line: BookLine
    legs: Sequence[LegLine]
    entry: EntryRecord
    head: Head


@dataclass(frozen=True, slots=True)
class GoodFlow:
    """Where all pieces of a good went: what came in is on the shelf, given, spoiled, or a count's difference.

    ``uncovered`` pieces were given and had never come in, by the book: disputed, or charged to who kept the counter.
    """

    title: str
    unit_name: str
    bought: int
    donated: int
    given: int
    spoiled: int
    missing: int
    uncovered: int
    on_shelf: int

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        came = self.bought + self.donated + self.uncovered
        return came == self.on_shelf + self.given + self.spoiled + self.missing


def page(session: Session, guard: Guard, *, before: int | None = None, kind: str = "") -> BookPage:
    """Return a page of the market's book, of all kinds or one."""
    head = ledger.head(session, guard.market_id)
    found = ledger.latest_entries(session, guard.market_id, before=before, limit=PAGE_SIZE + 1, kind=kind, bare=_MANY)
    shown = found[:PAGE_SIZE]
    return BookPage(head, lines(session, guard, shown), shown[-1].number if len(found) > PAGE_SIZE else None)


def entry(session: Session, guard: Guard, number: int) -> EntryPage:
    """Return one entry with its legs in words; raise ``NoSuchLine``."""
    found = ledger.entry(session, guard.market_id, number)
    if found is None:
        raise NoSuchLine(words("账本里没有第 {number} 笔。"), number=number)
    names = names_of(session, guard, found.legs)
    legs = [
        LegLine(
            names.place(leg.source),
            names.place(leg.destination),
            leg.amount,
            names.unit(leg.source.unit),
            names.good(leg.source.unit),
        )
        for leg in found.legs
    ]
    return EntryPage(lines(session, guard, [found])[0], legs, found, ledger.head(session, guard.market_id))


def lines(session: Session, guard: Guard, entries: Sequence[EntryRecord]) -> Sequence[BookLine]:
    """Return entries in plain words, names asked for all at once.

    Of entries that came without their legs, what these come to is asked for.
    """
    sums = ledger.leg_sums(session, guard.market_id, [one.number for one in entries if not one.legs])
    names = names_of(session, guard, [leg for one in entries if one.kind not in _MANY for leg in one.legs])
    who = actors(session, guard, {one.actor for one in entries})
    by = proxies(session, guard, [one.key for one in entries if one.kind == "redeem"])
    taken_back = _reversals(session, guard.market_id, [one.number for one in entries])
    return [
        BookLine(
            number=one.number,
            kind=one.kind,
            kind_label=KINDS.get(one.kind, one.kind),
            at=one.at,
            who=who.get(one.actor, say("{name}", name=one.actor)),
            said=_said(one, names, _sums(one, sums)),
            reason=one.reason,
            points=_sums(one, sums)[1],
            reverses=one.reverses,
            reversed_by=taken_back.get(one.number),
            proxy=by.get(one.key),
        )
        for one in entries
    ]


def flows(session: Session, guard: Guard) -> Sequence[GoodFlow]:
    """Return where all goods that ever came in are now, in the order of the shelf (five statements)."""
    sums: Counter[tuple[str, UUID]] = Counter()
    for kind, unit, balance in session.execute(
        select(Account.kind, Account.unit, Account.balance).where(
            Account.market_id == guard.market_id,
            Account.kind.in_(["supplier", "donor", "given", "spoiled", "variance"]),
            Account.owner == NOBODY,
        )
    ):
        sums[kind, unit] = balance
    for unit, quantity in quantities_left(session, guard.market_id).items():
        sums["shelf", unit] = quantity
    for kind in ("disputed", "charged"):
        for unit, balance in ledger.totals_by_unit(session, guard.market_id, kind).items():
            sums["uncovered", unit] -= balance
    moved = {unit for _, unit in sums}
    goods = session.scalars(
        select(Good).where(Good.market_id == guard.market_id).order_by(Good.position, Good.name, Good.spec)
    )
    return [
        GoodFlow(
            title=f"{good.name} {good.spec}".strip(),
            unit_name=good.unit_name,
            bought=-sums["supplier", good.id],
            donated=-sums["donor", good.id],
            given=sums["given", good.id],
            spoiled=sums["spoiled", good.id],
            missing=sums["variance", good.id],
            uncovered=sums["uncovered", good.id],
            on_shelf=sums["shelf", good.id],
        )
        for good in goods
        if good.id in moved
    ]


def _reversals(session: Session, market_id: UUID, numbers: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Entry.reverses, Entry.number).where(Entry.market_id == market_id, Entry.reverses.in_(numbers))
    )
    return {reverses: number for reverses, number in rows if reverses is not None}


def _sums(one: EntryRecord, sums: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
    """Return how many legs an entry has and how many points they move; what a redemption took too much is in it."""
    if not one.legs:
        return sums.get(one.number, (0, 0))
    too_much = ("redeemed", "disputed")
    moved = [leg for leg in one.legs if (leg.source.kind, leg.destination.kind) != too_much]
    return len(one.legs), sum(leg.amount for leg in moved if leg.source.unit == POINTS)


def _said(one: EntryRecord, names: Names, sums: tuple[int, int]) -> Sentence:
    count, points = sums
    template = _TEMPLATES.get(one.kind, words("{count} 批与账本不同，已按清点的数改"))
    return say(
        template,
        points=points,
        count=len({_lot(leg) for leg in one.legs}) if one.kind == "count" else count,
        number=one.reverses,
        reason=one.reason,
        begin=names.place(one.legs[0].source) if one.legs else "",
        end=names.place(one.legs[0].destination) if one.legs else "",
        who=_holders(one, names),
        goods=_goods(one, names),
    )


def _lot(leg: Leg) -> UUID:
    return leg.source.owner if leg.source.kind == "shelf" else leg.destination.owner


def _holders(one: EntryRecord, names: Names) -> str:
    return "、".join(dict.fromkeys(names.holder(leg.source.owner) for leg in one.legs if leg.source.kind == "voucher"))


def _goods(one: EntryRecord, names: Names) -> str:
    counts: Counter[UUID] = Counter()
    for leg in one.legs:
        if leg.source.unit != POINTS:
            counts[leg.source.unit] += leg.amount
    return "、".join(f"{names.good(unit)} ×{quantity}" for unit, quantity in counts.items())
