"""The sheet that a played quarter printed: every code is read by others than its maker, and pays exactly once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from love_market.app import create_app
from love_market.config import Settings
from love_market.counter import service as counter
from love_market.counter.rules import BasketLine
from love_market.db import db, new_id, reading, transaction
from love_market.people import queries as people
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.stock import service as stock
from love_market.vouchers import queries as vouchers
from love_market.vouchers.rules import VoucherSpent
from tests import papers
from tests.conftest import on_sqlite_alone
from tests.plays.books import redemptions_that_do_not_match, sums_of
from tests.plays.shell import VILLAGE, Installation

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def codes(played: tuple[Installation, list[str]], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What both decoders read from the whole sheet at a printer's 300 dots an inch; once is enough for the paper."""
    at, folder = played[0], tmp_path_factory.mktemp("sheet")
    if at.database.dialect == "sqlite":
        return codes_at(300, at, folder)
    pictures = papers.pictures((at.folder / "out" / "vouchers.pdf").read_bytes(), folder, 150)
    return [code for picture in pictures for code in papers.codes_by_zxing(picture)]


def codes_at(dpi: int, at: Installation, folder: Path) -> list[str]:
    """Return what zxing-cpp and zbar both read, page by page.

    The codes are new in every run, and of some thousands zbar misses one in one still picture; a camera takes the next.
    What it missed it must read in a second picture, a fifteenth larger.
    """
    sheet = (at.folder / "out" / "vouchers.pdf").read_bytes()
    pages = [
        (papers.codes_by_zxing(picture), papers.codes_by_zbar(picture))
        for picture in papers.pictures(sheet, folder, dpi)
    ]
    assert len(pages) == 16
    if any(by_zxing != by_zbar for by_zxing, by_zbar in pages):
        again = [papers.codes_by_zbar(picture) for picture in papers.pictures(sheet, folder, dpi * 16 // 15)]
        pages = [(one, sorted({*other, *more})) for (one, other), more in zip(pages, again, strict=True)]
    for number, (by_zxing, by_zbar) in enumerate(pages, start=1):
        assert by_zxing == by_zbar, f"page {number} at {dpi} dots an inch"
    return [code for by_zxing, _by_zbar in pages for code in by_zxing]


@on_sqlite_alone
def test_both_decoders_read_every_code_of_the_sheet_and_again_at_half_the_size(
    codes: list[str], played: tuple[Installation, list[str]], tmp_path: Path
) -> None:
    assert len(set(codes)) == len(codes) == played[0].value("SELECT count(*) FROM voucher") == 121
    assert codes_at(150, played[0], tmp_path) == codes


@pytest.fixture
def counter_of(played: tuple[Installation, list[str]], tmp_path: Path) -> Iterator[tuple[Installation, Guard]]:
    """A copy of the played village's books, opened, and the clerk who stands at its counter."""
    at = played[0].copy(tmp_path / "counter")
    settings = Settings.from_environment(at.environment)
    with create_app(settings).app_context():
        with reading() as session:
            market_id = places.village(session, VILLAGE).market_id
            (clerk,) = [one for one in people.staff_at(session, VILLAGE) if Role.CLERK in one.roles_here(VILLAGE)]
        yield at, Guard.of_staff(market_id, VILLAGE, clerk.id, clerk.name, Role.CLERK)
        db.engine.dispose()


def test_every_printed_code_pays_all_it_holds_once_and_never_again(
    codes: list[str], counter_of: tuple[Installation, Guard]
) -> None:
    at, clerk = counter_of
    matches = a_good_for_one_point(clerk)
    left = dict(at.rows("SELECT owner, balance FROM account WHERE kind = 'voucher'"))
    paid = 0
    for code in codes:
        with reading() as session:
            face = vouchers.from_scan(session, clerk, code, at=AT)
        assert face.balance_points == left[face.id]
        if face.balance_points:
            assert face.refusal is None
            with transaction() as session:
                basket = [BasketLine(matches.good_id, face.balance_points, 1)]
                counter.redeem(session, clerk, key=new_id(), voucher_ids=[face.id], basket=basket, at=AT)
            paid += face.balance_points
        with pytest.raises(VoucherSpent, match="用完了"), transaction() as session:
            counter.redeem(session, clerk, key=new_id(), voucher_ids=[face.id], basket=[matches], at=AT)
    assert paid == sum(left.values())
    sums = sums_of(at)
    assert (sums.points["voucher"], sums.points["redeemed"]) == (0, 3032)
    assert at.value("SELECT count(*) FROM voucher WHERE state <> 'spent'") == 0
    assert redemptions_that_do_not_match(at) == []
    assert at.type("books", "verify").exit_code == 0


def a_good_for_one_point(clerk: Guard) -> BasketLine:
    """Put boxes of matches on the shelf, so that every balance can be spent to the last point."""
    good_id = new_id()
    with transaction() as session:
        stock.add_good(session, clerk, key=good_id, name="火柴", unit_name="盒", points_price=1, at=AT)
        stock.receive(
            session,
            clerk,
            key=new_id(),
            good_id=good_id,
            quantity=5000,
            source="bought",
            source_name="虚构批发部",
            lot_no="1",
            expires_on=None,
            unit_cost_fen=90,
            at=AT,
        )
    return BasketLine(good_id, 1, 1)
