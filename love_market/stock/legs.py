"""What moves when goods are received, handed out, written off and counted. Pure."""

from collections.abc import Sequence
from uuid import UUID

from love_market.ledger.rules import Leg
from love_market.stock.rules import given_of, shelf_of, source_of, spoiled_of, variance_of


def receive(source: str, good_id: UUID, lot_id: UUID, quantity: int) -> list[Leg]:
    """A lot comes in, bought or donated: ``supplier | donor → shelf``."""
    return [Leg(source_of(source, good_id), shelf_of(lot_id, good_id), quantity)]


def issue(takes: Sequence[tuple[UUID, UUID, int]]) -> list[Leg]:
    """Goods are handed out ``(good_id, lot_id, quantity)``: ``shelf → given``."""
    return [Leg(shelf_of(lot_id, good_id), given_of(good_id), quantity) for good_id, lot_id, quantity in takes]


def write_off(good_id: UUID, lot_id: UUID, quantity: int) -> list[Leg]:
    """Goods are written off: ``shelf → spoiled``."""
    return [Leg(shelf_of(lot_id, good_id), spoiled_of(good_id), quantity)]


def adjust(differences: Sequence[tuple[UUID, UUID, int]]) -> list[Leg]:
    """A stocktake's differences ``(good_id, lot_id, counted − book)``: ``shelf → variance``, or back where above."""
    return [
        Leg(variance_of(good_id), shelf_of(lot_id, good_id), difference)
        if difference > 0
        else Leg(shelf_of(lot_id, good_id), variance_of(good_id), -difference)
        for good_id, lot_id, difference in differences
        if difference
    ]
