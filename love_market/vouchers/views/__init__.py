"""Pages of vouchers: issue, print, hand over, the loss desk, and what a scanned code shows to anybody."""

from love_market.vouchers.views import batches, loss_desk, public, resets
from love_market.vouchers.views.room import bp

__all__ = ["batches", "bp", "loss_desk", "public", "resets"]
