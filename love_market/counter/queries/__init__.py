"""Reading the counter: receipts, and what redemptions come to."""

from love_market.counter.queries.receipts import GivenGood as GivenGood
from love_market.counter.queries.receipts import PaidVoucher as PaidVoucher
from love_market.counter.queries.receipts import Receipt as Receipt
from love_market.counter.queries.receipts import receipt as receipt
from love_market.counter.queries.receipts import receipts as receipts
from love_market.counter.queries.receipts import receipts_of_household as receipts_of_household
from love_market.counter.queries.totals import Totals as Totals
from love_market.counter.queries.totals import taken_on as taken_on
from love_market.counter.queries.totals import totals as totals
