"""What a device asks to become a till, and the lease given back."""

from uuid import UUID

from pydantic import Field

from love_market.db import transaction
from love_market.places import queries as places
from love_market.tills import service, token
from love_market.tills.access import device_guard
from love_market.web.api import Given, Sent, Text, bp, example, operation
from love_market.web.clock import now


class Enrolment(Sent):
    """A device that was invited: the invitation's code, the id it made for itself, its public key.

    The key is the uncompressed point of P-256, 65 bytes in base64url. Where no answer comes, ask again with the same.
    """

    model_config = example(
        code="T2ZBXCYT4Z3KXRI6WZ3FZRSAEEEIX37J",
        till_id="5b1f3c70-6a0e-4c0a-9a52-0d6f6f0a4a11",
        public_key="BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    )

    code: Text = Field(min_length=1, max_length=64)
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
@operation("Become a till by a one-time invitation.", sent=Enrolment, given=Enrolled, door="open")
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
@operation("Give the lease back: everything redeemed offline has been sent.", given=Nothing, door="till")
def give_back(village_code: str) -> Nothing:
    """Free the market's lease, where this till holds it."""
    guard, till = device_guard(village_code)
    with transaction() as session:
        service.give_back(session, guard, till.id, at=now(), request=till.last_request)
    return Nothing()
