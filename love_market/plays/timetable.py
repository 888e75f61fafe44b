"""When the acts of a quarter happen, on the village's clock. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from love_market.clock import Quarter, village_instant


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days after a quarter's end on which a village usually does what (domain.md §2)."""

    quarter: Quarter

    def _day(self, after: int, hour: int) -> datetime:
        return village_instant(self.quarter.last_day + timedelta(days=after), hour)

    @property
    def opened(self) -> datetime:
        """The quarter is opened, the roster comes in."""
        return self._day(1, 9)

    @property
    def scored(self) -> datetime:
        """The scores are entered."""
        return self._day(4, 10)

    @property
    def submitted(self) -> datetime:
        """The sheet goes to the panel."""
        return self._day(8, 17)

    @property
    def met(self) -> datetime:
        """The panel meets."""
        return self._day(9, 15)

    @property
    def published(self) -> datetime:
        """The notice is put up."""
        return self._day(10, 10)

    def confirmed(self, notice_ends_at: datetime) -> datetime:
        """The chair confirms, an hour after the notice has ended."""
        return notice_ends_at + timedelta(hours=1)

    def issued(self, notice_ends_at: datetime) -> datetime:
        """Vouchers are issued, the day after."""
        return notice_ends_at + timedelta(hours=16)

    def received(self, notice_ends_at: datetime) -> datetime:
        """Goods come in, two days after."""
        return notice_ends_at + timedelta(days=2)

    def market_day(self, notice_ends_at: datetime) -> datetime:
        """The shop opens for redemption, a week after."""
        return notice_ends_at + timedelta(days=6, hours=15)

    def counted(self, notice_ends_at: datetime) -> datetime:
        """The shelf is counted, at the end of the month."""
        return notice_ends_at + timedelta(days=14, hours=15)
