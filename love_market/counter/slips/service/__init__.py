"""Writing the blackout pad: make one, type its slips twice, decide where they differ, book what both say."""

from love_market.counter.slips.service.aside import spoil as spoil
from love_market.counter.slips.service.aside import start_over as start_over
from love_market.counter.slips.service.booking import book_as_it_happened as book_as_it_happened
from love_market.counter.slips.service.booking import try_again as try_again
from love_market.counter.slips.service.pads import make_pad as make_pad
from love_market.counter.slips.service.typings import settle as settle
from love_market.counter.slips.service.typings import type_first as type_first
from love_market.counter.slips.service.typings import type_second as type_second
