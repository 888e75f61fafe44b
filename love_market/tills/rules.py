"""Who may redeem, and where: what a lease allows, and the named refusals of this room. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from love_market.clock import village_time
from love_market.errors import Denied, Invalid, NotFound, Refused, words

SHARED_FOR = timedelta(minutes=10)
"""So long a lease that was given back for others stays free, before a till may take it again."""

ONLINE_WITHIN = timedelta(seconds=40)
"""A till heard of within this time is online: it gives the lease back as soon as it hears that it is wanted."""

INVITATION_LASTS = timedelta(minutes=30)
LONGEST_NAME = 40


class NoSuchTill(NotFound):
    """The market has no such till."""


class InvitationUnknown(NotFound):
    """No invitation has this code, or it was used, or its time is over."""


class ProofMissing(Denied):
    """A request that a till has to sign is not signed, or not readably."""


class ProofWrong(Denied):
    """The signature is not the till's, or the request was altered after it was signed."""


class RequestUsed(Denied):
    """The request's number was used before: it was recorded and sent again, or came too late."""


class TillCutOff(Denied):
    """The till was cut off: it redeems nothing any more."""


class TillNameWrong(Invalid):
    """A till's name is missing or too long."""


class KeyUnreadable(Invalid):
    """What should be a public key is none."""


class LeaseHeld(Refused):
    """Another till may be redeeming offline just now; ``online`` says whether it will hear of this at once."""

    def __init__(self, message: str, *, online: bool, **values: object) -> None:
        self.online = online
        super().__init__(message, **values)


class LeaseUnsettled(Refused):
    """Another till's lease has ended, and nobody knows what it redeemed: it, or the committee, has to say so first."""


class LeaseRuns(Refused):
    """A lease that has not ended is not taken from its holder."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Which till may redeem offline, until when (see ``models.LeaseRow``); the state is what the time makes of it."""

    till_id: UUID | None = None
    term: int = 0
    ends_at: datetime | None = None
    wanted_at: datetime | None = None
    shared_until: datetime | None = None

    def runs(self, at: datetime) -> bool:
        """Return whether somebody holds it and its time is not over."""
        return self.ends_at is not None and at < self.ends_at

    def is_free(self, at: datetime) -> bool:
        """Return whether a till may take it now: nobody holds it, and nobody else is waiting to redeem."""
        return self.till_id is None and (self.shared_until is None or self.shared_until <= at)

    def heard_from(self, till_id: UUID, at: datetime, length: timedelta) -> "Lease":
        """Return the lease after its holder was heard of: it ends a full length later. Others change nothing."""
        return replace(self, ends_at=at + length) if self.till_id == till_id else self

    def taken_by(self, till_id: UUID, at: datetime, length: timedelta) -> "Lease":
        """Return the lease with a new holder and a new term; as it is where it is not free."""
        if not self.is_free(at):
            return self
        return Lease(till_id, self.term + 1, at + length)

    def wanted_by_others(self, at: datetime) -> "Lease":
        """Return the lease with the word for its holder that somebody else wants to redeem."""
        return self if self.till_id is None else replace(self, wanted_at=at)

    def given_back(self, till_id: UUID, at: datetime) -> "Lease":
        """Return the lease after its holder gave it back; free for others for a while where they had asked."""
        if self.till_id != till_id:
            return self
        return Lease(None, self.term, shared_until=at + SHARED_FOR if self.wanted_at is not None else None)

    def settled(self, at: datetime) -> "Lease":
        """Return the lease after the committee said not to wait for its holder; raise ``LeaseRuns`` before it ended."""
        if self.runs(at):
            raise LeaseRuns(
                words("它的离线时段到 {until} 才完，在那以前它可能还在兑换，不能收回。"),
                until=moment(self.ends_at or at),
            )
        return Lease(None, self.term)


def check_spending(
    lease: Lease, till_id: UUID | None, at: datetime, *, holder_name: str, holder_seen_at: datetime | None
) -> None:
    """Raise ``LeaseHeld`` or ``LeaseUnsettled`` unless whoever asks may redeem online now.

    ``till_id`` of None is a browser that is no till. The holder may always: what it redeems offline, it knows itself.
    """
    if lease.till_id is None or lease.till_id == till_id:
        return
    if not lease.runs(at):
        raise LeaseUnsettled(
            words("{name}的离线时段 {until} 完了，它里面可能还有没送来的兑换。等它联网，或请村委会到“兑换机”里定。"),
            name=holder_name,
            until=moment(lease.ends_at or at),
        )
    online = holder_seen_at is not None and at - holder_seen_at <= ONLINE_WITHIN
    if online:
        raise LeaseHeld(words("{name}正在兑换，让它腾一下，几秒就好。"), online=True, name=holder_name)
    raise LeaseHeld(
        words("现在只有{name}能兑换：它可能没有网，在离线办。等它联上网，或到 {until} 以后再来。"),
        online=False,
        name=holder_name,
        until=moment(lease.ends_at or at),
    )


def request_used(number: int, last: int) -> RequestUsed:
    """Return the error for a request whose till was heard of with a later one."""
    return RequestUsed(
        words("这个请求以前送来过，什么都没有再办。第 {number} 号用过了，已经到第 {last} 号。"),
        number=number,
        last=last,
    )


def moment(at: datetime) -> str:
    """Return an instant as the village says it: 11月29日 18:05."""
    here = village_time(at)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


def check_name(name: str) -> str:
    """Return a till's name without the spaces around it; raise ``TillNameWrong``."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise TillNameWrong(words("请给兑换机起个名字，比如：店里的手机。最多 {most} 个字。"), most=LONGEST_NAME)
    return name
