"""The end of a story: the network holds, what was under way arrives, and every till is in touch once more."""

from tests.counter.network.till import asking, going
from tests.counter.network.world import Rules, World, step


def until_quiet(world: World, rules: Rules) -> World:
    """Open every till's page anew, ask what became of what it asked, and send all it has; then let the late arrive."""
    late = len(world.net)
    for at in range(len(world.tills)):
        world = _do(world, ("crash", at), rules)
        for record in world.tills[at].disk.records:
            if record.state == "asked":
                world = _finish(_do(world, ("look", at, record.key), rules), at, rules)
        world = in_touch(world, at, rules)
    assert len(world.net) == late, "something sent was not answered"
    while world.net:
        world = _do(world, ("arrive", 0), rules)
    return world


def in_touch(world: World, at: int, rules: Rules) -> World:
    """Let a till be in touch, and nothing come between."""
    return _finish(_do(world, ("touch", at), rules), at, rules)


def index_of(world: World, at: int) -> int:
    """Return where the request is that a till awaits the answer to."""
    awaited = (at, world.tills[at].page.awaits)
    return next(index for index, one in enumerate(world.net) if (one.till, one.number) == awaited)


def _finish(world: World, at: int, rules: Rules) -> World:
    """Go on until the till has nothing more to do."""
    for _ in range(100):
        till = world.tills[at]
        if till.page.awaits is not None:
            world = _do(world, ("arrive", index_of(world, at)), rules)
            if world.replies[at] is None:  # heard only, where hearing and acting are apart
                world = _do(world, ("arrive", index_of(world, at)), rules)
            world = _do(world, ("answer", at), rules)
        elif asked := next(asking(till), None):
            world = _do(world, ("send", at, asked[0]), rules)
        elif (who := next(going(till), None)) is not None:
            world = _do(world, ("go", at, who), rules)
        else:
            return world
    raise AssertionError("a till does not come to rest")


def _do(world: World, move: tuple[object, ...], rules: Rules) -> World:
    after = step(world, move, rules)
    assert after is not None
    return after
