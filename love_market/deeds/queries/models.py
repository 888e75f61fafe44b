"""Reading the model rules (示范细则) that townships and counties publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.deeds.models import ModelCatalogue, ModelRule
from love_market.deeds.rules import NoSuchVersion, RuleDraft, Warned
from love_market.errors import words
from love_market.people.models import Staff
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.places.models import Place


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A version of the model rules of a place, and who published it when."""

    id: UUID
    place_code: str
    place_name: str
    number: int
    note: str
    published_at: datetime
    publisher_name: str
    knowingly: tuple[Warned, ...]


def models_of(session: Session, place_codes: Sequence[str]) -> Sequence[ModelRecord]:
    """Return all versions of the model rules of some places, the newest first."""
    rows = session.execute(
        select(ModelCatalogue, Place.name, Staff.name)
        .join(Place, Place.code == ModelCatalogue.place_code)
        .join(Staff, Staff.id == ModelCatalogue.published_by)
        .where(ModelCatalogue.place_code.in_(place_codes))
        .order_by(ModelCatalogue.place_code.desc(), ModelCatalogue.number.desc())
    )
    return [
        ModelRecord(
            row.id,
            row.place_code,
            place_name,
            row.number,
            row.note,
            row.published_at,
            publisher_name,
            tuple(Warned(each["name"], each["topic"]) for each in row.knowingly or ()),
        )
        for row, place_name, publisher_name in rows
    ]


def models_for(session: Session, guard: Guard) -> Sequence[ModelRecord]:
    """Return the model rules that stand at the places above the village: the newest of each, the township's first."""
    above = [place.code for place in places.lineage(session, guard.village_code)[1:]]
    newest: dict[str, ModelRecord] = {}
    for found in models_of(session, above):
        newest.setdefault(found.place_code, found)
    return [newest[code] for code in above if code in newest]


def model(session: Session, place_codes: Sequence[str], catalogue_id: UUID) -> ModelRecord:
    """Return one version of the model rules of one of these places; raise ``NoSuchVersion``."""
    for found in models_of(session, place_codes):
        if found.id == catalogue_id:
            return found
    raise NoSuchVersion(words("没有这份示范细则，或者不是本县本乡镇的。"))


def model_drafts(session: Session, catalogue_id: UUID) -> list[RuleDraft]:
    """Return the rules of one version of model rules, in their order."""
    rows = session.scalars(select(ModelRule).where(ModelRule.catalogue_id == catalogue_id).order_by(ModelRule.position))
    return [
        RuleDraft(
            category=row.category,
            name=row.name,
            points=row.points,
            unit_name=row.unit_name,
            cap_points=row.cap_points,
            cap_period=row.cap_period,
            evidence=row.evidence,
            code=row.code,
            family=row.family or "",
            veto_days=row.veto_days,
        )
        for row in rows
    ]
