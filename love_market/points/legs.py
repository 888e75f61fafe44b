"""What moves when points are granted, awarded, held in vouchers, spent, lapsed or voided. Pure."""

from collections.abc import Sequence
from uuid import UUID

from love_market.ledger.rules import Address, Leg
from love_market.points.rules import FUNDING, LAPSED, REDEEMED, VOID, budget_of, disputed_of, points_of, value_of


def grant(appraisal_id: UUID, amount_points: int) -> list[Leg]:
    """A quarter's budget is granted: ``funding → budget``."""
    return [Leg(FUNDING, budget_of(appraisal_id), amount_points)]


def award(appraisal_id: UUID, awards: Sequence[tuple[UUID, int]]) -> list[Leg]:
    """Households are awarded points out of the quarter's budget: ``budget → household``."""
    return [Leg(budget_of(appraisal_id), points_of(household_id), points) for household_id, points in awards]


def hold(vouchers: Sequence[tuple[UUID, UUID, int]]) -> list[Leg]:
    """Points are held in vouchers ``(household_id, voucher_id, points)``: ``household → voucher``."""
    return [Leg(points_of(household), value_of(voucher), points) for household, voucher, points in vouchers]


def spend(payments: Sequence[tuple[UUID, int]]) -> list[Leg]:
    """Vouchers pay ``(voucher_id, points)``: ``voucher → redeemed``."""
    return [Leg(value_of(voucher_id), REDEEMED, points) for voucher_id, points in payments]


def lapse(vouchers: Sequence[tuple[UUID, int]]) -> list[Leg]:
    """Expired vouchers lose what is left: ``voucher → lapsed``."""
    return [Leg(value_of(voucher_id), LAPSED, points) for voucher_id, points in vouchers]


def void(voucher_id: UUID, points: int) -> list[Leg]:
    """A voucher is taken out of use with what is left on it: ``voucher → void``."""
    return [Leg(value_of(voucher_id), VOID, points)]


def carry(from_voucher_id: UUID, to_voucher_id: UUID, points: int) -> list[Leg]:
    """A reissue carries the balance to the new paper: ``voucher → voucher``."""
    return [Leg(value_of(from_voucher_id), value_of(to_voucher_id), points)]


def dispute(redemption_id: UUID, points: int) -> list[Leg]:
    """What vouchers could not pay of a redemption that had happened: ``disputed → redeemed``; less than 0, back."""
    return _between(disputed_of(redemption_id), REDEEMED, points)


def cover(redemption_id: UUID, source: Address, amount: int) -> list[Leg]:
    """A dispute is settled from somewhere, in its unit: ``source → disputed``; less than 0, to there."""
    return _between(source, disputed_of(redemption_id, source.unit), amount)


def _between(source: Address, destination: Address, amount: int) -> list[Leg]:
    if amount < 0:
        source, destination, amount = destination, source, -amount
    return [Leg(source, destination, amount)] if amount else []
