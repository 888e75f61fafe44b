"""One cell → one value of the kind its column needs, or a ``CellRefused`` that names cell and cause. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from love_market.errors import words
from love_market.workbook.cells import Cell, is_ideograph, normalise, without_padding
from love_market.workbook.rules import CellRefused

MAX_NAME_CHARACTERS = 50
MAX_TEXT_CHARACTERS = 500
_LARGEST = 10**9
_MAX_NUMBER_CHARACTERS = 20
_MAX_WIDTH = 8
_MOBILE_WITH_COUNTRY = 13
_LAST_GROUP = 99
_BORN = range(1850, 2101)
_WHOLE = re.compile(r"([-+]?)([0-9]{1,400})(?:\.0+)?(?:分|个|人|口|户|次|元)?")
_NONE_WORDS = {
    "",
    "无",
    "无电话",
    "没有",
    "暂无",
    "未填",
    "不详",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "0",
    "x",
    "none",
    "null",
    "空",
}
_GROUP = re.compile(r"第?([0-9]{1,3}|[零〇一二三四五六七八九十两]{1,3})(?:村民小组|居民小组|小组|组|社|队|村民组)?")
_DIGITS = "零一二三四五六七八九"
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．", "·"))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_IDENTITY_WITHIN = re.compile(r"(?<![0-9])([1-9]\d{16}[0-9Xx]|[1-9]\d{14})(?![0-9])")


def _refuse_empty_formula(cell: Cell) -> None:
    if cell.is_formula and cell.value in (None, ""):
        raise CellRefused(
            "formula",
            words("{address} 里是公式，没有算出结果。请在 WPS 或 Excel 里打开、保存一次，或直接填上数。"),
            address=cell.address,
        )


def as_whole_number(cell: Cell) -> int | None:
    """A whole number, stored as a number or as text, ``１０`` and ``10分`` included; None for a blank cell.

    Raises ``CellRefused`` with ``formula``, ``not_whole``, ``not_number`` or ``too_big``.
    """
    _refuse_empty_formula(cell)
    if cell.is_blank:
        return None
    text = cell.text.replace(" ", "").replace("−", "-").replace("–", "-")
    if not isinstance(cell.value, bool):
        match = _WHOLE.fullmatch(text.replace(",", "") if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text) else text)
        if match is not None:
            number = int(match[1] + match[2])
            if abs(number) <= _LARGEST:
                return number
            raise CellRefused(
                "too_big", words("{address} 里的“{text}”太大。请核对。"), address=cell.address, text=text[:20]
            )
    if cell.is_number or re.fullmatch(r"[-+]?\d*\.\d+\D?", text):
        message = words("{address} 里的“{text}”不是整数。请改成整数。")
        raise CellRefused("not_whole", message, address=cell.address, text=text[:20])
    message = words("{address} 里的“{text}”不是数字。请用数字填写，比如 10。")
    raise CellRefused("not_number", message, address=cell.address, text=text[:20])


def household_number_width(cells: Iterable[Cell]) -> int:
    """How many digits the sheet's household numbers have: the longest all-digit one."""
    texts = [cell.text.replace(" ", "") for cell in cells]
    return max((len(text) for text in texts if text.isdecimal() and len(text) <= _MAX_WIDTH), default=0)


def as_household_number(cell: Cell, width: int = 0) -> str | None:
    """A household's number as text: ``001`` for 1 where ``width`` is 3; letters and dashes stay.

    None for a blank cell. Raises ``CellRefused`` with ``formula`` or ``not_household_number``.
    """
    _refuse_empty_formula(cell)
    text = re.sub(r"[户号]$", "", re.sub(r"^第", "", cell.text.replace(" ", ""))).upper()
    if cell.is_blank or text in ("", "-", "无"):
        return None
    is_fraction = cell.is_number and "." in text
    if is_fraction or len(text) > _MAX_NUMBER_CHARACTERS or not re.fullmatch(r"\w+([-/.]\w+)*", text):
        message = words("{address} 里的“{text}”不像户编号。请填数字编号，比如 001。")
        raise CellRefused("not_household_number", message, address=cell.address, text=cell.text[:20])
    return text.zfill(width) if text.isdecimal() else text


def as_phone(cell: Cell) -> str | None:
    """A telephone number as digits only; None for blank, ``无``, ``-`` and the like.

    Raises ``CellRefused`` with ``formula``, ``many_phones`` or ``not_phone``.
    """
    _refuse_empty_formula(cell)
    text = cell.text.strip("'")
    if text.replace(" ", "").lower() in _NONE_WORDS:
        return None
    digits = re.sub(r"[\s\-—–()+]", "", text)
    if digits.startswith("86") and len(digits) == _MOBILE_WITH_COUNTRY:
        digits = digits[2:]
    if re.fullmatch(r"1[0-9]{10}|0[0-9]{9,11}|[0-9]{5,8}", digits):
        return digits
    if len(re.findall(r"1\d{10}|0\d{2,3}-?\d{7,8}", text)) > 1:
        message = words("{address} 里有不止一个电话“{text}”。请只留一个。")
        raise CellRefused("many_phones", message, address=cell.address, text=text[:40])
    message = words("{address} 里的“{text}”不像电话号码。请核对，没有就填“无”。")
    raise CellRefused("not_phone", message, address=cell.address, text=text[:20])


def _refuse_control(cell: Cell, text: str) -> None:
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        message = words("{address} 里有看不见的控制字符或换行。请重新填写这一格。")
        raise CellRefused("control", message, address=cell.address)


def as_name(cell: Cell) -> str | None:
    """A person's name: padding out, ``·`` in its one form, rare characters kept; None for a blank cell.

    Raises ``CellRefused`` with ``formula``, ``control``, ``not_name`` or ``too_long``.
    """
    _refuse_empty_formula(cell)
    _refuse_control(cell, cell.written)
    name = without_padding(cell.written.translate(_MIDDLE_DOTS)).translate(_MIDDLE_DOTS)
    if not name:
        return None
    if not any(sign.isalpha() or is_ideograph(sign) for sign in name):
        message = words("{address} 里的“{text}”不像姓名。请核对。")
        raise CellRefused("not_name", message, address=cell.address, text=name[:20])
    if len(name) > MAX_NAME_CHARACTERS:
        message = words("{address} 里的姓名太长，最多 {limit} 个字。请核对。")
        raise CellRefused("too_long", message, address=cell.address, limit=MAX_NAME_CHARACTERS)
    return name


def as_text(cell: Cell) -> str:
    """Free text as written, blanks and line breaks run together; empty for a blank cell.

    Raises ``CellRefused`` with ``formula``, ``control`` or ``too_long``.
    """
    _refuse_empty_formula(cell)
    text = " ".join(cell.written.split())
    _refuse_control(cell, text)
    if len(text) > MAX_TEXT_CHARACTERS:
        message = words("{address} 里的字太多，最多 {limit} 个字。请缩短。")
        raise CellRefused("too_long", message, address=cell.address, limit=MAX_TEXT_CHARACTERS)
    return text


def _counted(text: str) -> int:
    """A group's number, in digits or in Chinese up to 99; 0 for what is none."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("两", "二").replace("〇", "零").rpartition("十")
    unit = _DIGITS.find(ones) if len(ones) <= 1 else -1
    if unit < 0 or len(tens) > 1:
        return 0
    return (max(1, _DIGITS.find(tens) if tens else 1) * 10 if ten else 0) + (unit if ones else 0)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def as_group(cell: Cell) -> str | None:
    """A villagers' group: ``第1组``, ``1``, ``一小组`` → ``一组``; other names stay; None for a blank cell."""
    _refuse_empty_formula(cell)
    name = without_padding(cell.written)
    _refuse_control(cell, name)
    if not name:
        return None
    match = _GROUP.fullmatch(name)
    number = _counted(match[1]) if match else 0
    return f"{_chinese(number)}组" if 0 < number <= _LAST_GROUP else name


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year in _BORN
    except ValueError:
        return False


def looks_like_identity_number(text: str) -> bool:
    """Whether a text is an identity number (GB 11643): 18 signs by MOD 11-2 or a birthday, 15 by a birthday.

    A number with a mistyped check digit is still someone's number, so a plausible birthday is enough.
    """
    number = re.sub(r"[\s'-]", "", normalise(text)).upper()
    if re.fullmatch(r"[1-9]\d{14}", number):
        return _is_day("19" + number[6:12])
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17] or _is_day(number[6:14])


def holds_identity_number(text: str) -> bool:
    """Whether an identity number stands anywhere inside a text such as a remark."""
    return any(looks_like_identity_number(match[1]) for match in _IDENTITY_WITHIN.finditer(normalise(text)))


def without_identity_numbers(text: str) -> str:
    """The text with every identity number inside it taken out and ``[身份证号已略]`` put in its place."""

    def cover(match: re.Match[str]) -> str:
        return "[身份证号已略]" if looks_like_identity_number(match[1]) else match[0]

    return _IDENTITY_WITHIN.sub(cover, text) if holds_identity_number(text) else text


def is_identity_column(cells: Iterable[Cell]) -> bool:
    """Whether most of a column's filled cells are identity numbers, whatever its heading says."""
    texts = [cell.text for cell in cells if not cell.is_blank]
    return bool(texts) and 2 * sum(looks_like_identity_number(text) for text in texts) > len(texts)
