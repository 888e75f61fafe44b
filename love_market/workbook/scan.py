"""What a first pass over a sheet's XML tells before any table is built: its reach, its formulas, its merges.

A table is built in memory as large as its last corner, so the corner is known and refused here first.
Document types and entities, which no spreadsheet program writes, are refused wherever they stand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from love_market.workbook import rules
from love_market.workbook.cells import Span

Place = tuple[int, int]
"""Row and column, 1-based."""

MAX_FORMULA_CHARACTERS = 200


class Budget:
    """How many filled cells and how much text one workbook may still hold."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.cells_left = rules.MAX_CELLS
        self.characters_left = rules.MAX_TEXT_CHARACTERS

    def take(self, cells: int = 0, characters: int = 0) -> None:
        """Use up a part; raises ``TooManyCells`` where there is none left."""
        self.cells_left -= cells
        self.characters_left -= characters
        if self.cells_left < 0 or self.characters_left < 0:
            raise rules.too_many_cells(self.filename)


@dataclass
class SheetScan:
    """What was seen on one sheet: formulas and error values by place, and merged ranges."""

    name: str
    budget: Budget
    formulas: dict[Place, str] = field(default_factory=dict)
    faults: dict[Place, str] = field(default_factory=dict)
    merges: list[Span] = field(default_factory=list)
    hidden: bool = False

    def fill(self, row: int, column: int, cells: int = 1) -> None:
        """Note that something stands at a place; raises ``TooManyRows`` or ``TooManyColumns``."""
        if row < 1 or column < 1:
            raise rules.broken(self.budget.filename)
        if row > rules.MAX_ROWS:
            raise rules.too_many_rows(self.name, row)
        if column > rules.MAX_COLUMNS:
            raise rules.too_many_columns(self.name, column)
        self.budget.take(cells=cells)

    def merge(self, span: Span) -> None:
        """Note a merged range, cut off at the limits."""
        first_row, first_column, last_row, last_column = span
        if first_row > rules.MAX_ROWS or first_column > rules.MAX_COLUMNS:
            return
        last_row, last_column = min(last_row, rules.MAX_ROWS), min(last_column, rules.MAX_COLUMNS)
        self.budget.take(cells=last_row - first_row + 1)
        self.merges.append((first_row, first_column, last_row, last_column))

    def merged_by_row(self) -> dict[int, tuple[Span, ...]]:
        """The merged ranges under each row that they cross."""
        found: dict[int, list[Span]] = {}
        for span in self.merges:
            for row in range(span[0], span[2] + 1):
                found.setdefault(row, []).append(span)
        return {row: tuple(spans) for row, spans in found.items()}


def parse_xml(
    content: bytes,
    filename: str,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run one XML part through expat, prefixes left out; raises ``WorkbookBomb`` or ``WorkbookBroken``."""

    def refuse(*_: object) -> None:
        raise rules.bomb(filename)

    if b"\0" in content:  # another encoding than UTF-8, which the reader would see otherwise
        raise rules.broken(filename)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if start is not None:
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as why:
        raise rules.broken(filename) from why
    except (ValueError, LookupError) as why:
        raise rules.broken(filename) from why
