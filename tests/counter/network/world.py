"""Everything that may happen next: to tills, to the messages between them and the books, to the clocks."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from tests.counter.network import steps
from tests.counter.network.books import BROWSER, Request
from tests.counter.network.till import REDEEMING, Disk, Habits, Reply, Till, asking, going, record_of

Move = tuple[Any, ...]


class Server(Protocol):
    """The books behind the network: the small ones, or the real ones."""

    @property
    def last(self) -> tuple[int, ...]: ...
    def holder(self) -> int | None: ...
    def hear(self, request: Request, now: int) -> Any: ...  # noqa: ANN401
    def act(self, request: Request, now: int) -> tuple[Any, Reply]: ...
    def settle(self, now: int) -> Any: ...  # noqa: ANN401
    def cutting_off(self, till: int) -> Any: ...  # noqa: ANN401


class Operation(NamedTuple):
    """A basket of one point: at which till or browser, on which voucher, and what a screen said became of it."""

    by: int
    voucher: int
    state: str = "open"


class Left(NamedTuple):
    """How much may still happen: operations, mishaps of network and power, clocks put back, tills cut off, ticks."""

    operations: int = 3
    mishaps: int = 2
    clocks: int = 0
    cut_offs: int = 0
    ticks: int = 3


class World(NamedTuple):
    """A state. ``unwaited``: operations that the committee did not wait for. ``behind``: clocks that were put back;
    ``fooled``: since the books answered them last.
    """

    server: Any
    left: Left
    faces: tuple[int, ...]
    tills: tuple[Till, ...] = (Till(), Till())
    net: tuple[Request, ...] = ()
    replies: tuple[Reply | None, ...] = (None, None)
    operations: tuple[Operation, ...] = ()
    unwaited: frozenset[int] = frozenset()
    behind: tuple[int, ...] = (0, 0)
    fooled: tuple[bool, ...] = (False, False)
    now: int = 0


class Rules(NamedTuple):
    """What is explored: the tills' habits; whether the server hears a request and acts on it at different times."""

    habits: Habits = Habits()
    hears_first: bool = False
    touches: int = 1
    browser: bool = True


def beginning(server: Any, faces: tuple[int, ...], left: Left) -> World:  # noqa: ANN401
    """Return the state in which nothing has happened."""
    till = Till(Disk(latest=0 if left.clocks else -1))
    return World(server, left, faces, tills=(till, till))


def moves(world: World, rules: Rules) -> Iterator[Move]:
    """Give all that may happen next."""
    for at in range(2):
        yield from _moves_of(world, rules, at)
    for index, request in enumerate(world.net):
        yield ("arrive", index)
        if request.till == BROWSER and world.left.mishaps:
            yield ("arrive", index, "unheard")
    if rules.browser and world.left.operations:
        yield from (("new", BROWSER, voucher, True) for voucher in _vouchers(world))
    if world.left.ticks:
        yield ("tick",)
    if world.server.holder() is not None:
        yield ("settle",)


def _moves_of(world: World, rules: Rules, at: int) -> Iterator[Move]:
    till = world.tills[at]
    page, left = till.page, world.left
    if len(page.touches) < (1 if rules.habits.touches_one_at_a_time else 2):
        yield ("touch", at)
    if page.redeeming is None:
        yield from _beginnings(world, at)
    if page.awaits is None:
        yield from (("send", at, who) for who, _, _ in asking(till))
    elif world.replies[at] is not None:
        yield ("answer", at)
    yield from (("go", at, who) for who in going(till))
    if left.mishaps:
        yield from [("silence", at)] * (page.awaits is not None)
        yield from [("crash", at)] * bool(page.touches or page.redeeming)
    if left.clocks and not world.behind[at]:
        yield ("put back", at)
    if left.cut_offs:
        yield ("cut off", at)


def _beginnings(world: World, at: int) -> Iterator[Move]:
    """Give what a clerk may begin at a till: a basket, one again that is open, or a look at what became of it."""
    for key, one in enumerate(world.operations):
        if one.by == at and one.state == "open":
            yield from (("again", at, key, online) for online in (True, False))
            record = record_of(world.tills[at].disk, key)
            if record is not None and record.state == "asked":
                yield ("look", at, key)
    if world.left.operations:
        yield from (("new", at, voucher, online) for voucher in _vouchers(world) for online in (True, False))


def _vouchers(world: World) -> range:
    """Return the vouchers that a new operation may be on; of those that nothing was tried with, the first."""
    used = max((one.voucher + 1 for one in world.operations), default=0)
    return range(min(used + 1, len(world.faces)))


def step(world: World, move: Move, rules: Rules) -> World | None:
    """Let something happen; None where it cannot just now."""
    kind, *what = move
    if kind == "arrive":
        return _arrive(world, rules, *what)
    if kind == "settle":
        return _settle(world)
    if kind == "new":
        return _new(world, rules, *what)
    return _outside(world, rules, kind, *what) or _till_step(world, rules, kind, *what)


def _outside(world: World, rules: Rules, kind: str, *what: Any) -> World | None:  # noqa: ANN401
    """Let time pass, a clock be put back, or a till be cut off; None for what a till does."""
    left = world.left
    if kind == "tick":
        return world._replace(now=world.now + 1, left=left._replace(ticks=left.ticks - 1))
    if kind == "cut off":
        return world._replace(server=world.server.cutting_off(*what), left=left._replace(cut_offs=left.cut_offs - 1))
    if kind == "put back":
        tills = _put(world.tills, what[0], steps.put_back(world.tills[what[0]], rules.habits))
        behind, fooled = _put(world.behind, what[0], 1), _put(world.fooled, what[0], True)
        return world._replace(behind=behind, fooled=fooled, tills=tills, left=left._replace(clocks=left.clocks - 1))
    return None


def _till_step(world: World, rules: Rules, kind: str, at: int, *what: Any) -> World:  # noqa: ANN401
    till, now, said = world.tills[at], world.now - world.behind[at], None
    if kind == "touch":
        till = steps.begin_touch(till, now)
    elif kind == "again":
        key, online = what
        till = steps.begin_redeeming(till, key, world.operations[key].voucher, now, rules.habits, online=online)
    elif kind == "look":
        till = steps.begin_looking(till, what[0], world.operations[what[0]].voucher)
    elif kind == "send":
        return _send(world, at, *what)
    elif kind == "answer":
        reply = world.replies[at]
        assert reply is not None
        world = _heard(world, at)._replace(replies=_put(world.replies, at, None))
        till, said = steps.answered(till, reply, now, rules.habits)
    elif kind == "go":
        till, said = steps.go(till, what[0], now, rules.habits)
    else:
        left = world.left._replace(mishaps=world.left.mishaps - 1)
        world = world._replace(left=left, replies=_put(world.replies, at, None))
        till = steps.silence(till) if kind == "silence" else steps.crash(till)
    world = world._replace(tills=_put(world.tills, at, till))
    return world if said is None else _say(world, *said)


def _heard(world: World, at: int) -> World:
    """Let a till hear what time it is; what it made while its clock was wrong, nobody could wait for."""
    till, reply = world.tills[at], world.replies[at]
    who = till.page.who
    assert reply is not None
    if not world.fooled[at] or who == REDEEMING or till.page.touches[who].at != "contact" or reply.what == "used":
        return world
    keys = {one.key for one in till.disk.records if one.state == "done"}
    return world._replace(fooled=_put(world.fooled, at, False), unwaited=world.unwaited | keys)


def _new(world: World, rules: Rules, by: int, voucher: int, online: bool) -> World:  # noqa: FBT001
    key = len(world.operations)
    left = world.left._replace(operations=world.left.operations - 1)
    world = world._replace(operations=(*world.operations, Operation(by, voucher)), left=left)
    if by == BROWSER:
        return world._replace(net=tuple(sorted([*world.net, Request(BROWSER, 0, "redeem", (key, voucher))])))
    now = world.now - world.behind[by]
    till = steps.begin_redeeming(world.tills[by], key, voucher, now, rules.habits, online=online)
    return world._replace(tills=_put(world.tills, by, till))


def _send(world: World, at: int, who: int) -> World:
    what, body = next((what, body) for one, what, body in asking(world.tills[at]) if one == who)
    till, number = steps.sent(world.tills[at], who)
    net = tuple(sorted([*world.net, Request(at, number, what, body)]))  # type: ignore[arg-type]
    return world._replace(tills=_put(world.tills, at, till), net=net)


def _arrive(world: World, rules: Rules, index: int, unheard: str = "") -> World:
    request = world.net[index]
    net = world.net[:index] + world.net[index + 1 :]
    if not request.inside:
        heard = world.server.hear(request, world.now)
        if heard is None:
            return world._replace(net=net)
        world = world._replace(server=heard)
        if rules.hears_first and request.till != BROWSER:
            return world._replace(net=tuple(sorted([*net, request._replace(inside=True)])))
    server, reply = world.server.act(request, world.now)
    world = world._replace(server=server)
    if request.till != BROWSER:
        is_awaited = world.tills[request.till].page.awaits == request.number
        replies = _put(world.replies, request.till, reply) if is_awaited else world.replies
        return world._replace(net=net, replies=replies)
    if unheard:
        return world._replace(left=world.left._replace(mishaps=world.left.mishaps - 1))
    key = request.body[0]
    assert isinstance(key, int)
    return _say(world._replace(net=net), key, "shown" if reply.what == "booked" else "refused")


def _settle(world: World) -> World | None:
    """The committee does not wait for the holder: for what it has kept and not sent, or may keep by a wrong clock."""
    holder = world.server.holder()
    server = world.server.settle(world.now)
    if server is None:
        return None
    keys = {one.key for one in world.tills[holder].disk.records if one.state == "done"}
    return world._replace(server=server, unwaited=world.unwaited | keys)


def _say(world: World, key: int, state: str) -> World:
    return world._replace(operations=_put(world.operations, key, world.operations[key]._replace(state=state)))


def _put(row: tuple[Any, ...], at: int, one: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return (*row[:at], one, *row[at + 1 :])
