"""When the acts of a quarter happen, on the village's clock. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from love_market.clock import Quarter, village_instant


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days after a quarter was opened for scoring on which a village usually does what (domain.md §2).

    ``reply_days`` is how long a household may answer a penalty: nothing is submitted before that is over.
    """

    opened_on: date
    reply_days: int = 5

    @classmethod
    def usual(cls, quarter: Quarter) -> Self:
        """Return the timetable of a quarter that is opened on the day after its last."""
        return cls(quarter.last_day + timedelta(days=1))

    def _day(self, after: int, hour: int) -> datetime:
        return village_instant(self.opened_on + timedelta(days=after), hour)

    @property
    def opened(self) -> datetime:
        """The quarter is opened, the roster comes in."""
        return self._day(0, 9)

    @property
    def scored(self) -> datetime:
        """The scores are entered."""
        return self._day(1, 10)

    @property
    def told(self) -> datetime:
        """The penalties among them are told to their households."""
        return self._day(1, 15)

    @property
    def heard(self) -> datetime:
        """The time to answer is over, the penalties are decided."""
        return self._day(2 + self.reply_days, 9)

    @property
    def submitted(self) -> datetime:
        """The sheet goes to the panel."""
        return self._day(2 + self.reply_days, 17)

    @property
    def met(self) -> datetime:
        """The panel meets."""
        return self._day(3 + self.reply_days, 15)

    @property
    def published(self) -> datetime:
        """The notice is put up."""
        return self._day(4 + self.reply_days, 10)

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
