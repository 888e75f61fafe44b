"""Finding the voucher that somebody means by what was typed."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import Session

from love_market.clock import Quarter
from love_market.errors import words
from love_market.people import queries as people
from love_market.people.models import Household
from love_market.people.rules import Guard
from love_market.vouchers import token
from love_market.vouchers.models import Voucher, VoucherBatch
from love_market.vouchers.queries.faces import VoucherFace, face, faces_of_rows, from_scan
from love_market.vouchers.queries.live import is_live
from love_market.vouchers.rules import LIVE, SerialUnclear, ShortCodeMistyped, State, serial_no

_SERIAL = re.compile(r"(?:(?:\d{4}-)?[1-4]-)?(\d{1,6})", re.ASCII)
_QUARTERS = 16
_USED = 20
"""The end of a serial number is looked for in so many quarters; a whole one is found however old it is. Of one
household, so many vouchers that it used last are found."""


def find(session: Session, guard: Guard, text: str, *, limit: int = 50) -> Sequence[VoucherFace]:
    """Return the village's vouchers that somebody means by what was typed.

    By the serial number or its end, the short code, the household's number, a part of its head's name, its group, or
    several of these. Where that means one household, its latest used vouchers are found too; of several, the living.
    """
    wanted = text.strip()
    if not wanted:
        return []
    rows = {row.id: row for row in _by_code(session, guard, wanted)}
    meant = session.scalars(_households(guard, wanted)).all()
    if meant:
        # Without LIMIT, which would have the planner walk the serial numbers of all years in search of so many.
        theirs = _of_market(guard).where(Voucher.household_id.in_(meant), is_live())
        rows |= {row.id: row for row in session.scalars(theirs)}
    if len(meant) == 1:
        used = session.scalars(_newest_dead(guard, meant[0], _USED)).all()
        rows |= {row.id: row for row in session.scalars(_of_market(guard).where(Voucher.id.in_(used)))}
    return faces_of_rows(session, guard, sorted(rows.values(), key=lambda row: row.serial_no)[-limit:])


def meant(session: Session, guard: Guard, text: str, *, at: datetime) -> VoucherFace:
    """Return the one voucher of the market that a scan, a typed short code or a serial number names.

    Of a serial number the end will do where only one voucher of the latest quarters has it. Raises ``SerialUnclear``
    where several have, and what ``from_scan`` raises.
    """
    wanted = unicodedata.normalize("NFKC", text).strip()
    named = Voucher.serial_no.in_(_serials(session, guard, wanted))
    rows = session.scalars(
        select(Voucher).where(Voucher.market_id == guard.market_id, named).order_by(Voucher.serial_no.desc())
    ).all()
    if not rows:
        return from_scan(session, guard, text, at=at)
    if len(rows) > 1:
        serials = "、".join(row.serial_no for row in rows)
        raise SerialUnclear(words("券号“{text}”有好几张：{serials}。请写全券号。"), text=wanted, serials=serials)
    return face(session, guard, rows[0].id, at=at)


def _of_market(guard: Guard) -> Select[Voucher]:
    return select(Voucher).where(Voucher.market_id == guard.market_id)


def _by_code(session: Session, guard: Guard, wanted: str) -> Sequence[Voucher]:
    """Return the village's vouchers with this serial number, one that ends so, or this short code.

    Each is looked up by itself and its village asked for after: a plan for all at once takes the village's households
    for few, and reads every voucher that they ever had.
    """
    rows = [
        *session.scalars(_of_market(guard).where(Voucher.short_code == _short_code(wanted))),
        *session.scalars(_of_market(guard).where(Voucher.serial_no.in_(_serials(session, guard, wanted)))),
    ]
    households = people.households_by_id(session, guard, {row.household_id for row in rows})
    return [row for row in rows if households[row.household_id].village_code == guard.village_code]


def _serials(session: Session, guard: Guard, wanted: str) -> list[str]:
    """Return the serial numbers that somebody may mean: the number itself in each of the latest quarters."""
    typed, serials = _SERIAL.fullmatch(wanted), [wanted]
    newest = session.scalar(
        select(VoucherBatch.quarter)
        .where(VoucherBatch.market_id == guard.market_id)
        .order_by(VoucherBatch.quarter.desc())
        .limit(1)
    )
    if typed is None or newest is None:
        return serials
    quarter, sequence = Quarter.parse(newest), int(typed[1])
    for _ in range(_QUARTERS):
        serials.append(serial_no(str(quarter), sequence))
        quarter = quarter.previous()
    return [one for one in serials if wanted.isdecimal() or one.endswith(wanted)]


def _households(guard: Guard, wanted: str) -> Select[UUID]:
    """Return the households that every word means: by number, by a part of the head's name, or by group."""
    return select(Household.id).where(
        Household.market_id == guard.market_id,
        Household.village_code == guard.village_code,
        *(_means(word) for word in wanted.split()),
    )


def _means(word: str) -> ColumnElement[bool]:
    meant = [
        func.ltrim(Household.number, "0") == (word.lstrip("0") or "0"),
        Household.head_name.contains(word, autoescape=True),
    ]
    if len(word) > 1:  # 二组, also of 第二组
        meant.append(Household.group_name.endswith(word, autoescape=True))
    return or_(*meant)


def _newest_dead(guard: Guard, household_id: UUID, limit: int) -> CompoundSelect[UUID]:
    """Return the ids of a household's vouchers that died last: the end of each state's part of the index."""
    ends = [
        select(Voucher.id)
        .where(Voucher.market_id == guard.market_id, Voucher.household_id == household_id, Voucher.state == state)
        .order_by(Voucher.state_changed_at.desc())
        .limit(limit)
        .subquery()
        for state in State
        if state not in LIVE
    ]
    return union_all(*(select(end.c.id) for end in ends))


def _short_code(text: str) -> str | None:
    try:
        return token.normalise_short_code(text)
    except ShortCodeMistyped:
        return None
