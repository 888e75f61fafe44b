"""Reading the counter: receipts, and what redemptions come to."""

from love_market.counter.queries.cases import DisputeCase as DisputeCase
from love_market.counter.queries.cases import dispute_case as dispute_case
from love_market.counter.queries.copies import Copy as Copy
from love_market.counter.queries.copies import copy as copy
from love_market.counter.queries.copies import version as version
from love_market.counter.queries.disputes import DisputeRecord as DisputeRecord
from love_market.counter.queries.disputes import correcting_vouchers as correcting_vouchers
from love_market.counter.queries.disputes import dispute as dispute
from love_market.counter.queries.disputes import is_open as is_open
from love_market.counter.queries.disputes import open_disputes as open_disputes
from love_market.counter.queries.disputes import open_since as open_since
from love_market.counter.queries.disputes import settled_disputes as settled_disputes
from love_market.counter.queries.receipts import GivenGood as GivenGood
from love_market.counter.queries.receipts import PaidVoucher as PaidVoucher
from love_market.counter.queries.receipts import Receipt as Receipt
from love_market.counter.queries.receipts import receipt as receipt
from love_market.counter.queries.receipts import receipts as receipts
from love_market.counter.queries.receipts import receipts_by_id as receipts_by_id
from love_market.counter.queries.receipts import receipts_of_household as receipts_of_household
from love_market.counter.queries.receipts import with_marks as with_marks
from love_market.counter.queries.totals import Totals as Totals
from love_market.counter.queries.totals import taken_on as taken_on
from love_market.counter.queries.totals import totals as totals
