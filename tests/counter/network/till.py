"""A till as its scripts (static/counter) run it: what is on its disk, what a crash takes, each step between awaits.

Pure, and small enough to be a state of an exploration: operations, vouchers and tills are numbers, a redemption costs
one point, time is a whole number of ticks.
"""

from collections.abc import Iterator
from typing import NamedTuple

LEASE_TICKS = 1
REDEEMING = -1


class Habits(NamedTuple):
    """What a till takes care of; a test takes one away to see that its lack is found. The names say what it does."""

    holds_the_lease: bool = True
    has_a_copy_of_the_term: bool = True
    writes_before_it_says_so: bool = True
    looks_again_when_it_writes: bool = True
    gives_back_in_one_step: bool = True
    touches_one_at_a_time: bool = True
    measures_from_the_sending: bool = True
    times_without_the_clock: bool = True
    keeps_points_of_what_it_asked: bool = True
    waits_where_it_was_not_let_in: bool = True
    sends_before_it_asks: bool = True


class Lease(NamedTuple):
    """The lease as the till knows it; ``ends`` by its own clock."""

    held: bool = False
    term: int = 0
    ends: int = 0
    cut_off: bool = False


class Copy(NamedTuple):
    """The books as the till carries them: as of which entry and term, and the points left on each voucher."""

    number: int
    term: int
    left: tuple[int, ...]


class Record(NamedTuple):
    """A redemption: ``asked`` may have happened, ``done`` has and waits to be sent, ``sent`` is entry ``entry``."""

    key: int
    voucher: int
    state: str
    entry: int = 0


class Disk(NamedTuple):
    """What a crash leaves. ``latest`` is the latest time that its clock was seen to show."""

    request: int = 0
    lease: Lease = Lease()
    copy: Copy | None = None
    records: tuple[Record, ...] = ()
    latest: int = 0


class Touch(NamedTuple):
    """``Contact.touch`` under way: ``at`` is what it does next."""

    at: str
    sent_at: int = 0
    wanted: bool = False
    outcomes: tuple[tuple[int, int], ...] = ()


class Redeeming(NamedTuple):
    """``TillBooks.redeem`` or ``settleAsked`` under way; ``may`` and ``ends`` are what it knew when it began."""

    at: str
    key: int
    voucher: int
    may: bool = False
    ends: int = 0


class Page(NamedTuple):
    """What a crash takes. The line awaits the answer to request ``awaits``, asked by touch ``who`` or REDEEMING."""

    touches: tuple[Touch, ...] = ()
    redeeming: Redeeming | None = None
    awaits: int | None = None
    who: int = 0


class Till(NamedTuple):
    """A till: its disk and its page."""

    disk: Disk = Disk()
    page: Page = Page()


class Reply(NamedTuple):
    """What the books answer: ``what``, and as much beside it as that needs."""

    what: str
    held: bool = False
    term: int = 0
    wanted: bool = False
    cut_off: bool = False
    number: int = 0
    left: tuple[int, ...] = ()
    outcomes: tuple[tuple[int, int], ...] = ()


ASKS = frozenset({"contact", "copy", "records", "give-back", "redeem", "look"})


def asking(till: Till) -> Iterator[tuple[int, str, object]]:
    """Give who wants the line, what for, and with what."""
    for who, touch in enumerate(till.page.touches):
        if touch.at in ASKS:
            done = tuple((one.key, one.voucher) for one in till.disk.records if one.state == "done")
            yield who, touch.at, done if touch.at == "records" else ()
    one = till.page.redeeming
    if one is not None and one.at in ASKS:
        yield REDEEMING, one.at, (one.key, one.voucher)


def going(till: Till) -> Iterator[int]:
    """Give who has a step to take that asks nobody."""
    for who, touch in enumerate(till.page.touches):
        if touch.at not in ASKS:
            yield who
    if till.page.redeeming is not None and till.page.redeeming.at not in ASKS:
        yield REDEEMING


def ready(disk: Disk, now: int, habits: Habits) -> bool:
    """Return whether the till takes itself for the one that may redeem without a network."""
    lease, copy = disk.lease, disk.copy
    return (
        copy is not None
        and not lease.cut_off
        and (lease.held or not habits.holds_the_lease)
        and (copy.term == lease.term or not habits.has_a_copy_of_the_term)
        and disk.latest <= now < lease.ends
    )


def has_points(disk: Disk, key: int, voucher: int, habits: Habits) -> bool:
    """Return whether a voucher has a point left, after all that was handed out here and is not in the copy."""
    if disk.copy is None:
        return False
    spent = sum(
        one.voucher == voucher
        and one.key != key
        and (one.state != "asked" or habits.keeps_points_of_what_it_asked)
        and not 0 < one.entry <= disk.copy.number
        for one in disk.records
    )
    return disk.copy.left[voucher] > spent


def record_of(disk: Disk, key: int) -> Record | None:
    """Return the record of an operation."""
    return next((one for one in disk.records if one.key == key), None)


def written(disk: Disk, record: Record) -> Disk:
    """Return the disk with a record put in its place."""
    others = [one for one in disk.records if one.key != record.key]
    return disk._replace(records=tuple(sorted([*others, record])))


def dropped(disk: Disk, key: int) -> Disk:
    """Return the disk without a record."""
    return disk._replace(records=tuple(one for one in disk.records if one.key != key))


def with_touch(till: Till, who: int, touch: Touch | None) -> Till:
    """Return the till with a touch further on, or at its end."""
    before, after = till.page.touches[:who], till.page.touches[who + 1 :]
    touches = (*before, touch, *after) if touch is not None else (*before, *after)
    page = till.page
    if touch is None and page.awaits is not None and page.who > who:
        page = page._replace(who=page.who - 1)
    return till._replace(page=page._replace(touches=touches))


def with_redeeming(till: Till, one: Redeeming | None) -> Till:
    """Return the till with a redemption further on, or at its end."""
    return till._replace(page=till.page._replace(redeeming=one))
