"""Writing vouchers: issue, hand over, lapse, spend and restore. The loss desk is in ``loss``."""

from love_market.vouchers.service.happened import Paid as Paid
from love_market.vouchers.service.happened import pay_as_happened as pay_as_happened
from love_market.vouchers.service.issuing import IssuedBatch as IssuedBatch
from love_market.vouchers.service.issuing import hand_over as hand_over
from love_market.vouchers.service.issuing import issue as issue
from love_market.vouchers.service.issuing import lapse_expired as lapse_expired
from love_market.vouchers.service.proxies import For as For
from love_market.vouchers.service.proxies import acted_question as acted_question
from love_market.vouchers.service.proxies import acting_from as acting_from
from love_market.vouchers.service.proxies import note_proxy as note_proxy
from love_market.vouchers.service.proxies import take_note as take_note
from love_market.vouchers.service.proxies import undo_proxy as undo_proxy
from love_market.vouchers.service.resetting import announce_reset as announce_reset
from love_market.vouchers.service.resetting import carry_out_reset as carry_out_reset
from love_market.vouchers.service.resetting import withdraw_reset as withdraw_reset
from love_market.vouchers.service.rows import done_before as done_before
from love_market.vouchers.service.rows import move as move
from love_market.vouchers.service.rows import next_sequence as next_sequence
from love_market.vouchers.service.rows import unused_short_codes as unused_short_codes
from love_market.vouchers.service.rows import vouchers_by_id as vouchers_by_id
from love_market.vouchers.service.rows import vouchers_of_village as vouchers_of_village
from love_market.vouchers.service.spending import consume as consume
from love_market.vouchers.service.spending import held_from as held_from
from love_market.vouchers.service.spending import held_question as held_question
from love_market.vouchers.service.spending import restore as restore
from love_market.vouchers.service.spending import spendable as spendable
