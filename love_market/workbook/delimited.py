"""Tables kept as text: comma, tab or semicolon between fields, in the encodings that Chinese PCs write."""

import codecs
import csv
import io

from love_market.errors import words
from love_market.workbook import rules
from love_market.workbook.cells import Cell, Row, Sheet

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("utf-8", "gb18030")
_ALLOWED_CONTROLS = "\t\r\n\f\x1a"
_LINES_SNIFFED = 20
GUARDED = "=+-@\t\r\n＝＋－＠"
"""The first characters by which a spreadsheet program takes a text field for a formula."""


def decode(data: bytes, filename: str) -> str:
    """The text of a delimited file; raises ``NotAWorkbook`` where it is no text."""
    encodings = [name for mark, name in _MARKS if data.startswith(mark)] or list(_GUESSES)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(sign < " " and sign not in _ALLOWED_CONTROLS for sign in text):
            return text.replace("\x1a", "").replace("\f", "\n")
    raise rules.not_a_workbook(filename, words("别的文件"))


def _delimiter(text: str) -> str:
    """The delimiter found most often in the first lines, outside quotes."""
    head = "\n".join(text.splitlines()[:_LINES_SNIFFED])
    unquoted = "".join(head.split('"')[::2])
    return max((",", "\t", ";"), key=unquoted.count)


def _without_guard(text: str) -> str:
    """The field as it was before an export put ``'`` before what looks like a formula."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in GUARDED else text


def read_delimited(data: bytes, filename: str) -> Sheet:
    """The one sheet of a delimited file, every cell a text.

    Raises ``NotAWorkbook``, ``WorkbookBroken``, ``TooManyRows``, ``TooManyColumns`` or ``TooManyCells``.
    """
    text = decode(data, filename)
    name = filename.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0] or filename
    rows: list[Row] = []
    cells_left = rules.MAX_CELLS
    try:
        for number, fields in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), 1):
            filled = {
                column: Cell(number, column, _without_guard(value))
                for column, value in enumerate(fields, 1)
                if value.strip()
            }
            if not filled:
                continue
            if number > rules.MAX_ROWS:
                raise rules.too_many_rows(name, number)
            if max(filled) > rules.MAX_COLUMNS:
                raise rules.too_many_columns(name, max(filled))
            cells_left -= len(filled)
            if cells_left < 0:
                raise rules.too_many_cells(filename)
            rows.append(Row(number, filled))
    except csv.Error as why:
        raise rules.broken(filename) from why
    return Sheet(name, tuple(rows))
