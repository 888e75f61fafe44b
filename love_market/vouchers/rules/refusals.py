"""Why something about a voucher is refused: the errors of the room. Pure."""

from love_market.errors import Invalid, NotFound, Refused


class VoucherUnknown(NotFound):
    """These books have no such voucher."""


class VoucherSpent(Refused):
    """Nothing is left on the voucher."""


class VoucherFrozen(Refused):
    """The voucher was frozen, usually because it was reported lost."""


class VoucherExpired(Refused):
    """The voucher's last valid day has passed."""


class VoucherVoid(Refused):
    """The voucher was taken out of use; a reissue may have taken its place."""


class VoucherMoveRefused(Refused):
    """The voucher's state does not allow this."""


class TooFewPoints(Refused):
    """The vouchers come to fewer points than the basket."""


class NothingToIssue(Refused):
    """No household of the village has points that wait for a voucher."""


class ReasonMissing(Invalid):
    """An act that changes what somebody holds needs its reason in words."""


class VoucherForged(Invalid):
    """The token was not signed by its market's key, or has been altered."""


class VoucherFromAnotherMarket(Refused):
    """The token is another market's."""


class ShortCodeMistyped(Invalid):
    """The short code has a wrong, missing or strange character."""


class SerialUnclear(Invalid):
    """Several vouchers have a serial number that ends so."""


class SigningKeyUnreadable(Refused):
    """The market's signing key was sealed with another secret."""
