import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from love_market.people.sheet import HouseholdCard, lay_out_cards
from tests import papers

AT = datetime(2026, 10, 15, 1, tzinfo=UTC)
NAMES = ("孔振明", "㙍玉堌", "𠮷䶮", "阿卜杜热合曼·买买提吐尔逊", '#image("x")')


def _cards(count: int) -> list[HouseholdCard]:
    chooser = random.Random(count)
    return [
        HouseholdCard(
            household_number=f"{number:03}",
            head_name=NAMES[number % 5],
            group_name=("一组", "第十二村民小组", "")[number % 3],
            url="HTTPS://AIXIN.YANGGAO.GOV.CN/C/" + "".join(chooser.choices("ABCDEFGHIJ234567", k=24)),
            pin=None if number == 4 else f"{chooser.randrange(10**6):06}",
        )
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("dpi", [300, 150])
def test_two_decoders_read_every_card(tmp_path: Path, dpi: int) -> None:
    cards = _cards(11)
    pages = papers.pictures(lay_out_cards("守口堡村", "守口堡村爱心超市", "ab" * 32, cards, AT), tmp_path, dpi)
    assert len(pages) == 2
    for index, page in enumerate(pages):
        expected = sorted(card.url for card in cards[index * 8 :][:8])
        assert papers.codes_by_zxing(page) == expected
        assert papers.codes_by_zbar(page) == expected


def test_a_card_names_its_household_and_carries_its_pin(tmp_path: Path) -> None:
    cards = _cards(10)
    pdf = lay_out_cards("守口堡村", "守口堡村爱心超市", "7f3a91c20b5e" + "0" * 52, cards, AT)
    printed = papers.text(pdf, tmp_path)
    for card in cards:
        assert card.household_number in printed
        assert card.head_name in printed
        assert card.pin is None or f"{card.pin[:3]} {card.pin[3:]}" in printed
    assert printed.count("六位数字不变") == 1
    assert "2026年10月15日 印，第 2 页，共 2 页" in printed
    assert "账首 7F3A 91C2 0B5E" in printed
    assert all(papers.fonts(pdf, tmp_path).values())


def test_no_cards_make_no_sheet() -> None:
    with pytest.raises(ValueError, match="no cards"):
        lay_out_cards("村", "超市", "ab" * 32, [], AT)
