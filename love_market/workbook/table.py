"""A table found on a sheet: columns by field, rows of data, and what was passed over and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from love_market.errors import words
from love_market.workbook import rules
from love_market.workbook.cells import Cell, Row, Sheet, Workbook, without_padding
from love_market.workbook.headings import Column, Header, HeaderSearch, Required, Vocabulary, heading_key

_TOTAL = re.compile(r"[^\d:]{0,8}(合计|总计|小计|共计|累计|总和)([:(\d].*)?")
_SIGNATURE = re.compile(
    r"签字|签名|签章|盖章|制表|填表人|填报人|填表单位|审核|审批|复核人|经办人|(负责人|村支书|村主任)[(:]"
    r"|日期:|时间:|^备注:|^注:|^说明:|^注\d|以下空白"
)
_EXAMPLE = re.compile(r"(填写)?(示例|范例|样例|例如|例)([:)\d].*)?")
_MARKS = re.compile(r"(满分|分值|标准分|单项分值|每项分值|最高分)([:(\d].*)?")
_SERIAL = {"序号", "序", "编序", "no", "行号"}


@dataclass(frozen=True)
class TableRow:
    """One row of data; ``row["field"]`` is its cell in that field's column."""

    number: int
    cells: Mapping[str, Cell]
    row: Row

    def __getitem__(self, field: str) -> Cell:
        """The field's cell, seen through merges that reach down; blank where there is no such column."""
        return self.cells.get(field) or Cell(self.number, 1)

    def at(self, column: Column) -> Cell:
        """The cell in a column, exactly as it stands in this row: a merged value is not repeated."""
        return self.row.cell(column.number)


@dataclass(frozen=True)
class PassedOver:
    """A row that is no data.

    ``reason`` is ``total``, ``marks`` (full marks of each column), ``signature``, ``header``, ``title``,
    ``example`` or ``serial`` (a row numbered in advance and left empty).
    """

    number: int
    reason: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table: its sheet, the titles above it, its header, its columns by field, the others, and its rows."""

    sheet: str
    titles: tuple[str, ...]
    header_rows: tuple[int, ...]
    columns: Mapping[str, Column]
    others: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    passed_over: tuple[PassedOver, ...]

    def has(self, field: str) -> bool:
        """Whether a column was found for the field."""
        return field in self.columns

    def column_cells(self, column: Column) -> Iterator[Cell]:
        """The column's cells in the rows of data, from the top."""
        return (row.at(column) for row in self.rows)


class _RowSorter:
    """Tells rows of data from everything else that stands under a header."""

    def __init__(self, sheet: Sheet, header: Header, titles: tuple[str, ...]) -> None:
        self.sheet = sheet
        self.header = header
        self.titles = {heading_key(title) for title in titles}
        self.headings = {
            column.number: {heading_key(part) for part in column.path} for column in header.columns if column.path
        }
        self.serials = {column.number for column in header.columns if heading_key(column.heading) in _SERIAL}

    def reason_to_pass(self, row: Row) -> str | None:
        """Why the row is no data: a word of ``PassedOver.reason``, ``blank``, or None for data."""
        cells = [cell for cell in row if not cell.is_blank]
        if not cells:
            return "blank"
        leads = [without_padding(cell.text) for cell in cells[:2]]
        first = leads[0]
        if not (cells[0].is_number or first.isdecimal()):
            leads = leads[:1]
        reasons = {
            "total": any(_TOTAL.fullmatch(lead) for lead in leads),
            "marks": any(_MARKS.fullmatch(lead) for lead in leads),
            "signature": _SIGNATURE.search(first) is not None,
            "example": _EXAMPLE.fullmatch(first) is not None,
            "header": all(heading_key(cell.text) in self.headings.get(cell.column, ()) for cell in cells),
            "title": heading_key(first) in self.titles,
            "serial": all(cell.column in self.serials or cell.is_formula for cell in cells),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


def find_table(sheet: Sheet, vocabulary: Vocabulary, required: Required) -> Table:
    """The table on one sheet; raises ``NoUsableHeader``, which lists what was wanted and what was seen."""
    table, seen = _search(sheet, vocabulary, required)
    if table is None:
        raise _no_header(sheet.name, vocabulary, required, seen)
    return table


def find_table_in(workbook: Workbook, vocabulary: Vocabulary, required: Required) -> Table:
    """The table on the first visible sheet that has a usable header; raises ``NoUsableHeader``."""
    best: tuple[str, tuple[str, ...]] = ("", ())
    for sheet in workbook.sheets:
        if sheet.hidden or sheet.is_blank:
            continue
        table, seen = _search(sheet, vocabulary, required)
        if table is not None:
            return table
        if not best[0] or len(seen) > len(best[1]):
            best = (sheet.name, seen)
    raise _no_header(best[0] or workbook.filename, vocabulary, required, best[1])


def _search(sheet: Sheet, vocabulary: Vocabulary, required: Required) -> tuple[Table | None, tuple[str, ...]]:
    search = HeaderSearch(sheet, vocabulary, required)
    header = search.find()
    if header is None:
        return None, search.seen
    return _table(sheet, header), ()


def _table(sheet: Sheet, header: Header) -> Table:
    titles = tuple(
        cell.written for row in sheet.rows if row.number < header.rows[0] for cell in row if not cell.is_blank
    )
    columns = {column.field: column for column in header.columns if column.field is not None}
    sorter = _RowSorter(sheet, header, titles)
    rows: list[TableRow] = []
    passed: list[PassedOver] = []
    for row in sheet.rows:
        if row.number <= header.rows[-1]:
            continue
        reason = sorter.reason_to_pass(row)
        if reason is None:
            cells = {field: _seen_through(sheet, header, row, column) for field, column in columns.items()}
            rows.append(TableRow(row.number, cells, row))
        elif reason != "blank":
            text = " ".join(cell.written for cell in row if not cell.is_blank)
            passed.append(PassedOver(row.number, reason, text[:80]))
    others = tuple(column for column in header.columns if column.field is None)
    return Table(sheet.name, titles, header.rows, columns, others, tuple(rows), tuple(passed))


def _seen_through(sheet: Sheet, header: Header, row: Row, column: Column) -> Cell:
    """A field's cell; covered by a merge that began higher up among the data, the merge's first cell."""
    span = sheet.span(row.number, column.number)
    if span is not None and span[0] > header.rows[-1] and span[1] == span[3]:
        return sheet.row(span[0]).cell(span[1])
    return row.cell(column.number)


def _no_header(sheet: str, vocabulary: Vocabulary, required: Required, seen: tuple[str, ...]) -> rules.NoUsableHeader:
    groups = [(group,) if isinstance(group, str) else group for group in required]
    wanted = "；".join("/".join(list(dict.fromkeys(n for f in group for n in vocabulary[f]))[:4]) for group in groups)
    if seen:
        return rules.NoUsableHeader(
            words(
                "工作表“{sheet}”的表头认不全。要找的列是：{wanted}；看到的列是：{seen}。"
                "请把表头的名称改成要找的名称，再上传。"
            ),
            sheet=sheet,
            wanted=wanted,
            seen="、".join(seen[:20]),
        )
    return rules.NoUsableHeader(
        words("工作表“{sheet}”的前 {rows} 行里没有表头。要找的列是：{wanted}。请在表格上方加一行表头，再上传。"),
        sheet=sheet,
        rows=rules.HEADER_ROWS_SEARCHED,
        wanted=wanted,
    )
