"""Bearer tokens for tests, as if their holders had just signed in."""

from datetime import datetime

from love_market.db import new_id, transaction
from love_market.people import access
from love_market.people.models import HouseholdSession, StaffSession
from love_market.people.rules import Guard


def token_of(guard: Guard, at: datetime) -> str:
    """Return a bearer token of a member of staff, or of a household."""
    session_id = new_id()
    with transaction() as session:
        if guard.staff_id is not None:
            session.add(StaffSession(id=session_id, staff_id=guard.staff_id, begun_at=at))
            return access.bearer_token(f"staff:{session_id.hex}")
        session.add(
            HouseholdSession(
                market_id=guard.market_id, id=session_id, household_id=guard.require_household(), begun_at=at
            )
        )
        return access.bearer_token(f"household:{guard.market_id.hex}:{session_id.hex}")


def bearer(guard: Guard, at: datetime) -> dict[str, str]:
    """Return the headers of somebody signed in."""
    return {"Authorization": f"Bearer {token_of(guard, at)}"}
