"""A batch's ids and short codes: the same when made again, nobody's to guess, and never twice."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from love_market.vouchers.service import minting
from love_market.vouchers.service.minting import Mint, minted
from love_market.vouchers.token import normalise_short_code
from tests.databases import SECRET

AT = datetime(2026, 10, 8, 1, 2, 3, 456_789, tzinfo=UTC)
MARKET, BATCH, HOUSEHOLD = UUID(int=1), UUID(int=2), UUID(int=3)
WANTED = [(UUID(int=100 + index), index) for index in range(50)]


def mint(secret: str = SECRET, batch: UUID = BATCH) -> Mint:
    return Mint(secret, MARKET, batch, AT)


def test_the_same_voucher_made_again_is_the_same() -> None:
    assert [mint().draw(*one) for one in WANTED] == [mint().draw(*one) for one in WANTED]


def test_another_secret_batch_household_or_position_gives_another_id_and_code() -> None:
    made = [
        mint().draw(HOUSEHOLD, 0),
        mint().draw(HOUSEHOLD, 1),
        mint().draw(UUID(int=4), 0),
        mint(batch=UUID(int=9)).draw(HOUSEHOLD, 0),
        mint(secret="x" * 40).draw(HOUSEHOLD, 0),
    ]
    assert len({one for one, _ in made}) == len({code for _, code in made}) == len(made)


def test_an_id_is_a_uuid_of_version_7_with_the_batchs_instant() -> None:
    made, code = mint().draw(HOUSEHOLD, 0)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert int.from_bytes(made.bytes[:6]) == int(AT.timestamp() * 1000)
    assert normalise_short_code(code) == code


def test_ids_of_a_batch_differ_in_about_half_of_their_random_bits() -> None:
    ids = [mint().draw(*one)[0].int for one in WANTED]
    differing = [(a ^ b).bit_count() for a, b in pairwise(ids)]
    assert 30 < sum(differing) / len(differing) < 44


@pytest.fixture
def codes_of_the_market(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    taken: set[str] = set()

    def of_these(_session: Session, _market_id: UUID, codes: Iterable[str]) -> set[str]:
        return taken & set(codes)

    monkeypatch.setattr(minting, "taken_short_codes", of_these)
    return taken


def test_a_code_that_the_market_has_is_drawn_again_and_the_id_stays(
    session: Session, codes_of_the_market: set[str]
) -> None:
    first = minted(session, mint(), MARKET, WANTED)
    codes_of_the_market |= {first[7][1], mint().draw(*WANTED[7], 1)[1]}
    second = minted(session, mint(), MARKET, WANTED)
    assert second[7] == (first[7][0], mint().draw(*WANTED[7], 2)[1])
    assert second[:7] + second[8:] == first[:7] + first[8:]


def test_a_code_drawn_twice_in_a_batch_is_drawn_again(
    session: Session, codes_of_the_market: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = Mint.draw

    def alike(self: Mint, household_id: UUID, position: int, attempt: int = 0) -> tuple[UUID, str]:
        made, code = drawn(self, household_id, position, attempt)
        return made, code if attempt or position not in {3, 5} else "000000000"

    monkeypatch.setattr(Mint, "draw", alike)
    made = minted(session, mint(), MARKET, WANTED)
    assert made[3][1] == "000000000"
    assert made[5][1] == drawn(mint(), *WANTED[5], 1)[1]
    assert len({code for _, code in made}) == len(made)
