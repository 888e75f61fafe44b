"""Pages of the blackout pad: make and print one, type its slips twice, decide, and see which numbers are missing."""

from love_market.counter.slips.views import pads, slip, typing
from love_market.counter.slips.views.room import bp

__all__ = ["bp", "pads", "slip", "typing"]
