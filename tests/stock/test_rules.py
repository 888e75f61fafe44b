from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from love_market.stock.rules import (
    BarcodeWrong,
    MoneyWrong,
    QuantityWrong,
    ReasonMissing,
    check_digit,
    check_quantity,
    check_reason,
    is_expired,
    is_near_expiry,
    parse_fen,
    read_barcode,
    tidy,
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("6901234567892", "6901234567892"),
        (" 6901 2345 6789 2\n", "6901234567892"),
        ("６９０１２３４５６７８９２", "6901234567892"),
        ("96385074", "96385074"),  # EAN-8
        ("036000291452", "0036000291452"),  # UPC-A is the EAN-13 with a 0 before it
        ("0036000291452", "0036000291452"),
        ("16901234567899", "16901234567899"),  # GTIN-14 of a case
        ("06901234567892", "6901234567892"),
        ("2100001000004", "2100001000004"),  # a scale's own label is an EAN-13 too
        ("0012", "0012"),
        ("a-07", "A-07"),
        ("", None),
        ("  ", None),
    ],
)
def test_barcodes_are_read_in_one_spelling(typed: str, code: str | None) -> None:
    assert read_barcode(typed) == code


@pytest.mark.parametrize(
    "typed",
    ["6901234567893", "6901234567829", "96385075", "036000291453", "690123456", "12345678901", "醋", "=1+1", "A" * 15],
)
def test_wrong_barcodes_are_refused(typed: str) -> None:
    with pytest.raises(BarcodeWrong):
        read_barcode(typed)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_any_one_wrong_digit_is_caught(digits: str, place: int, off: int) -> None:
    code = digits + check_digit(digits)
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    assert read_barcode(code) == code
    with pytest.raises(BarcodeWrong):
        read_barcode(wrong)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("6.5", 650),
        ("6.50", 650),
        ("6", 600),
        ("0", 0),
        ("0.05", 5),
        ("￥1,200.00", 120_000),
        (" 3.50 元", 350),
        ("３．５", 350),
        ("100000", 10_000_000),
    ],
)
def test_yuan_are_read_as_fen(typed: str, fen: int) -> None:
    assert parse_fen(typed) == fen


@pytest.mark.parametrize("typed", ["", "6.555", "-1", "6.", ".5", "十", "1e3", "1,20", "100000.01", "6.5.1", "=6", "٦"])
def test_other_money_is_refused(typed: str) -> None:
    with pytest.raises(MoneyWrong):
        parse_fen(typed)


@given(st.integers(0, 10_000_000))
def test_fen_written_as_yuan_come_back(fen: int) -> None:
    assert parse_fen(f"{fen // 100}.{fen % 100:02}") == fen


@pytest.mark.parametrize("quantity", [0, -1, 100_001, True, 1.0, "1"])
def test_quantities_are_whole_and_bounded(quantity: object) -> None:
    with pytest.raises(QuantityWrong):
        check_quantity(quantity)  # type: ignore[arg-type]


def test_nothing_may_be_counted_but_not_moved() -> None:
    assert check_quantity(0, least=0) == 0


def test_a_reason_has_words() -> None:
    assert check_reason(" 破损  两瓶 ") == "破损 两瓶"
    with pytest.raises(ReasonMissing):
        check_reason("　 ")


def test_names_get_one_spelling_and_keep_their_punctuation() -> None:
    assert tidy("　陈醋　 ８００ＭＬ（袋：装） ") == "陈醋 800ML（袋：装）"


def test_the_expiry_date_is_the_last_good_day() -> None:
    today = date(2026, 10, 8)
    assert [is_expired(day, today) for day in (None, date(2026, 10, 7), today)] == [False, True, False]
    near = (None, date(2026, 10, 7), today, date(2026, 11, 7), date(2026, 11, 8))
    assert [is_near_expiry(day, today) for day in near] == [False, False, True, True, False]
