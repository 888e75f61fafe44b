"""One row of a roster → its values, or the reason why it cannot be taken in. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from love_market.errors import words
from love_market.people.intake.roster import LONGEST, MOST_MEMBERS
from love_market.people.intake.sayings import COVER, Saying, clean, say
from love_market.people.rules import LONGEST_NAME
from love_market.workbook import (
    Cell,
    CellRefused,
    TableRow,
    as_group,
    as_household_number,
    as_name,
    as_phone,
    as_text,
    as_whole_number,
)

HEAD_RELATIONS = {"户主", "本人", "户主本人", "本户户主", "户代表", "本户"}
Value = TypeVar("Value")
_NAMES = frozenset({"head_name", "member_name", "relation"})
_BETWEEN_PHONES = re.compile(r"[/、,，;；|\s]+")


class RowRefused(Exception):
    """A row that cannot be taken in; ``why`` says it to the reader."""

    def __init__(self, why: Saying, cell: Cell | None = None) -> None:
        self.why = why if cell is None else why.about(cell)
        super().__init__(why.text)


@dataclass
class RowReader:
    """Reads the fields of one row; remembers what it read otherwise than written, and how many numbers it covered."""

    row: TableRow
    fields: frozenset[str]
    width: int
    remarks: list[Saying] = field(default_factory=list)
    covered: int = 0

    def name(self, column: str) -> str | None:
        """A person's name; None for a blank cell; raises ``RowRefused``."""
        name = self._value(column, as_name)
        if name is not None and len(name) > LONGEST_NAME:
            raise RowRefused(say(words("姓名太长，最多 {limit} 个字。"), limit=LONGEST_NAME), self.row[column])
        return name

    def number(self) -> str | None:
        """The household's number; None where there is none; raises ``RowRefused``."""
        return self._value("household_number", lambda cell: as_household_number(cell, self.width))

    def group(self) -> str | None:
        """The villagers' group; None where nothing is said."""
        return self._short("group", "group_name", self._value("group", as_group))

    def text(self, column: str, limit_of: str) -> str | None:
        """A text; None where nothing is said."""
        return self._short(column, limit_of, self._value(column, as_text) or None)

    def relation(self) -> str:
        """The relation to the head, without blanks; empty where nothing is said."""
        return self._short("relation", "relation", self._value("relation", as_name)) or ""

    def phone(self) -> str | None:
        """A telephone number: empty where the roster says there is none, None where it says nothing or nonsense."""
        cell = self._cleaned("phone")
        if cell is None or cell.is_blank:
            return None
        try:
            return as_phone(cell) or ""
        except CellRefused as refusal:
            first = replace(cell, value=_BETWEEN_PHONES.split(cell.text)[0], formula=None)
            try:
                number = as_phone(first) if refusal.reason == "many_phones" else None
            except CellRefused:
                number = None
        if number:
            self.remarks.append(say(words("写了不止一个电话，记了第一个 {phone}。"), phone=number))
        else:
            self.remarks.append(say(words("电话“{text}”不像电话号码，没有记。"), text=cell.text[:20]).about(cell))
        return number

    def member_count(self) -> int | None:
        """How many people the household has; None where nothing is said; raises ``RowRefused``."""
        count = self._value("member_count", as_whole_number)
        if count is not None and not 1 <= count <= MOST_MEMBERS:
            why = say(words("家庭人口是 {count}，要在 1 到 {most} 之间。"), count=count, most=MOST_MEMBERS)
            raise RowRefused(why, self.row["member_count"])
        return count

    def _short(self, column: str, limit_of: str, text: str | None) -> str | None:
        if text is not None and len(text) > LONGEST[limit_of]:
            why = say(words("“{text}…”太长，最多 {limit} 个字。"), text=text[:12], limit=LONGEST[limit_of])
            raise RowRefused(why, self.row[column])
        return text

    def _value(self, column: str, read: Callable[[Cell], Value | None]) -> Value | None:
        cell = self._cleaned(column)
        if cell is None:
            return None
        try:
            return read(cell)
        except CellRefused as refusal:
            raise RowRefused(say(refusal.message, **refusal.values), cell) from refusal

    def _cleaned(self, column: str) -> Cell | None:
        """The column's cell with identity numbers covered; None where the roster has no such column."""
        if column not in self.fields:
            return None
        cell = self.row[column]
        if cell.is_blank:
            return cell
        covered = clean(cell.written)
        if covered == cell.written:
            return cell
        self.covered += 1
        rest = covered.replace(COVER, "").strip(" ,，;；:：/")
        if not rest:
            self.remarks.append(say(words("{address} 里是身份证号，没有记。"), address=cell.address))
        return replace(cell, value=rest if not rest or column in _NAMES else covered, formula=None)
