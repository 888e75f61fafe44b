"""Reading the books: the head, balances, entries, and the movements of accounts."""

from love_market.ledger.queries.accounts import Head as Head
from love_market.ledger.queries.accounts import balance as balance
from love_market.ledger.queries.accounts import balance_of as balance_of
from love_market.ledger.queries.accounts import balances as balances
from love_market.ledger.queries.accounts import head as head
from love_market.ledger.queries.accounts import held_by_owner as held_by_owner
from love_market.ledger.queries.accounts import total as total
from love_market.ledger.queries.accounts import totals_by_unit as totals_by_unit
from love_market.ledger.queries.entries import EntryRecord as EntryRecord
from love_market.ledger.queries.entries import entries as entries
from love_market.ledger.queries.entries import entry as entry
from love_market.ledger.queries.entries import latest_entries as latest_entries
from love_market.ledger.queries.entries import leg_sums as leg_sums
from love_market.ledger.queries.entries import posted_with_key as posted_with_key
from love_market.ledger.queries.entries import reversal_of as reversal_of
from love_market.ledger.queries.entries import sources as sources
from love_market.ledger.queries.entries import touched as touched
from love_market.ledger.queries.movements import Movement as Movement
from love_market.ledger.queries.movements import movements as movements
