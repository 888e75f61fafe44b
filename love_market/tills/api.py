"""What a device asks to become a till, and the lease given back."""

from uuid import UUID

from pydantic import Field

from love_market.db import transaction
from love_market.places import queries as places
from love_market.tills import service, token
from love_market.tills.access import device_guard
from love_market.web.api import Given, Sent, bp, operation
from love_market.web.clock import now


class Enrolment(Sent):
    """A device that was invited: the invitation's code, the id it made for itself, its public key (base64url)."""

    code: str = Field(min_length=1, max_length=64)
    till_id: UUID
    public_key: str = Field(pattern=r"^[A-Za-z0-9_-]{87}$")


class Enrolled(Given):
    """A till as it was enrolled: what it is called, and where it stands."""

    till_id: UUID
    name: str
    village_code: str
    village_name: str
    market_id: UUID
    market_name: str


class Nothing(Given):
    """Nothing but that it was done."""


@bp.post("/v/<village:village_code>/tills")
@operation("Become a till by a one-time invitation.", sent=Enrolment, given=Enrolled, door="open", refuses=(404, 409))
def enrol(village_code: str, sent: Enrolment) -> Enrolled:
    """Make the device that asks a till; asked again the same way, it is the same till."""
    with transaction() as session:
        village = places.village(session, village_code)
        key = token.read_key(sent.public_key)
        till = service.enrol(session, village.market_id, sent.code, key, till_id=sent.till_id, at=now())
        here = places.village(session, till.village_code)
    return Enrolled(
        till_id=till.id,
        name=till.name,
        village_code=here.code,
        village_name=here.short_name,
        market_id=here.market_id,
        market_name=here.market_name,
    )


@bp.post("/v/<village:village_code>/till/give-back")
@operation("Give the lease back: everything redeemed offline has been sent.", given=Nothing, door="device")
def give_back(village_code: str) -> Nothing:
    """Free the market's lease, where this till holds it."""
    guard, till = device_guard(village_code)
    with transaction() as session:
        service.give_back(session, guard, till.id, at=now(), request=till.last_request)
    return Nothing()
