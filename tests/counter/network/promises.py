"""What must hold whatever happened, each by its name."""

from collections.abc import Callable, Mapping

from tests.counter.network.books import BROWSER, Entry
from tests.counter.network.till import Habits, ready, record_of
from tests.counter.network.world import World

SPENT_ONCE = "no points are spent twice"
KEPT = "what a screen confirmed is in the books, or on its till"
ONE_SPENDER = "only the holder of the lease redeems without a network"
REFUSED = "what a till refused is not booked later"
NO_DISPUTE = "nothing is disputed but what the committee did not wait for"

Promise = Callable[[World, tuple[Entry, ...]], bool]


def spent_once(world: World, entries: tuple[Entry, ...]) -> bool:
    """What screens handed out on a voucher is within its face.

    But for what the committee did not wait for, and for what a till it cut off had not sent: no voucher pays for that.
    """
    paid = {entry.key for entry in entries if entry.paid}
    handed_out = [0] * len(world.faces)
    for key, one in enumerate(world.operations):
        is_given_up = _is_unwaited(world, key) or (_was_cut_off(world, one.by) and key not in paid)
        if one.state == "shown" and not is_given_up:
            handed_out[one.voucher] += 1
    return all(points <= face for points, face in zip(handed_out, world.faces, strict=True))


def kept(world: World, entries: tuple[Entry, ...]) -> bool:
    """A redemption that was confirmed is in the books once, or waits on its till; what was sent is there."""
    booked = [entry.key for entry in entries]
    if len(set(booked)) != len(booked):
        return False
    for key, one in enumerate(world.operations):
        record = None if one.by == BROWSER else record_of(world.tills[one.by].disk, key)
        waits = record is not None and record.state == "done"
        was_sent = record is not None and record.state == "sent"
        if key not in booked and (was_sent or (one.state == "shown" and not waits)):
            return False
    return True


def one_spender(world: World, entries: tuple[Entry, ...]) -> bool:
    """A till redeems alone only while it holds the lease, or its clock was put back since the books answered it."""
    holder = world.server.holder()
    return all(world.fooled[at] or holder == at or not _may_redeem_alone(world, at) for at in range(2))


def _may_redeem_alone(world: World, at: int) -> bool:
    return ready(world.tills[at].disk, world.now - world.behind[at], Habits())


def refused_for_good(world: World, entries: tuple[Entry, ...]) -> bool:
    """A redemption that a till's screen refused is not in the books."""
    booked = {entry.key for entry in entries}
    return not any(
        one.state == "refused" and one.by != BROWSER and key in booked for key, one in enumerate(world.operations)
    )


def no_dispute(world: World, entries: tuple[Entry, ...]) -> bool:
    """What is disputed is what the committee did not wait for, or came from a till that was cut off."""
    return all(entry.paid or _is_unwaited(world, entry.key) or _was_cut_off(world, entry.by) for entry in entries)


def _is_unwaited(world: World, key: int) -> bool:
    by = world.operations[key].by
    return key in world.unwaited or (by != BROWSER and world.fooled[by])


def _was_cut_off(world: World, by: int) -> bool:
    return by != BROWSER and world.server.cut_off[by]


PROMISES: Mapping[str, Promise] = {
    SPENT_ONCE: spent_once,
    KEPT: kept,
    ONE_SPENDER: one_spender,
    REFUSED: refused_for_good,
    NO_DISPUTE: no_dispute,
}
