"""The register of proxies from the books."""

from datetime import datetime

from sqlalchemy.orm import Session

from love_market.clock import village_time
from love_market.counter.queries import ProxyLine, ProxyRegister, ProxySums
from love_market.counter.sheet import PersonRow, RegisterHeading, RegisterRow, lay_out_register
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places


def register(session: Session, guard: Guard, found: ProxyRegister, at: datetime) -> bytes:
    """Return the PDF of the register of some days."""
    village = places.village(session, guard.village_code)
    first, last = found.first, found.last
    days = f"{first.year}年{first.month}月" + (f"{first.day}日" if first == last else "")
    heading = RegisterHeading(village.short_name, village.market_name, days, books.head(session, guard.market_id).hash)
    return lay_out_register(
        heading,
        [_row(line) for line in found.lines],
        [_person(one) for one in found.people],
        _person(found.total),
        at,
    )


def _row(line: ProxyLine) -> RegisterRow:
    act, here = line.act, village_time(line.act.acted_at)
    goods = "、".join(f"{good.name}×{good.quantity}" for good in line.goods)
    return RegisterRow(
        when=f"{here.month}月{here.day}日 {here:%H:%M}",
        proxy=act.proxy.name,
        relation=act.proxy.relation_label,
        household=f"{act.household_number} {act.head_name}".strip() or "不认得的券",
        what=f"领券 {act.serial_no}" if act.is_collecting else goods,
        points=line.points,
        signature=act.proxy.signature,
        undone=act.undone_at is not None,
    )


def _person(one: ProxySums) -> PersonRow:
    return PersonRow(one.name, one.households, one.acts, one.collected_points, one.redeemed_points)
