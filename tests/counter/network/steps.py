"""What a till does next: a step is what its scripts do between two awaits, and what it may tell whoever stands there.

Each returns the till, and ``(key, "shown" | "refused")`` where the screen says so.
"""

from tests.counter.network.till import (
    LEASE_TICKS,
    REDEEMING,
    Copy,
    Disk,
    Habits,
    Lease,
    Page,
    Record,
    Redeeming,
    Reply,
    Till,
    Touch,
    dropped,
    has_points,
    ready,
    record_of,
    with_redeeming,
    with_touch,
    written,
)

Said = tuple[int, str] | None


def begin_touch(till: Till, now: int) -> Till:
    """Begin to be in touch: ``Contact.touch``."""
    touches = (*till.page.touches, Touch("contact", sent_at=now))
    return till._replace(page=till.page._replace(touches=touches))


def begin_redeeming(till: Till, key: int, voucher: int, now: int, habits: Habits, *, online: bool) -> Till:
    """Confirm a basket: ``TillBooks.redeem`` reads everything, and takes itself for online or not."""
    before = record_of(till.disk, key)
    if before is not None and before.state != "asked":
        return with_redeeming(till, Redeeming("show", key, voucher))
    may = ready(till.disk, now, habits) and has_points(till.disk, key, voucher, habits)
    ends = till.disk.lease.ends if may else 0
    if habits.sends_before_it_asks and any(one.state == "done" for one in till.disk.records):
        online = False
    return with_redeeming(till, Redeeming("ask first" if online else "alone", key, voucher, may, ends))


def begin_looking(till: Till, key: int, voucher: int) -> Till:
    """Ask what became of a redemption that was asked for when the page was closed: ``TillBooks.settleAsked``."""
    return with_redeeming(till, Redeeming("look", key, voucher))


def sent(till: Till, who: int) -> tuple[Till, int]:
    """Take the next number of a request, which is on the disk before it goes out; return it."""
    number = till.disk.request + 1
    return Till(till.disk._replace(request=number), till.page._replace(awaits=number, who=who)), number


def put_back(till: Till, habits: Habits) -> Till:
    """Let the device's clock be put back by a tick; how long an exchange has taken is not measured by it."""
    if not habits.times_without_the_clock:
        return till
    touches = tuple(one._replace(sent_at=one.sent_at - 1) if one.at == "contact" else one for one in till.page.touches)
    return till._replace(page=till.page._replace(touches=touches))


def silence(till: Till) -> Till:
    """Wait for the answer no longer."""
    page, who = till.page._replace(awaits=None, who=0), till.page.who
    till = till._replace(page=page)
    if who != REDEEMING:
        return with_touch(till, who, None)
    one = page.redeeming
    assert one is not None
    return with_redeeming(till, one._replace(at="alone") if one.at == "redeem" else None)


def crash(till: Till) -> Till:
    """Lose everything that is not on the disk."""
    return Till(till.disk, Page())


def answered(till: Till, reply: Reply, now: int, habits: Habits) -> tuple[Till, Said]:
    """Take an answer: the first thing that is done with it is one write to the disk."""
    page, who = till.page._replace(awaits=None, who=0), till.page.who
    till = till._replace(page=page)
    if reply.what == "used":
        return till, None
    if who == REDEEMING:
        assert page.redeeming is not None
        return _redeeming_answered(till, page.redeeming, reply, habits)
    touch, disk = page.touches[who], till.disk
    if touch.at == "contact":
        begun = touch.sent_at if habits.measures_from_the_sending else now
        lease = Lease(reply.held, reply.term, begun + LEASE_TICKS, reply.cut_off)
        disk = disk._replace(lease=lease, latest=now if disk.latest >= 0 else -1)
        touch = touch._replace(sent_at=0, wanted=reply.wanted)
        copy = disk.copy
        is_old = copy is None or copy.number != reply.number or copy.term != reply.term
        return _onward(till._replace(disk=disk), who, touch._replace(at="copy") if is_old else touch), None
    if touch.at == "copy":
        disk = disk._replace(copy=Copy(reply.number, reply.term, reply.left))
        return _onward(till._replace(disk=disk), who, touch._replace(at="")), None
    if touch.at == "records":
        return with_touch(till, who, touch._replace(at="write", outcomes=reply.outcomes)), None
    return with_touch(till, who, None), None


def _redeeming_answered(till: Till, one: Redeeming, reply: Reply, habits: Habits) -> tuple[Till, Said]:
    if reply.what == "booked":
        disk = written(till.disk, Record(one.key, one.voucher, "sent", reply.number))
        shown = Redeeming("show", one.key, one.voucher) if one.at == "redeem" else None
        return with_redeeming(till._replace(disk=disk), shown), None
    if reply.what == "not let in" and habits.waits_where_it_was_not_let_in:
        return with_redeeming(till, None), None
    return with_redeeming(till._replace(disk=dropped(till.disk, one.key)), None), (one.key, "refused")


def _onward(till: Till, who: int, touch: Touch) -> Till:
    """Go on to what waits to be sent, then to giving back, then to the end."""
    if touch.at == "copy":
        return with_touch(till, who, touch)
    if any(one.state == "done" for one in till.disk.records):
        return with_touch(till, who, touch._replace(at="records"))
    return with_touch(till, who, touch._replace(at="check") if touch.wanted else None)


def go(till: Till, who: int, now: int, habits: Habits) -> tuple[Till, Said]:
    """Take a step that asks nobody."""
    if who != REDEEMING:
        return _touch_goes(till, who, till.page.touches[who], habits), None
    one = till.page.redeeming
    assert one is not None
    disk = till.disk
    if one.at == "ask first":
        disk = written(disk, Record(one.key, one.voucher, "asked"))
        return with_redeeming(till._replace(disk=disk), one._replace(at="redeem")), None
    if one.at == "show":
        return with_redeeming(till, None), (one.key, "shown")
    is_in_time = disk.latest <= now < one.ends
    if one.at == "alone" and one.may and is_in_time:
        said = None if habits.writes_before_it_says_so else (one.key, "shown")
        return with_redeeming(till, one._replace(at="keep")), said
    if one.at == "keep" and _may_still(disk, one, now, habits):
        disk = written(disk, Record(one.key, one.voucher, "done"))
        disk = disk._replace(latest=max(disk.latest, now) if disk.latest >= 0 else -1)
        shown = one._replace(at="show", may=False, ends=0) if habits.writes_before_it_says_so else None
        return with_redeeming(till._replace(disk=disk), shown), None
    # Not alone: what was asked of the books stays open, what was not has not happened.
    return with_redeeming(till, None), None if record_of(disk, one.key) else (one.key, "refused")


def _may_still(disk: Disk, one: Redeeming, now: int, habits: Habits) -> bool:
    if not habits.looks_again_when_it_writes:
        return True
    return ready(disk, now, habits) and has_points(disk, one.key, one.voucher, habits)


def _touch_goes(till: Till, who: int, touch: Touch, habits: Habits) -> Till:
    disk = till.disk
    if touch.at == "after copy":
        return _onward(till, who, touch._replace(at=""))
    if touch.at == "write":
        (key, entry), rest = touch.outcomes[0], touch.outcomes[1:]
        record = record_of(disk, key)
        assert record is not None
        till = till._replace(disk=written(disk, record._replace(state="sent", entry=entry)))
        touch = touch._replace(outcomes=rest)
        return with_touch(till, who, touch) if rest else _onward(till, who, touch._replace(at=""))
    is_empty = all(one.state == "sent" for one in disk.records)
    if touch.at == "check" and not habits.gives_back_in_one_step:
        return with_touch(till, who, touch._replace(at="let go") if is_empty else None)
    if touch.at == "check" and not is_empty:
        return with_touch(till, who, None)
    let_go = disk._replace(lease=disk.lease._replace(held=False))
    return with_touch(till._replace(disk=let_go), who, touch._replace(at="give-back"))
