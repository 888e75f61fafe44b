"""Household cards to print (户卡). Pure: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from love_market.clock import village_date
from love_market.paper import qr_code, typeset

CARDS_A_SHEET = 8


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """One card: ``url`` is what its QR says (upper case keeps it small); ``pin`` is None where it has not changed."""

    household_number: str
    head_name: str
    group_name: str
    url: str
    pin: str | None


def lay_out_cards(
    village_name: str, market_name: str, head_hash: str, cards: Sequence[HouseholdCard], at: datetime
) -> bytes:
    """Return the PDF of household cards, 8 a sheet of A4, in the order given; ``ValueError`` when there are none.

    The PIN stands on a strip to fold behind or cut off. It is known only while the card is made, so whoever calls
    prints at once and keeps nothing.
    """
    if not cards:
        raise ValueError("no cards to print")
    pages = [[_printed(card) for card in cards[i : i + CARDS_A_SHEET]] for i in range(0, len(cards), CARDS_A_SHEET)]
    data = {
        "village": village_name,
        "market": market_name,
        "head_hash": head_hash,
        "printed_on": village_date(at).isoformat(),
        "pages": pages,
    }
    return typeset("people/cards", data, at)


def _printed(card: HouseholdCard) -> dict[str, object]:
    pin = None if card.pin is None else f"{card.pin[:3]} {card.pin[3:]}"
    return {
        "household_number": card.household_number,
        "head_name": card.head_name,
        "group_name": card.group_name,
        "qr": qr_code(card.url).svg,
        "pin": pin,
    }
