"""Reading which settings of a market were changed, with the name of who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.people.models import Staff
from love_market.people.rules import Guard
from love_market.places.models import SettingChange


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A setting was changed once; ``name`` is the market's column, both values are as it keeps them."""

    name: str
    before: int
    after: int
    at: datetime
    by_name: str


def setting_changes(session: Session, guard: Guard, *, limit: int) -> Sequence[SettingChanged]:
    """Return the latest changes of the settings of the guard's market, the latest first."""
    rows = session.execute(
        select(SettingChange, Staff.name)
        .join(Staff, Staff.id == SettingChange.changed_by)
        .where(SettingChange.market_id == guard.market_id)
        .order_by(SettingChange.changed_at.desc(), SettingChange.id.desc())
        .limit(limit)
    )
    return [SettingChanged(row.name, row.from_value, row.to_value, row.changed_at, by_name) for row, by_name in rows]
