"""A small server: the real rules of the lease, and books that are a few tuples. As fast as an exploration needs it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from love_market.errors import LoveMarketError
from love_market.tills import rules
from love_market.tills.rules import Lease, LeaseRuns
from tests.counter.network.till import LEASE_TICKS, Reply

TICK = timedelta(hours=1)
LENGTH = LEASE_TICKS * TICK
TILL_IDS = (UUID(int=1), UUID(int=2))
BROWSER = 2
LEASES = [Lease()]
_PLACES = {LEASES[0]: 0}


@cache
def instant(ticks: int) -> datetime:
    """Return the time after so many ticks."""
    return datetime(2026, 10, 8, 1, 0, tzinfo=UTC) + ticks * TICK


class Request(NamedTuple):
    """A request on its way, or ``inside``: heard, and not acted upon yet. A browser signs none: its number is 0."""

    till: int
    number: int
    what: str
    body: tuple[object, ...] = ()
    inside: bool = False


class Entry(NamedTuple):
    """A redemption in the books: what its voucher paid, 0 or 1; what it did not pay is disputed. ``by`` a till."""

    key: int
    voucher: int
    paid: int
    by: int


class Books(NamedTuple):
    """The books, the lease (its place in ``LEASES``), and of each till the last request and whether it was cut off."""

    left: tuple[int, ...]
    entries: tuple[Entry, ...] = ()
    lease: int = 0
    last: tuple[int, ...] = (0, 0)
    cut_off: tuple[bool, ...] = (False, False)

    def holder(self) -> int | None:
        """Return which till holds the lease."""
        till_id = LEASES[self.lease].till_id
        return None if till_id is None else TILL_IDS.index(till_id)

    def hear(self, request: Request, now: int) -> "Books | None":
        """Take a request once, in rising numbers, and renew the lease of who asks; None for one that was used."""
        till = request.till
        if till == BROWSER:
            return self
        if request.number <= self.last[till]:
            return None
        heard = self._replace(last=(*self.last[:till], request.number, *self.last[till + 1 :]))
        if self.cut_off[till]:
            return heard
        return heard._replace(lease=_renewed(self.lease, till, now))

    def act(self, request: Request, now: int) -> tuple["Books", Reply]:
        """Do what a request that was heard asks for."""
        return ACTS[request.what](self, request, now)

    def settle(self, now: int) -> "Books | None":
        """Wait no longer for the holder; None while its lease runs."""
        try:
            return self._replace(lease=_place(LEASES[self.lease].settled(instant(now))))
        except LeaseRuns:
            return None

    def cutting_off(self, till: int) -> "Books":
        """Cut a till off."""
        return self._replace(cut_off=tuple(one or at == till for at, one in enumerate(self.cut_off)))

    def booked(self, key: int) -> int:
        """Return the number of an operation's entry, 0 where there is none."""
        return next((number for number, entry in enumerate(self.entries, 1) if entry.key == key), 0)

    def with_entry(self, key: int, voucher: int, paid: int, by: int) -> "Books":
        """Return the books with one more entry."""
        left = tuple(points - paid * (at == voucher) for at, points in enumerate(self.left))
        return self._replace(left=left, entries=(*self.entries, Entry(key, voucher, paid, by)))


def _place(lease: Lease) -> int:
    """Return where a lease is in ``LEASES``: a state holds a number, which is compared and hashed at once."""
    if lease not in _PLACES:
        _PLACES[lease] = len(LEASES)
        LEASES.append(lease)
    return _PLACES[lease]


@cache
def _renewed(lease: int, till: int, now: int) -> int:
    return _place(LEASES[lease].heard_from(TILL_IDS[till], instant(now), LENGTH))


@cache
def _taken(lease: int, till: int, now: int) -> int:
    return _place(LEASES[lease].taken_by(TILL_IDS[till], instant(now), LENGTH))


@cache
def _given_back(lease: int, till: int, now: int) -> int:
    return _place(LEASES[lease].given_back(TILL_IDS[till], instant(now)))


@cache
def _wanted(lease: int, now: int) -> int:
    return _place(LEASES[lease].wanted_by_others(instant(now)))


def refused(lease: int, till: int, now: int) -> bool:
    """Return whether the lease forbids a redemption that a till, or a browser, asks for."""
    try:
        till_id = None if till == BROWSER else TILL_IDS[till]
        rules.check_spending(LEASES[lease], till_id, instant(now), holder_name="", holder_seen_at=None)
    except LoveMarketError:
        return True
    return False


def _contact(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    till = request.till
    if not books.cut_off[till]:
        books = books._replace(lease=_taken(books.lease, till, now))
    lease = LEASES[books.lease]
    held, cut_off = lease.till_id == TILL_IDS[till], books.cut_off[till]
    wanted = held and (lease.wanted_at is not None or cut_off)
    return books, Reply("contact", held and not cut_off, lease.term, wanted, cut_off, len(books.entries))


def _copy(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    return books, Reply("copy", term=LEASES[books.lease].term, number=len(books.entries), left=books.left)


def _records(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    outcomes = []
    for key, voucher in pairs(request.body):
        if not books.booked(key):
            elsewhere = LEASES[books.lease].till_id not in (None, TILL_IDS[request.till])
            none_pays = elsewhere or books.cut_off[request.till]
            books = books.with_entry(key, voucher, 0 if none_pays else min(1, books.left[voucher]), request.till)
        outcomes.append((key, books.booked(key)))
    return books, Reply("records", outcomes=tuple(outcomes))


def _give_back(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    if books.last[request.till] != request.number:
        return books, Reply("not let in")
    return give_back_whenever(books, request, now)


def give_back_whenever(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    """Free the lease, even when the till asked for something since."""
    return books._replace(lease=_given_back(books.lease, request.till, now)), Reply("done")


def _redeem(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    ((key, voucher),) = pairs((request.body,))
    if request.till != BROWSER and books.cut_off[request.till]:
        return books, Reply("not let in")
    if not books.booked(key):
        if refused(books.lease, request.till, now):
            return books._replace(lease=_wanted(books.lease, now)), Reply("refused")
        if not books.left[voucher]:
            return books, Reply("refused")
        books = books.with_entry(key, voucher, 1, request.till)
    return books, Reply("booked", number=books.booked(key))


def _look(books: Books, request: Request, now: int) -> tuple[Books, Reply]:
    ((key, _),) = pairs((request.body,))
    number = books.booked(key)
    return books, Reply("booked", number=number) if number else Reply("none")


def pairs(body: Iterable[object]) -> Iterable[tuple[int, int]]:
    """Give the operations and vouchers of a body."""
    for one in body:
        assert isinstance(one, tuple)
        yield one[0], one[1]


ACTS: dict[str, Callable[[Books, Request, int], tuple[Books, Reply]]] = {
    "contact": _contact,
    "copy": _copy,
    "records": _records,
    "give-back": _give_back,
    "redeem": _redeem,
    "look": _look,
}
