"""Finding a table's header as villages write it: below titles, over one or two rows, under other names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from love_market.workbook import rules
from love_market.workbook.cells import Cell, Sheet, column_letter, normalise

Vocabulary = Mapping[str, Sequence[str]]
"""Field → the headings it goes by, the surest first."""

Required = Sequence[str | tuple[str, ...]]
"""Fields that must be there; a tuple means any one of them."""

_BRACKETED = re.compile(r"[(\[{【〔〈《][^)\]}】〕〉》]*[)\]}】〕〉》]")
_PUNCTUATION = re.compile(r"[\s()\[\]{}【】〔〕〈〉《》*:;,.。、/\\|·\-_—~#\"'“”?!]+")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_MAX_CATEGORY_CHARACTERS = 16


def heading_key(text: str, *, with_brackets: bool = True) -> str:
    """A heading made comparable: no blanks, no punctuation and, if wished, nothing in brackets."""
    plain = normalise(text).lower()
    if not with_brackets:
        plain = _BRACKETED.sub("", plain)
    return _PUNCTUATION.sub("", plain)


@dataclass(frozen=True)
class Column:
    """A column: its 1-based number, its headings from category to item, the field it was taken for."""

    number: int
    path: tuple[str, ...]
    field: str | None = None

    @property
    def letter(self) -> str:
        """The column's letters on the sheet."""
        return column_letter(self.number)

    @property
    def heading(self) -> str:
        """The last part of the path, as written; empty for a column without a heading."""
        return self.path[-1] if self.path else ""

    @property
    def category(self) -> str:
        """The part above the heading; empty where the header has one row."""
        return self.path[0] if len(self.path) > 1 else ""


@dataclass(frozen=True)
class Header:
    """Where the header stands (1-based rows) and what it names."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]


def _keys(path: tuple[str, ...]) -> list[str]:
    """All the names by which a column may be known, the surest first."""
    if not path:
        return []
    candidates = []
    for with_brackets in (True, False):
        if len(path) > 1:
            candidates.append("".join(heading_key(part, with_brackets=with_brackets) for part in path))
        candidates.append(heading_key(path[-1], with_brackets=with_brackets))
    return [key for key in dict.fromkeys(candidates) if key]


def assign(paths: Mapping[int, tuple[str, ...]], vocabulary: Vocabulary) -> dict[int, str]:
    """Column number → field: each takes the leftmost column still free under the surest of its names."""
    keys = {number: _keys(path) for number, path in paths.items()}
    taken: dict[int, str] = {}
    for field, names in vocabulary.items():
        wanted = [heading_key(name) for name in names]
        found = [
            (wanted.index(key), place, number)
            for number, known in keys.items()
            if number not in taken
            for place, key in enumerate(known)
            if key in wanted
        ]
        if found:
            taken[min(found)[2]] = field
    return taken


def missing(required: Required, fields: Iterable[str]) -> list[tuple[str, ...]]:
    """The required groups of which none is among ``fields``."""
    have = set(fields)
    groups = [(group,) if isinstance(group, str) else group for group in required]
    return [group for group in groups if not have.intersection(group)]


class HeaderSearch:
    """The search over one sheet's first rows."""

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary, required: Required) -> None:
        self.sheet = sheet
        self.vocabulary = vocabulary
        self.required = required
        self.words = {heading_key(name) for names in vocabulary.values() for name in names}
        self.seen: tuple[str, ...] = ()

    def find(self) -> Header | None:
        """The first header that names all that is required, its category or item row with it."""
        best = 0
        for row in self.sheet.rows:
            number = row.number
            if number > rules.HEADER_ROWS_SEARCHED:
                break
            known = sum(self._is_word(cell) for cell in row)
            if known > best:
                best, self.seen = known, tuple(dict.fromkeys(cell.written for cell in row))
            for rows in self._candidates(number):
                header = self._header(rows)
                fields = [column.field for column in header.columns if column.field]
                if len(header.columns) > 1 and not missing(self.required, fields):
                    return header
        return None

    def _candidates(self, number: int) -> list[tuple[int, ...]]:
        candidates: list[tuple[int, ...]] = []
        if self._is_item_row(number, number + 1):
            candidates.append((number, number + 1))
        elif number > 1 and self._is_category_row(number - 1, number):
            candidates.append((number - 1, number))
        return [*candidates, (number,)]

    def _is_word(self, cell: Cell) -> bool:
        return heading_key(cell.text) in self.words or heading_key(cell.text, with_brackets=False) in self.words

    def _path(self, rows: tuple[int, ...], column: int) -> tuple[str, ...]:
        parts = [self.sheet.spread(row, column).written for row in rows]
        if len(rows) > 1 and not parts[0] and parts[1]:
            parts[0] = self._category_at_left(rows, column)
        distinct: list[str] = []
        for part in parts:
            if part and heading_key(part) not in [heading_key(known) for known in distinct]:
                distinct.append(part)
        return tuple(distinct)

    def _category_at_left(self, rows: tuple[int, ...], column: int) -> str:
        """A category written over the first of its columns only, not merged, reaches right to the next."""
        for left in range(column - 1, 0, -1):
            if self.sheet.span(rows[0], left):
                return ""
            above, item = self.sheet.row(rows[0]).cell(left), self.sheet.row(rows[1]).cell(left)
            if item.is_blank or self._is_word(item) != self._is_word(self.sheet.row(rows[1]).cell(column)):
                return ""
            if not above.is_blank:
                return "" if heading_key(above.text) == heading_key(item.text) else above.written
        return ""

    def _header(self, rows: tuple[int, ...]) -> Header:
        paths = {column: self._path(rows, column) for column in range(1, self.sheet.last_column + 1)}
        named = {column: path for column, path in paths.items() if path}
        fields = assign(named, self.vocabulary)
        return Header(rows, tuple(Column(number, path, fields.get(number)) for number, path in named.items()))

    def _is_item_row(self, upper: int, lower: int) -> bool:
        """Whether ``lower`` carries the items under ``upper``, and is not the first row of data."""
        cells = [cell for cell in self.sheet.row(lower) if not cell.is_blank]
        if not cells or any(cell.is_number or cell.is_formula or _NUMBER.fullmatch(cell.text) for cell in cells):
            return False
        if not any(self._is_word(cell) for cell in self.sheet.row(upper)):
            return False
        return all(self._may_stand_under(upper, cell) for cell in cells)

    def _may_stand_under(self, upper: int, cell: Cell) -> bool:
        span = self.sheet.span(upper, cell.column)
        is_category = span is not None and span[3] > span[1] and span[2] < cell.row
        over = self.sheet.spread(upper, cell.column)
        same = heading_key(over.text) == heading_key(cell.text)
        return is_category or same or self._is_word(cell) or not self._is_word(over)

    def _is_title_like(self, number: int) -> bool:
        """Whether a row is a title or a form line: one wide text, or texts such as ``填报单位:…``."""
        cells = [cell for cell in self.sheet.row(number) if not cell.is_blank]
        texts = [_BRACKETED.sub("", cell.text) for cell in cells]
        if any(":" in text or len(text) > _MAX_CATEGORY_CHARACTERS for text in texts):
            return True
        span = self.sheet.span(number, cells[0].column) if cells else None
        is_wide = span is not None and span[3] - span[1] + 1 >= self.sheet.last_column - 1
        return len(cells) <= 1 and (span is None or is_wide)

    def _is_category_row(self, upper: int, lower: int) -> bool:
        """Whether ``upper`` carries the categories over the headings of ``lower``."""
        cells = [cell for cell in self.sheet.row(upper) if not cell.is_blank]
        if not cells or self._is_title_like(upper):
            return False
        for cell in cells:
            under = self.sheet.row(lower).cell(cell.column)
            span = self.sheet.span(upper, cell.column)
            merged = span is not None and span[3] > span[1]
            if self._is_word(under) and not merged and heading_key(cell.text) != heading_key(under.text):
                return False
        return True
