"""What the counter's page, a till and a mini-program ask for: see ``web.api``."""

from love_market.counter.api import delivering, redeeming, scanning, tills

__all__ = ["delivering", "redeeming", "scanning", "tills"]
