"""Reading who oversees several places."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.people.models import RoleGrant, Staff


def names_at(session: Session, place_codes: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return the names of everybody who holds a role at exactly each of some places and has not left, by place."""
    rows = session.execute(
        select(RoleGrant.place_code, Staff.name, Staff.id)
        .join(Staff, Staff.id == RoleGrant.staff_id)
        .where(RoleGrant.place_code.in_(list(place_codes)), Staff.left_at.is_(None))
        .distinct()
        .order_by(RoleGrant.place_code, Staff.name, Staff.id)
    )
    found: dict[str, list[str]] = {}
    for code, name, _ in rows:
        found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}
