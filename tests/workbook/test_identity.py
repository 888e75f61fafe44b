"""Identity numbers are found wherever they stand, so that none is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.workbook import (
    holds_identity_number,
    is_identity_column,
    looks_like_identity_number,
    without_identity_numbers,
)
from tests.workbook.making import cell

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class TestIdentityNumbers:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("11010519491231002X", True),
            ("11010519491231002x", True),
            ("110105 19491231 002X", True),
            ("１１０１０５１９４９１２３１００２Ｘ", True),
            ("140221195109166441", True),
            ("110105491231002", True),
            ("110105491331002", False),
            ("140221195199996441", False),
            ("18482123789", False),
            ("6222021234567890123", False),
            ("11010519491231002", False),
            ("", False),
            ("张三", False),
        ],
        ids=repr,
    )
    def test_by_their_check_or_their_birthday(self, text: str, found: bool) -> None:  # noqa: FBT001
        assert looks_like_identity_number(text) is found

    @given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
    @settings(max_examples=100, deadline=None)
    def test_every_number_with_a_right_check_is_found(self, digits: str) -> None:
        total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
        assert looks_like_identity_number(digits + "10X98765432"[total % 11])

    def test_inside_a_remark(self) -> None:
        remark = "五保户，身份证11010519491231002X，电话18482123789"
        assert holds_identity_number(remark)
        assert without_identity_numbers(remark) == "五保户，身份证[身份证号已略]，电话18482123789"
        assert without_identity_numbers("电话18482123789") == "电话18482123789"

    def test_a_column_under_any_heading(self) -> None:
        numbers = [cell("11010519491231002X"), cell(140221195109166441), cell(None), cell("无")]
        assert is_identity_column(numbers)
        assert not is_identity_column([cell("18482123789"), cell("11010519491231002X"), cell("x")])
        assert not is_identity_column([])
