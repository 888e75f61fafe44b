"""The exception tree: what can go wrong, in the user's words. Knows no Flask."""


def words(message: str) -> str:
    """Mark a sentence for the translators and return it unchanged."""
    return message


class LoveMarketError(Exception):
    """Something the user must be told.

    ``message`` is a plain Chinese template (the translators' key) that says what happened and what to do next;
    ``values`` fill its braces. ``str(error)`` is the filled sentence.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message.format(**values) if values else message)


class NotFound(LoveMarketError):
    """What was asked for is not in these books (404)."""


class Denied(LoveMarketError):
    """The person asking may not do this (403)."""


class Refused(LoveMarketError):
    """The books or the rules do not allow it now (409)."""


class Invalid(LoveMarketError):
    """The input cannot be understood or is out of bounds (422)."""
