"""Any spreadsheet's bytes → a ``Workbook``, or a named refusal. Nothing in it is ever evaluated."""

import io
from collections.abc import Sequence
from dataclasses import replace

import python_calamine

from love_market.errors import words
from love_market.workbook import archive, biff, compound, ooxml, opendocument, rules
from love_market.workbook.cells import Cell, Row, Sheet, Value, Workbook, normalise
from love_market.workbook.delimited import read_delimited
from love_market.workbook.rules import WorkbookRefused
from love_market.workbook.scan import SheetScan

MARKS_HEADING = "问题（改好再传，这一列不用删）"
"""What stands over the column of our own words in a workbook that ``mark_workbook`` gave back; it is never read."""

_MARKS_KEY = normalise(MARKS_HEADING)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_FOREIGN = (
    (b"\xff\xd8\xff", words("图片")),
    (b"\x89PNG", words("图片")),
    (b"GIF8", words("图片")),
    (b"BM", words("图片")),
    (b"RIFF", words("图片或视频")),
    (b"%PDF", words("PDF 文件")),
    (b"Rar!", words("压缩包")),
    (b"7z\xbc\xaf", words("压缩包")),
    (b"\x1f\x8b", words("压缩包")),
    (b"{\\rtf", words("Word 文档")),
    (b"\x00\x00\x00", words("视频")),
)


def read_workbook(data: bytes, filename: str) -> Workbook:
    """Read .xlsx, .xls, .ods or delimited text, told apart by their bytes, never by ``filename``.

    Raises a ``WorkbookRefused``: ``NotAWorkbook``, ``WorkbookEncrypted``, ``WorkbookBroken``,
    ``WorkbookTooLarge``, ``WorkbookBomb``, ``TooManyRows``, ``TooManyColumns``, ``TooManyCells`` or
    ``WorkbookEmpty``.
    """
    if len(data) > rules.MAX_FILE_BYTES:
        raise rules.too_large(filename, len(data))
    if not data.strip():
        raise rules.empty(filename)
    workbook = _read(data, filename)
    workbook = replace(workbook, sheets=tuple(_without_marks(sheet) for sheet in workbook.sheets))
    if all(sheet.is_blank for sheet in workbook.sheets):
        raise rules.empty(filename)
    return workbook


def is_marks_heading(value: object) -> bool:
    """Whether a cell's value is the heading over our own words."""
    return isinstance(value, str) and "问题" in value and normalise(value) == _MARKS_KEY


def _without_marks(sheet: Sheet) -> Sheet:
    """The sheet without the column of our own words, from its heading down."""
    heading = next((cell for row in sheet.rows for cell in row if is_marks_heading(cell.value)), None)
    if heading is None:
        return sheet
    kept = [
        row
        if row.number < heading.row or heading.column not in row.filled
        else Row(row.number, {column: cell for column, cell in row.filled.items() if column != heading.column})
        for row in sheet.rows
    ]
    return replace(sheet, rows=tuple(row for row in kept if row.filled))


def _read(data: bytes, filename: str) -> Workbook:
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _read_zip(data, filename)
    if data.startswith(compound.MAGIC):
        scans, checked_stream = biff.scan_stream(data, filename)
        return Workbook(filename, "xls", _sheets(checked_stream, filename, scans))
    for mark, kind in _FOREIGN:
        if data.startswith(mark):
            raise rules.not_a_workbook(filename, kind)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        raise rules.not_a_workbook(filename, words("网页格式的文件"))
    return Workbook(filename, "csv", (read_delimited(data, filename),))


def _read_zip(data: bytes, filename: str) -> Workbook:
    names = {name.lower() for name in archive.names_in(data, filename)}
    if ooxml.WORKBOOK_PART in names:
        scans, checked = ooxml.scan_package(archive.open_parts(data, filename), filename)
        return Workbook(filename, "xlsx", _sheets(archive.pack(checked), filename, scans))
    if "mimetype" in names and opendocument.CONTENT_PART in names:
        parts = archive.open_parts(data, filename)
        if parts["mimetype"].startswith(_ODS_TYPE):
            scans, checked = opendocument.scan_package(parts, filename)
            return Workbook(filename, "ods", _sheets(archive.pack(checked), filename, scans))
        raise rules.not_a_workbook(filename, words("文字文档"))
    if "word/document.xml" in names:
        raise rules.not_a_workbook(filename, words("Word 文档"))
    if "ppt/presentation.xml" in names:
        raise rules.not_a_workbook(filename, words("幻灯片"))
    if "xl/workbook.bin" in names:
        raise rules.not_a_workbook(filename, words("二进制格式（.xlsb）的表格"))
    raise rules.not_a_workbook(filename, words("压缩包"))


def _sheets(data: bytes, filename: str, scans: Sequence[SheetScan]) -> tuple[Sheet, ...]:
    """The sheets as the reader sees them, joined with what the first pass knows of each."""
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return tuple(
                _sheet(book.get_sheet_by_index(index), known, scan)
                for index, (known, scan) in enumerate(zip(book.sheets_metadata, scans, strict=True))
                if known.typ == python_calamine.SheetTypeEnum.WorkSheet
            )
    except WorkbookRefused:
        raise
    except python_calamine.PasswordError as why:
        raise rules.encrypted(filename) from why
    except (python_calamine.CalamineError, ValueError, OSError) as why:
        raise rules.broken(filename) from why
    except BaseException as why:
        if type(why).__name__ == "PanicException":  # the reader's own way of giving up; it has no better name
            raise rules.broken(filename) from why
        raise


def _sheet(source: python_calamine.CalamineSheet, known: python_calamine.SheetMetadata, scan: SheetScan) -> Sheet:
    """One sheet; formulas without a result and error values are put in where the reader is silent."""
    silent: dict[int, dict[int, Cell]] = {}
    for (row, column), formula in scan.formulas.items():
        silent.setdefault(row, {})[column] = Cell(row, column, None, formula)
    for (row, column), fault in scan.faults.items():
        silent.setdefault(row, {})[column] = Cell(row, column, fault, scan.formulas.get((row, column)))
    rows: list[Row] = []
    for number, values in enumerate(source.to_python(skip_empty_area=False), 1):
        filled = silent.pop(number, {})
        for column, value in enumerate(values, 1):
            if value != "":
                seen: Value = value
                filled[column] = Cell(number, column, seen, scan.formulas.get((number, column)))
        if filled:
            rows.append(Row(number, filled))
    rows += [Row(number, filled) for number, filled in silent.items()]
    rows.sort(key=lambda row: row.number)
    hidden = scan.hidden or known.visible != python_calamine.SheetVisibleEnum.Visible
    return Sheet(known.name, tuple(rows), scan.merged_by_row(), hidden)
