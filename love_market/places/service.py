"""Writing places: the county's divisions, opening a market, its settings."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from love_market.errors import Invalid, Refused, words
from love_market.places import queries
from love_market.places.models import Installation, Market, Place, SettingChange
from love_market.places.queries import MarketSettings

BOUNDS = {
    "notice_days": (3, 30),
    "voucher_valid_days": (30, 1100),
    "vouchers_a_sheet": (6, 8),
    "minimum_redemption_points": (1, 100),
    "quarter_budget_points": (0, 10_000_000),
    "lease_hours": (1, 336),
    "offline_new_points": (0, 1000),
    "reset_month": (0, 12),
    "reset_day": (1, 28),
    "penalty_reply_days": (3, 30),
    "penalty_public_days": (1, 365),
    "proxy_daily_households": (0, 100),
}


class VillageServed(Refused):
    """A village has a market already."""


class SettingsKeyReused(Refused):
    """The key was used before for other settings."""


def install(session: Session, *, demonstration: bool, at: datetime) -> None:
    """Say once what this database is; asked again with the same answer, it stays; raise ``Refused`` otherwise."""
    row = session.get(Installation, 1)
    if row is None:
        session.add(Installation(id=1, demonstration=demonstration, created_at=at))
        session.flush()
    elif row.demonstration != demonstration:
        raise Refused(words("这个数据库已经定为{what}，不能改。"), what="演示" if row.demonstration else "正式使用")


def load_divisions(session: Session) -> int:
    """Load the county's divisions that the program brings along; return how many were new.

    The table is the public one of statistical division codes: code, name, level, parent.
    """
    known = set(session.scalars(select(Place.code)))
    with resources.files("love_market.places").joinpath("data/yanggao-divisions.csv").open(encoding="utf-8") as file:
        rows = [
            {
                "code": row["code"],
                "name": row["name"],
                "level": row["level"],
                "parent_code": row["parent_code"] or None,
                "market_id": None,
            }
            for row in csv.DictReader(file)
            if row["code"] not in known
        ]
    if rows:
        session.execute(insert(Place), sorted(rows, key=lambda row: len(str(row["code"]))))
    return len(rows)


def open_market(session: Session, *, name: str, village_codes: Sequence[str], at: datetime, key: UUID) -> UUID:
    """Open a market that serves some villages; return its id, which is ``key``.

    Raises ``NoSuchPlace`` and ``VillageServed``. The caller opens its book.
    """
    villages = [queries.place(session, code) for code in village_codes]
    if session.get(Market, key) is not None:
        return key
    for village in villages:
        if village.market_id is not None:
            raise VillageServed(words("{name}已经有爱心超市了。"), name=village.name)
    session.add(Market(id=key, name=name, opened_at=at))
    session.flush()
    session.execute(update(Place).where(Place.code.in_(village_codes)).values(market_id=key))
    return key


def change_settings(
    session: Session, market_id: UUID, settings: MarketSettings, *, by: UUID, at: datetime, key: UUID
) -> None:
    """Replace a market's settings and write down each that changes: who, when, from what to what.

    ``by`` is a member of staff. Nothing changed, nothing is written; the same again is once. Raises ``Invalid`` for
    a setting out of bounds, ``SettingsKeyReused``.
    """
    wanted = {name: int(value) for name, value in asdict(settings).items()}
    for name, value in wanted.items():
        low, high = BOUNDS.get(name, (0, 1))
        if not low <= value <= high:
            raise Invalid(
                words("“{name}”要在 {low} 到 {high} 之间，现在是 {value}。"),
                name=name,
                low=low,
                high=high,
                value=value,
            )
    market = session.get_one(Market, market_id, with_for_update=True, populate_existing=True)
    known = session.scalars(
        select(SettingChange).where(SettingChange.market_id == market_id, SettingChange.change_key == key)
    ).all()
    if known:
        if any(wanted[one.name] != one.to_value for one in known):
            raise SettingsKeyReused(words("这个操作号已经用在另一次改动上了，请刷新页面再来一次。"))
        return
    before = asdict(queries.settings(session, market_id))
    for name, value in asdict(settings).items():
        if before[name] != value:
            setattr(market, name, value)
            session.add(
                SettingChange(
                    market_id=market_id,
                    change_key=key,
                    name=name,
                    from_value=int(before[name]),
                    to_value=int(value),
                    changed_by=by,
                    changed_at=at,
                )
            )
    session.flush()
