"""What the books hold about points: which account stands for what."""

from uuid import UUID

from love_market.ledger.rules import POINTS, Address

FUNDING = Address("funding")
REDEEMED = Address("redeemed")
LAPSED = Address("lapsed")
VOID = Address("void")


def disputed_of(redemption_id: UUID, unit: UUID = POINTS) -> Address:
    """Return what was lacking of a redemption that had happened (争议): below zero where nothing covered it."""
    return Address("disputed", redemption_id, unit)


def charged_to(keeper_id: UUID, unit: UUID = POINTS) -> Address:
    """Return what a till, or who kept the counter without one, was charged with: below zero is what is owed."""
    return Address("charged", keeper_id, unit)


def budget_of(appraisal_id: UUID) -> Address:
    """Return a quarter's budget (积分额度): its floor of zero is the quarter's issue ceiling."""
    return Address("budget", appraisal_id)


def points_of(household_id: UUID) -> Address:
    """Return a household's points that were awarded and not yet issued in a voucher."""
    return Address("household", household_id)


def value_of(voucher_id: UUID) -> Address:
    """Return what is left on a voucher."""
    return Address("voucher", voucher_id)
