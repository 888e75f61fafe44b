"""One cell becomes a whole number or a household number, or a refusal that names the cell."""

import pytest

from love_market.workbook import (
    CellRefused,
    Value,
    as_group,
    as_household_number,
    as_name,
    as_phone,
    as_text,
    as_whole_number,
    household_number_width,
)
from tests.workbook.making import cell


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (10, 10),
        (10.0, 10),
        (-5.0, -5),
        (0, 0),
        ("10", 10),
        ("１０", 10),
        (" 10 ", 10),
        ("1 0", 10),
        ("10.0", 10),
        ("10分", 10),
        ("＋１０", 10),
        ("-5", -5),
        ("－５", -5),
        ("−5", -5),
        ("1,200", 1200),
        ("3人", 3),
        (None, None),
        ("", None),
        ("　", None),
    ],
    ids=repr,
)
def test_whole_numbers(value: Value, number: int | None) -> None:
    assert as_whole_number(cell(value)) == number


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "not_whole"),
        ("1.5", "not_whole"),
        ("0.5分", "not_whole"),
        (1e-7, "not_whole"),
        ("十", "not_number"),
        ("10分?", "not_number"),
        ("优", "not_number"),
        ("√", "not_number"),
        ("10/20", "not_number"),
        ("5-10", "not_number"),
        ("1,2", "not_number"),
        ("#DIV/0!", "not_number"),
        (True, "not_number"),
        (10**12, "too_big"),
        ("9999999999", "too_big"),
    ],
    ids=repr,
)
def test_no_whole_numbers(value: Value, reason: str) -> None:
    with pytest.raises(CellRefused) as caught:
        as_whole_number(cell(value))
    assert caught.value.reason == reason
    assert str(caught.value).startswith("D5 里的“")
    assert str(caught.value).endswith("。")


@pytest.mark.parametrize("convert", [as_whole_number, as_household_number, as_phone, as_name, as_group, as_text])
def test_a_formula_without_a_result_is_never_guessed(convert: object) -> None:
    assert callable(convert)
    with pytest.raises(CellRefused, match="D5 里是公式，没有算出结果") as caught:
        convert(cell(None, "=SUM(A1:A2)"))
    assert caught.value.reason == "formula"


def test_a_formula_with_its_remembered_result_is_read() -> None:
    assert as_whole_number(cell(15.0, "=SUM(A1:A2)")) == 15
    assert as_name(cell("张三", "=A1")) == "张三"


class TestHouseholdNumbers:
    @pytest.mark.parametrize(
        ("value", "number"),
        [
            ("001", "001"),
            (1, "001"),
            (1.0, "001"),
            ("１", "001"),
            ("12", "012"),
            ("1234", "1234"),
            ("第7户", "007"),
            ("7号", "007"),
            ("2-015", "2-015"),
            ("a12", "A12"),
            (None, None),
            ("-", None),
        ],
        ids=repr,
    )
    def test_are_padded_to_the_sheets_width(self, value: Value, number: str | None) -> None:
        assert as_household_number(cell(value), 3) == number

    def test_width_comes_from_the_longest(self) -> None:
        assert household_number_width([cell("001"), cell(5.0), cell(None), cell("x")]) == 3
        assert household_number_width([cell(5.0), cell(126.0)]) == 3
        assert household_number_width([]) == 0
        assert as_household_number(cell(5.0)) == "5"

    @pytest.mark.parametrize("value", [1.5, "张三 李四，王五", "=1+1", "<script>", "1" * 21, -3])
    def test_what_is_none(self, value: Value) -> None:
        with pytest.raises(CellRefused, match="不像户编号"):
            as_household_number(cell(value), 3)
