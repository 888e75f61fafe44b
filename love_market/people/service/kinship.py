"""Writing kin: which member of the panel is of, or kin to, which household."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from love_market.errors import Invalid, words
from love_market.people import queries
from love_market.people.models import Kinship
from love_market.people.rules import Guard

_LONGEST_RELATION = 20


def add_kinship(
    session: Session, guard: Guard, *, staff_id: UUID, household_id: UUID, relation: str, key: UUID
) -> UUID:
    """Note that a member of staff is of, or kin to, a household; the id is ``key`` or that of the note there is.

    Noting it again only changes the relation. Raises ``NoSuchStaff``, ``NoSuchHousehold``, ``Invalid``.
    """
    queries.staff_member(session, guard, staff_id)
    queries.household(session, guard, household_id)
    relation = relation.strip()
    if not relation or len(relation) > _LONGEST_RELATION:
        raise Invalid(words("请写是什么关系（本人、兄弟、儿女亲家……），最多 {limit} 个字。"), limit=_LONGEST_RELATION)
    row = session.scalar(
        select(Kinship).where(
            Kinship.market_id == guard.market_id,
            Kinship.staff_id == staff_id,
            Kinship.household_id == household_id,
        )
    )
    if row is None:
        row = Kinship(
            market_id=guard.market_id, id=key, staff_id=staff_id, household_id=household_id, relation=relation
        )
        session.add(row)
    row.relation = relation
    session.flush()
    return row.id


def remove_kinship(session: Session, guard: Guard, kinship_id: UUID) -> None:
    """Strike a note of kin of the guard's village; one that is gone stays gone."""
    if any(each.id == kinship_id for each in queries.kinships(session, guard)):
        session.execute(delete(Kinship).where(Kinship.market_id == guard.market_id, Kinship.id == kinship_id))
