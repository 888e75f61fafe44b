"""The clock that pages read, so that a test or a rehearsal can stand at another day."""

from datetime import datetime

from flask import current_app


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    at: datetime = current_app.extensions["love_market_clock"]()
    return at
