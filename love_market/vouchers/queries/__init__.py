"""Reading vouchers: one face, a batch to print, a household's, what waits, and the sum of all."""

from love_market.vouchers.queries.batches import BATCHES_A_PAGE as BATCHES_A_PAGE
from love_market.vouchers.queries.batches import BatchRecord as BatchRecord
from love_market.vouchers.queries.batches import Expired as Expired
from love_market.vouchers.queries.batches import Reconciliation as Reconciliation
from love_market.vouchers.queries.batches import Waiting as Waiting
from love_market.vouchers.queries.batches import batch as batch
from love_market.vouchers.queries.batches import batches as batches
from love_market.vouchers.queries.batches import expired as expired
from love_market.vouchers.queries.batches import reconciliation as reconciliation
from love_market.vouchers.queries.batches import waiting as waiting
from love_market.vouchers.queries.carried import carried_vouchers as carried_vouchers
from love_market.vouchers.queries.carried import marks as marks
from love_market.vouchers.queries.faces import VoucherFace as VoucherFace
from love_market.vouchers.queries.faces import face as face
from love_market.vouchers.queries.faces import face_here as face_here
from love_market.vouchers.queries.faces import from_scan as from_scan
from love_market.vouchers.queries.faces import movements as movements
from love_market.vouchers.queries.faces import refusal as refusal
from love_market.vouchers.queries.faces import reissue_of as reissue_of
from love_market.vouchers.queries.faces import spent as spent
from love_market.vouchers.queries.faces import told_tills as told_tills
from love_market.vouchers.queries.faces import verified as verified
from love_market.vouchers.queries.faces import vouchers_of_batch as vouchers_of_batch
from love_market.vouchers.queries.faces import vouchers_of_household as vouchers_of_household
from love_market.vouchers.queries.finding import find as find
from love_market.vouchers.queries.finding import meant as meant
