"""What the books hold about points: which account stands for what."""

from uuid import UUID

from love_market.ledger.rules import Address

FUNDING = Address("funding")
REDEEMED = Address("redeemed")
LAPSED = Address("lapsed")
VOID = Address("void")


def budget_of(appraisal_id: UUID) -> Address:
    """Return a quarter's budget (积分额度): its floor of zero is the quarter's issue ceiling."""
    return Address("budget", appraisal_id)


def points_of(household_id: UUID) -> Address:
    """Return a household's points that were awarded and not yet issued in a voucher."""
    return Address("household", household_id)


def value_of(voucher_id: UUID) -> Address:
    """Return what is left on a voucher."""
    return Address("voucher", voucher_id)
