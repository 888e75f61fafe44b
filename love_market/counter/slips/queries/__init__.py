"""Reading the blackout pad: the pads, what became of each number, and what a slip says."""

from love_market.counter.slips.queries.meant import typing_meant as typing_meant
from love_market.counter.slips.queries.pads import PadRecord as PadRecord
from love_market.counter.slips.queries.pads import next_number as next_number
from love_market.counter.slips.queries.pads import pad as pad
from love_market.counter.slips.queries.pads import pads as pads
from love_market.counter.slips.queries.slips import OpenSlips as OpenSlips
from love_market.counter.slips.queries.slips import SlipRecord as SlipRecord
from love_market.counter.slips.queries.slips import open_slips as open_slips
from love_market.counter.slips.queries.slips import slip as slip
from love_market.counter.slips.queries.slips import slips as slips
from love_market.counter.slips.queries.written import Written as Written
from love_market.counter.slips.queries.written import WrittenGood as WrittenGood
from love_market.counter.slips.queries.written import written as written
