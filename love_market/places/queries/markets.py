"""The markets, the villages that they serve, and their settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.places.models import Installation, Market, Place

USUAL_LEASE_HOURS = 72
USUAL_RESET_DAY = 10
USUAL_PENALTY_REPLY_DAYS = 5
USUAL_PENALTY_PUBLIC_DAYS = 90
USUAL_PROXY_DAILY_HOUSEHOLDS = 3


@dataclass(frozen=True, slots=True)
class VillageRecord:
    """A village that a market serves."""

    code: str
    name: str
    market_id: UUID
    market_name: str

    @property
    def short_name(self) -> str:
        """The village without the committee behind it: 守口堡村委会 → 守口堡村."""
        for ending in ("村民委员会", "村委会"):
            if self.name.endswith(ending):
                return self.name.removesuffix(ending) + "村"
        return self.name.removesuffix("居委会")


@dataclass(frozen=True, slots=True)
class MarketSettings:
    """A market's settings (see ``places.models.Market``); ``reset_month`` is 0 where points are never cleared.

    For ``proxy_daily_households`` one person may act in a day; 0 is no limit.
    """

    notice_days: int
    voucher_valid_days: int
    vouchers_in_denominations: bool
    vouchers_a_sheet: int
    minimum_redemption_points: int
    quarter_budget_points: int
    lease_hours: int
    offline_new_points: int
    reset_month: int = 0
    reset_day: int = USUAL_RESET_DAY
    penalty_reply_days: int = USUAL_PENALTY_REPLY_DAYS
    penalty_public_days: int = USUAL_PENALTY_PUBLIC_DAYS
    proxy_daily_households: int = USUAL_PROXY_DAILY_HOUSEHOLDS


def is_demonstration(session: Session) -> bool | None:
    """Return whether this database says it is a demonstration; None before it says anything."""
    return session.scalar(select(Installation.demonstration))


def villages_of(session: Session, market_id: UUID) -> Sequence[VillageRecord]:
    """Return the villages that a market serves, by code."""
    market = session.get_one(Market, market_id)
    rows = session.scalars(select(Place).where(Place.market_id == market_id).order_by(Place.code))
    return [VillageRecord(row.code, row.name, market.id, market.name) for row in rows]


def villages_of_known(session: Session, market_id: UUID) -> Sequence[VillageRecord]:
    """Return the villages that a market serves; none for a market that these books do not have."""
    return [] if session.get(Market, market_id) is None else villages_of(session, market_id)


def market_ids(session: Session) -> Sequence[UUID]:
    """Return all markets, by id."""
    return session.scalars(select(Market.id).order_by(Market.id)).all()


def market_name(session: Session, market_id: UUID) -> str:
    """Return a market's name."""
    return session.get_one(Market, market_id).name


def served_villages(session: Session) -> Sequence[VillageRecord]:
    """Return all villages that have a market, by code."""
    rows = session.execute(select(Place, Market).join(Market, Market.id == Place.market_id).order_by(Place.code))
    return [VillageRecord(row.code, row.name, market.id, market.name) for row, market in rows]


def proxy_limit(chosen: int | None) -> int:
    """Return for how many households one person may act in a day, where a market chose so; 0 is no limit."""
    return USUAL_PROXY_DAILY_HOUSEHOLDS if chosen is None else chosen


def settings(session: Session, market_id: UUID) -> MarketSettings:
    """Return a market's settings."""
    row = session.get_one(Market, market_id)
    return MarketSettings(
        notice_days=row.notice_days,
        voucher_valid_days=row.voucher_valid_days,
        vouchers_in_denominations=row.vouchers_in_denominations,
        vouchers_a_sheet=row.vouchers_a_sheet,
        minimum_redemption_points=row.minimum_redemption_points,
        quarter_budget_points=row.quarter_budget_points,
        lease_hours=USUAL_LEASE_HOURS if row.lease_hours is None else row.lease_hours,
        offline_new_points=row.offline_new_points or 0,
        reset_month=row.reset_month or 0,
        reset_day=row.reset_day or USUAL_RESET_DAY,
        penalty_reply_days=row.penalty_reply_days or USUAL_PENALTY_REPLY_DAYS,
        penalty_public_days=row.penalty_public_days or USUAL_PENALTY_PUBLIC_DAYS,
        proxy_daily_households=proxy_limit(row.proxy_daily_households),
    )
