"""The deeds' paper from the books: the register of a quarter."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.deeds import queries
from love_market.deeds.queries import DeedRecord
from love_market.deeds.sheet.register import Order, RegisterLine, RegisterText, lay_out_register
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places


def register(session: Session, guard: Guard, quarter: Quarter, *, at: datetime, by: Order) -> bytes:
    """Return the PDF of the deeds accepted in a quarter, those that the register's page shows."""
    village = places.village(session, guard.village_code)
    text = RegisterText(village.short_name, quarter.title, books.head(session, guard.market_id).hash)
    deeds = queries.deeds_between(session, guard, quarter.first_day, quarter.last_day)
    if by == "day":
        deeds = sorted(deeds, key=lambda deed: (deed.done_on, deed.household_number, deed.id))
    return lay_out_register(text, [_line(deed) for deed in deeds], at, by=by)


def _line(deed: DeedRecord) -> RegisterLine:
    photos = f"照片 {len(deed.photos)} 张" if deed.photos else ""
    return RegisterLine(
        household_number=deed.household_number,
        head_name=deed.head_name,
        group_name=deed.group_name,
        who=deed.member_name or deed.head_name,
        done_on=deed.done_on,
        deed=f"{deed.rule.name} ×{deed.times}" if deed.times > 1 else deed.rule.name,
        points=deed.points,
        words=deed.words,
        evidence="，".join(part for part in (deed.rule.evidence, photos) if part),
        recorder_name=deed.recorder_name,
        recorded_on=village_date(deed.recorded_at),
        first_reviewer_name=deed.first_reviewer_name,
        first_reviewed_on=village_date(deed.first_reviewed_at) if deed.first_reviewed_at else None,
        reviewer_name=deed.reviewer_name,
        reviewed_on=village_date(deed.reviewed_at) if deed.reviewed_at else None,
    )
