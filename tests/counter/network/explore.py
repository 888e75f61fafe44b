"""Every state that can be reached, the nearest first, each once; and the shortest way to one that breaks a promise."""

import random
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from tests.counter.network.books import BROWSER, Books
from tests.counter.network.promises import PROMISES
from tests.counter.network.quiet import until_quiet
from tests.counter.network.till import REDEEMING, Till, Touch, going
from tests.counter.network.world import Left, Move, Rules, World, beginning, moves, step

LONGEST_WAY = 90
GOES_ON = frozenset({"go", "send", "arrive", "answer"})


class Found(NamedTuple):
    """How many states there are; the promise that is broken first, if any is, and the shortest way there."""

    states: int
    broken: str = ""
    way: tuple[Move, ...] = ()


def explore(
    left: Left,
    rules: Rules,
    *,
    faces: tuple[int, ...] = (1, 1),
    promises: Collection[str] = tuple(PROMISES),
    also: Callable[[World], str] | None = None,
    most: int | None = None,
) -> Found:
    """Reach every state within what may happen; ``also`` is asked of each too, and names what it finds broken."""
    first = beginning(Books(faces), faces, left)
    came: dict[World, tuple[World, Move] | None] = {first: None}
    kept = [(name, PROMISES[name]) for name in promises]
    edge = [first]
    while edge:
        reached = []
        for world in edge:
            for move, after in _next(world, rules):
                if (after := in_its_own_numbers(_less(after, rules))) in came:
                    continue
                came[after] = (world, move)
                entries = after.server.entries
                broken = next((name for name, holds in kept if not holds(after, entries)), "")
                broken = broken or (also(after) if also is not None else "")
                if broken:
                    return Found(len(came), broken, _way(came, after))
                reached.append(after)
        if most is not None and len(came) > most:
            return Found(len(came), f"more than {most} states")
        edge = reached
    return Found(len(came))


def wander(
    left: Left,
    rules: Rules,
    chance: random.Random,
    *,
    ways: int,
    promises: Collection[str] = tuple(PROMISES),
) -> Found:
    """Go many ways at random and let each come to rest; a promise that is broken on one of them ends it."""
    seen = 0
    kept = [(name, PROMISES[name]) for name in promises]
    for _ in range(ways):
        world, way = beginning(Books((1, 1)), (1, 1), left), list[Move]()
        for turn in range(LONGEST_WAY + 1):
            if turn < LONGEST_WAY:
                move = chance.choice([*moves(world, rules), *[one for one in moves(world, rules) if one[0] in GOES_ON]])
                world = step(world, move, rules) or world
                way.append(move)
            else:
                world = until_quiet(world, rules)
            seen += 1
            broken = next((name for name, holds in kept if not holds(world, world.server.entries)), "")
            if broken:
                return Found(seen, broken, tuple(way))
        shown = {key for key, one in enumerate(world.operations) if one.state == "shown"}
        lost = {key for key in shown if not world.server.booked(key)}
        if lost:
            return Found(seen, f"lost: {lost}", tuple(way))
    return Found(seen)


def _next(world: World, rules: Rules) -> Iterator[tuple[Move, World]]:
    """Give what may happen next, less what makes no difference when it happens.

    What a till does by itself is seen by nobody else, and a request that arrives later might have been sent later: so
    a till at work goes on, time may pass and it may stop, but the others wait until it is between two exchanges or has
    lost one. A browser keeps nothing: its request arrives when it is sent. Tills are alike: the first to act is till 0.
    """
    busy = next((at for at in range(2) if _is_busy(world, at, rules)), None)
    for move in moves(world, rules):
        kind, at = move[0], move[1] if len(move) > 1 else None
        owner = world.net[move[1]].till if kind == "arrive" else at
        if busy is not None and owner != busy and kind != "tick":
            continue
        if at == 1 and kind != "arrive" and world.tills[0] == world.tills[1] and not world.server.lease:
            continue
        if kind == "touch" and world.tills[move[1]].page.awaits is not None:
            continue
        after = step(world, move, rules)
        if after is None or (kind in ("new", "again") and at != BROWSER and _is_in_vain(after.tills[move[1]])):
            continue
        if kind == "touch":
            sent = step(after, ("send", at, len(after.tills[move[1]].page.touches) - 1), rules)
            assert sent is not None
            yield move, sent
        elif kind == "new" and at == BROWSER:
            index = next(index for index, one in enumerate(after.net) if one not in world.net)
            for arrival in [("arrive", index)] + [("arrive", index, "unheard")] * bool(after.left.mishaps):
                arrived = step(after, arrival, rules)
                assert arrived is not None
                yield (*move, *arrival[2:]), arrived
        else:
            yield move, after


def _is_in_vain(till: Till) -> bool:
    """Return whether a redemption that was just begun ends at once: it may not be made alone, and nobody is asked."""
    one = till.page.redeeming
    return one is not None and one.at == "alone" and not one.may


def _is_busy(world: World, at: int, rules: Rules) -> bool:
    page = world.tills[at].page
    if page.awaits is not None:
        return True
    one = page.redeeming
    if one is not None and (one.at != "keep" or rules.habits.looks_again_when_it_writes):
        return True
    return any(who != REDEEMING for who in going(world.tills[at]))


def _less(world: World, rules: Rules) -> World:
    """Return the state without what makes no difference to a till that takes care: a lease that is over, its copy."""
    if not (rules.habits.holds_the_lease and rules.habits.has_a_copy_of_the_term):
        return world
    if world.left.clocks or any(world.behind):
        return world
    tills = list(world.tills)
    for at, till in enumerate(tills):
        lease = till.disk.lease
        if lease.held and world.now < lease.ends:
            continue
        page = till.page
        if any(one.at == "copy" for one in page.touches) and page.awaits is None:
            page = page._replace(touches=tuple(_without_copy(one) for one in page.touches))
        disk = till.disk._replace(copy=None, lease=lease._replace(held=False, term=0, ends=0))
        tills[at] = Till(disk, page)
    return world._replace(tills=tuple(tills))


def _without_copy(touch: Touch) -> Touch:
    return touch._replace(at="after copy") if touch.at == "copy" else touch


def in_its_own_numbers(world: World) -> World:
    """Return the same state with the numbers of requests as small as they can be; what is too late to count is gone.

    All that matters of a number is whether it is above the last that was heard.
    """
    last = world.server.last
    net = tuple(one for one in world.net if one.till == BROWSER or one.inside or one.number > last[one.till])
    tills = list(world.tills)
    ranks: list[dict[int, int]] = []
    for at, till in enumerate(tills):
        numbers = sorted({last[at], *(one.number for one in net if one.till == at)})
        rank = {number: place for place, number in enumerate(numbers)}
        ranks.append(rank)
        awaits = till.page.awaits
        if awaits is not None:
            awaits = rank.get(awaits, 0)
        if till.disk.request != len(numbers) - 1 or awaits != till.page.awaits:
            disk = till.disk._replace(request=len(numbers) - 1)
            tills[at] = till._replace(disk=disk, page=till.page._replace(awaits=awaits))
    net = tuple(sorted(one if one.till == BROWSER else one._replace(number=ranks[one.till][one.number]) for one in net))
    ends = tuple(ranks[at][last[at]] for at in range(len(tills)))
    return world._replace(server=world.server._replace(last=ends), tills=tuple(tills), net=net)


def _way(came: dict[World, tuple[World, Move] | None], world: World) -> tuple[Move, ...]:
    way: list[Move] = []
    before = came[world]
    while before is not None:
        way.append(before[1])
        before = came[before[0]]
    return tuple(reversed(way))
