"""What every table of photos has."""

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from love_market.places.models import OfMarket


class Photo(OfMarket):
    """Mixin of a table of photos, each kept re-encoded (no location data) in the instance folder under its SHA-256.

    ``position`` is its place among the photos of the same thing, from 1; its size is in pixels.
    """

    sha256: Mapped[str] = mapped_column(String(64))
    width_px: Mapped[int]
    height_px: Mapped[int]
    position: Mapped[int] = mapped_column(SmallInteger)
