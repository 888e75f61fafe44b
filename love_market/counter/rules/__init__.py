"""The rules of a redemption, held by the server and by a till without a network: see ``deciding``. Pure."""

from love_market.counter.rules.basket import MOST_LINES as MOST_LINES
from love_market.counter.rules.basket import MOST_OF_ONE as MOST_OF_ONE
from love_market.counter.rules.basket import BasketEmpty as BasketEmpty
from love_market.counter.rules.basket import BasketLine as BasketLine
from love_market.counter.rules.basket import BasketUnclear as BasketUnclear
from love_market.counter.rules.basket import BelowMinimum as BelowMinimum
from love_market.counter.rules.basket import NoSuchRedemption as NoSuchRedemption
from love_market.counter.rules.basket import PriceChanged as PriceChanged
from love_market.counter.rules.basket import UndoTooLate as UndoTooLate
from love_market.counter.rules.basket import check_basket as check_basket
from love_market.counter.rules.basket import total_points as total_points
from love_market.counter.rules.data import TABLES as TABLES
from love_market.counter.rules.data import rules_data as rules_data
from love_market.counter.rules.deciding import Decision as Decision
from love_market.counter.rules.deciding import Payment as Payment
from love_market.counter.rules.deciding import decide as decide
from love_market.counter.rules.deciding import split_payment as split_payment
from love_market.counter.rules.disputes import DisputeSettled as DisputeSettled
from love_market.counter.rules.disputes import NoSuchDispute as NoSuchDispute
from love_market.counter.rules.disputes import NothingCovers as NothingCovers
from love_market.counter.rules.disputes import RecordForged as RecordForged
from love_market.counter.rules.offline import ClockWrong as ClockWrong
from love_market.counter.rules.offline import LeaseEnded as LeaseEnded
from love_market.counter.rules.offline import LeaseMissing as LeaseMissing
from love_market.counter.rules.offline import Offline as Offline
from love_market.counter.rules.offline import VoucherTooNew as VoucherTooNew
