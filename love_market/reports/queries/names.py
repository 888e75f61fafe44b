"""Whose accounts the legs of entries name: households, vouchers, goods and lots, asked for all at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.appraisals.models import Appraisal
from love_market.clock import Quarter
from love_market.counter import queries as counter
from love_market.errors import words
from love_market.ledger.rules import POINTS, Address, Leg
from love_market.people import queries as people
from love_market.people.models import Household
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, mask_name
from love_market.reports.rules import PLACES, Sentence, say
from love_market.stock.models import Good, Lot
from love_market.vouchers.models import Voucher
from love_market.vouchers.rules import Proxy

_CHUNK = 2000
_BY_NAME = COMMITTEE | OVERSEERS


@dataclass(frozen=True, slots=True)
class VoucherName:
    """A voucher's number and the household it was issued to."""

    serial_no: str
    household_id: UUID


@dataclass(frozen=True, slots=True)
class GoodName:
    """A good as a line names it, and what one of it is called."""

    title: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the owners and units of some legs are called."""

    households: dict[UUID, str] = field(default_factory=dict)
    vouchers: dict[UUID, VoucherName] = field(default_factory=dict)
    goods: dict[UUID, GoodName] = field(default_factory=dict)
    lots: dict[UUID, str] = field(default_factory=dict)
    quarters: dict[UUID, str] = field(default_factory=dict)

    def holder(self, voucher_id: UUID) -> str:
        """Return who a voucher was issued to; nothing for a voucher not asked for."""
        voucher = self.vouchers.get(voucher_id)
        return "" if voucher is None else self.households.get(voucher.household_id, "")

    def place(self, address: Address) -> Sentence:
        """Return what an account is called in words."""
        owner = address.owner
        if address.kind == "household" and owner in self.households:
            return say(words("{name}家，还没发券"), name=self.households[owner])
        if address.kind == "voucher" and owner in self.vouchers:
            serial = self.vouchers[owner].serial_no
            return say(words("券 {serial}（{name}）"), serial=serial, name=self.holder(owner))
        if address.kind == "shelf" and self.lots.get(owner):
            return say(words("货架，{lot} 批"), lot=self.lots[owner])
        if address.kind == "budget" and owner in self.quarters:
            return say(words("{quarter}额度"), quarter=self.quarters[owner])
        return say(PLACES[address.kind])

    def unit(self, unit: UUID) -> str:
        """Return what one of a unit is called; empty for points, which the page names itself."""
        return self.goods[unit].unit_name if unit in self.goods else ""

    def good(self, unit: UUID) -> str:
        """Return the good that a unit counts; empty for points."""
        return self.goods[unit].title if unit in self.goods else ""


def names_of(session: Session, guard: Guard, legs: Sequence[Leg]) -> Names:
    """Return what the legs' accounts are called, in a few statements for any number of legs.

    Households are named in full to the committee and to overseers, and masked to everybody else; so are those of
    other villages that the market serves.
    """
    ends = [address for leg in legs for address in (leg.source, leg.destination)]
    vouchers = _vouchers(session, guard, {end.owner for end in ends if end.kind == "voucher"})
    wanted = {end.owner for end in ends if end.kind == "household"} | {one.household_id for one in vouchers.values()}
    return Names(
        households=_households(session, guard, wanted),
        vouchers=vouchers,
        goods=_goods(session, guard, {leg.source.unit for leg in legs} - {POINTS}),
        lots=_lots(session, guard, {end.owner for end in ends if end.kind == "shelf"}),
        quarters=_quarters(session, guard, {end.owner for end in ends if end.kind == "budget"}),
    )


def actors(session: Session, guard: Guard, named: Iterable[str]) -> dict[str, Sentence]:
    """Return who the books mean by ``staff:<hex id>``, ``household:<hex id>``, ``system`` and ``public``."""
    known = set(named)
    staff = people.staff_names(session, [UUID(one[6:]) for one in known if one.startswith("staff:")])
    households = _households(session, guard, {UUID(one[10:]) for one in known if one.startswith("household:")})
    said = {"system": say(words("程序")), "public": say(words("公众"))}
    said |= {f"staff:{staff_id.hex}": say("{name}", name=name) for staff_id, name in staff.items()}
    return said | {f"household:{one.hex}": say("{name}", name=name) for one, name in households.items()}


def proxies(session: Session, guard: Guard, redemption_ids: Sequence[UUID]) -> dict[UUID, Proxy]:
    """Return who brought the vouchers for somebody else; the names masked to whom households' are."""
    found = counter.proxies_of(session, guard, redemption_ids) if redemption_ids else {}
    in_full = bool(guard.roles & _BY_NAME)
    return {
        redemption_id: one if in_full else Proxy(mask_name(one.name), one.relation)
        for redemption_id, one in found.items()
    }


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


def _households(session: Session, guard: Guard, ids: set[UUID]) -> dict[UUID, str]:
    in_full, found = bool(guard.roles & _BY_NAME), dict[UUID, str]()
    for chunk in _chunks(ids):
        for household_id, village_code, number, name in session.execute(
            select(Household.id, Household.village_code, Household.number, Household.head_name).where(
                Household.market_id == guard.market_id, Household.id.in_(chunk)
            )
        ):
            shown = name if in_full and village_code == guard.village_code else mask_name(name)
            found[household_id] = f"{number} {shown}"
    return found


def _vouchers(session: Session, guard: Guard, ids: set[UUID]) -> dict[UUID, VoucherName]:
    found: dict[UUID, VoucherName] = {}
    for chunk in _chunks(ids):
        rows = session.execute(
            select(Voucher.id, Voucher.serial_no, Voucher.household_id).where(
                Voucher.market_id == guard.market_id, Voucher.id.in_(chunk)
            )
        )
        found.update({voucher_id: VoucherName(serial, household) for voucher_id, serial, household in rows})
    return found


def _goods(session: Session, guard: Guard, ids: set[UUID]) -> dict[UUID, GoodName]:
    rows = session.execute(
        select(Good.id, Good.name, Good.spec, Good.unit_name).where(Good.market_id == guard.market_id, Good.id.in_(ids))
    )
    return {good_id: GoodName(f"{name} {spec}".strip(), unit_name) for good_id, name, spec, unit_name in rows}


def _lots(session: Session, guard: Guard, ids: set[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for chunk in _chunks(ids):
        rows = session.execute(select(Lot.id, Lot.lot_no).where(Lot.market_id == guard.market_id, Lot.id.in_(chunk)))
        found |= {lot_id: str(lot_no) for lot_id, lot_no in rows}
    return found


def _quarters(session: Session, guard: Guard, ids: set[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(Appraisal.id, Appraisal.quarter).where(Appraisal.market_id == guard.market_id, Appraisal.id.in_(ids))
    )
    return {appraisal_id: Quarter.parse(quarter).title for appraisal_id, quarter in rows}
