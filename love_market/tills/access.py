"""The doors of tills: who signed a request, and the guard made from that."""

from flask import g, request

from love_market.db import reading, transaction
from love_market.errors import words
from love_market.people.access import signed_in_staff, staff_guard
from love_market.people.rules import Guard, Role, RoleMissing
from love_market.places import queries as places
from love_market.tills import service, token
from love_market.tills.queries import TillRecord
from love_market.tills.rules import TillCutOff
from love_market.web.clock import now


def is_signed() -> bool:
    """Return whether the request says that a till signed it."""
    return "Till" in request.headers


def heard_till(guard: Guard) -> TillRecord:
    """Return the till that signed this request, taken once; raise as ``service.hear`` does, and ``ProofMissing``.

    A request that the database asks to run again is the same request still.
    """
    if "till" not in g:
        proof = token.read_proof(request.headers.get("Till", ""))
        signed = token.signed_bytes(request.method, request.path, proof.till_id, proof.number, request.get_data())
        with transaction() as session:
            g.till = service.hear(session, guard.market_id, proof, signed, at=now())
    heard: TillRecord = g.till
    return heard


def till_of_clerk(guard: Guard) -> TillRecord | None:
    """Return the till at which a clerk redeems, None for a browser that is none; raise ``TillCutOff``."""
    if not is_signed():
        return None
    till = heard_till(guard)
    if till.cut_off_at is not None:
        raise cut_off()
    return till


def device_guard(village_code: str) -> tuple[Guard, TillRecord]:
    """Return the guard of a till by itself, and the till: it may speak when nobody is signed in, cut off or not."""
    with reading() as session:
        village = places.village(session, village_code)
    till = heard_till(Guard.public(village.market_id, village_code))
    return Guard(village.market_id, village_code, f"till:{till.id.hex}", till.name), till


def clerk_at_hand(village_code: str) -> Guard | None:
    """Return the guard of the clerk who is signed in at the village, None where nobody is, or no clerk."""
    if signed_in_staff() is None:
        return None
    try:
        guard = staff_guard(village_code)
    except RoleMissing:
        return None
    return guard if Role.CLERK in guard.roles else None


def cut_off() -> TillCutOff:
    """Return the error for a till that was cut off."""
    return TillCutOff(words("这台兑换机已经停用，不能再兑换。要用，请到村委会重新登记。"))
