"""What may happen to a voucher. Pure: no database, no Flask."""

from love_market.errors import Invalid, Refused


class VoucherForged(Invalid):
    """The token was not signed by its market's key, or has been altered."""


class VoucherFromAnotherMarket(Refused):
    """The token is another market's."""


class ShortCodeMistyped(Invalid):
    """The short code has a wrong, missing or strange character."""


class SigningKeyUnreadable(Refused):
    """The market's signing key was sealed with another secret."""
