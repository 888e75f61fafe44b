"""One cell becomes one value, or a refusal that names the cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from love_market.workbook import (
    CellRefused,
    Value,
    as_group,
    as_name,
    as_phone,
    as_text,
)
from tests.workbook.making import cell


class TestPhones:
    @pytest.mark.parametrize(
        ("value", "phone"),
        [
            (18482123789.0, "18482123789"),
            (18482123789, "18482123789"),
            ("18482123789", "18482123789"),
            ("１８４８２１２３７８９", "18482123789"),
            ("184 8212 3789", "18482123789"),
            ("184-8212-3789", "18482123789"),
            ("+86 184 8212 3789", "18482123789"),
            ("'18482123789", "18482123789"),
            ("0352-6662123", "03526662123"),
            ("(0352)6662123", "03526662123"),
            ("6662123", "6662123"),
            ("无", None),
            ("无 ", None),
            ("-", None),
            ("——", None),
            ("/", None),
            (0, None),
            (None, None),
        ],
        ids=repr,
    )
    def test_are_digits_only(self, value: Value, phone: str | None) -> None:
        assert as_phone(cell(value)) == phone

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("15907579383/13766619345", "many_phones"),
            ("15907579383、13766619345", "many_phones"),
            ("1590757938", "not_phone"),
            ("张三", "not_phone"),
            ("1848212378.5", "not_phone"),
            ("140221195109166441", "not_phone"),
            ("=HYPERLINK(1)", "not_phone"),
        ],
        ids=repr,
    )
    def test_what_is_none(self, value: Value, reason: str) -> None:
        with pytest.raises(CellRefused) as caught:
            as_phone(cell(value))
        assert caught.value.reason == reason


class TestNames:
    @pytest.mark.parametrize(
        ("value", "name"),
        [
            ("张三", "张三"),
            ("张　　三", "张三"),
            (" 阎 明文", "阎明文"),
            ("阿依古丽·买买提", "阿依古丽·买买提"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("阿依古丽・买买提", "阿依古丽·买买提"),
            ("𠮷㙍䶮堌", "𠮷㙍䶮堌"),
            ("\U00031350某", "\U00031350某"),
            ("\ue000某", "\ue000某"),
            ("张三\u200b", "张三"),
            ("John  Smith", "John Smith"),
            ("<script>", "<script>"),
            ("=HYPERLINK(1)", "=HYPERLINK(1)"),
            (None, None),
        ],
        ids=repr,
    )
    def test_keep_what_belongs_to_them(self, value: Value, name: str | None) -> None:
        assert as_name(cell(value)) == name

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("张\x00三", "control"),
            ("张\n三", "control"),
            ("张\x1b三", "control"),
            ("123", "not_name"),
            (7, "not_name"),
            ("张" * 51, "too_long"),
        ],
        ids=repr,
    )
    def test_what_is_none(self, value: Value, reason: str) -> None:
        with pytest.raises(CellRefused) as caught:
            as_name(cell(value))
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("value", "group"),
    [
        ("一组", "一组"),
        ("第1组", "一组"),
        ("第 1 组", "一组"),
        ("第一组", "一组"),
        ("1组", "一组"),
        ("１组", "一组"),
        (1, "一组"),
        (1.0, "一组"),
        ("01", "一组"),
        ("第一村民小组", "一组"),
        ("一小组", "一组"),
        ("2队", "二组"),
        ("十组", "十组"),
        ("10组", "十组"),
        ("12", "十二组"),
        ("二十组", "二十组"),
        ("第二十三组", "二十三组"),
        ("30", "三十组"),
        ("东街组", "东街组"),
        ("堡 里", "堡里"),
        ("0", "0"),
        ("一二三组", "一二三组"),
        (None, None),
    ],
    ids=repr,
)
def test_groups_in_one_form(value: Value, group: str | None) -> None:
    assert as_group(cell(value)) == group


@given(st.integers(1, 99))
def test_every_group_has_one_form(number: int) -> None:
    group = as_group(cell(number))
    assert group is not None
    assert as_group(cell(group)) == group == as_group(cell(f"第{number}组"))


def test_free_text_keeps_its_punctuation() -> None:
    assert as_text(cell("  五保户，\n独居 ")) == "五保户， 独居"
    assert as_text(cell(None)) == ""
    assert as_text(cell("=1+1")) == "=1+1"
    with pytest.raises(CellRefused, match="最多 500 个字"):
        as_text(cell("长" * 501))
