"""Hearing from a till: who it is, that this is a new request, and that it goes on holding its lease."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.tills import token
from love_market.tills.models import Till
from love_market.tills.queries import TillRecord, no_such_till, record_of
from love_market.tills.rules import request_used
from love_market.tills.service.leases import held_by, write


def tell(session: Session, guard: Guard, till_id: UUID, *, is_fresh: bool, unsent: int, at: datetime) -> None:
    """Write down what a till says of itself: how many redemptions wait in it, and whether its copy is the newest."""
    row = session.get_one(Till, (guard.market_id, till_id), with_for_update=True)
    row.unsent, row.knows_at = unsent, at if is_fresh else row.knows_at
    session.flush()


def hear(session: Session, market_id: UUID, proof: token.Proof, signed: bytes, *, at: datetime) -> TillRecord:
    """Take a till's request: once, in rising numbers, signed by its key; its lease then ends a full length later.

    ``signed`` is what the signature has to cover (``token.signed_bytes``). A till that was cut off is heard, and its
    lease runs out. Raises ``NoSuchTill``, ``ProofWrong``, ``RequestUsed``; nothing is changed then.
    """
    row = session.scalar(select(Till).where(Till.market_id == market_id, Till.id == proof.till_id).with_for_update())
    if row is None:
        raise no_such_till()
    token.check_signature(bytes(row.public_key), proof.signature, signed)
    if proof.number <= row.last_request:
        raise request_used(proof.number, row.last_request)
    row.last_request, row.last_seen_at = proof.number, at
    session.flush()
    if row.cut_off_at is None:
        held = held_by(session, market_id, row.id)
        if held is not None:
            length = timedelta(hours=places.settings(session, market_id).lease_hours)
            write(session, market_id, held.heard_from(row.id, at, length))
    return record_of(row)
