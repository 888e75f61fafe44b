"""A workbook that is small outside and huge inside is refused before anything is built from it."""

import io
import re
import struct
import time
import zipfile
import zlib

import pytest

from love_market.workbook import (
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    WorkbookBomb,
    WorkbookBroken,
    WorkbookRefused,
    read_workbook,
    rules,
)
from tests.workbook.making import ROSTER, SHEET, make_ods, make_shared, make_xls, make_xlsx, make_zip, rewrite


def with_cell(reference: str, sheet: str = SHEET) -> bytes:
    """Return a roster with one more cell, written straight into the sheet's XML."""
    row = "".join(sign for sign in reference if sign.isdigit())
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return rewrite(
        make_xlsx(ROSTER),
        lambda name, content: content.replace(b"</sheetData>", cell) if name == sheet else content,
    )


class TestBombs:
    def test_a_sheet_that_unpacks_to_hundreds_of_megabytes(self) -> None:
        data = make_zip({"xl/workbook.xml": b"<workbook/>", SHEET: bytes(300 * 1024 * 1024)})
        assert len(data) < rules.MAX_FILE_BYTES
        started = time.monotonic()
        with pytest.raises(WorkbookBomb, match="大得不正常"):
            read_workbook(data, "a.xlsx")
        assert time.monotonic() - started < 5

    def test_a_sheet_that_is_packed_too_tightly(self) -> None:
        data = make_zip({"xl/workbook.xml": b"<workbook/>", SHEET: b" " * (30 * 1024 * 1024)})
        with pytest.raises(WorkbookBomb):
            read_workbook(data, "a.xlsx")

    def test_a_lie_about_the_unpacked_size_gains_nothing(self) -> None:
        """Only what the list claims is unpacked, and the reader gets only that."""
        honest = make_zip({"xl/workbook.xml": b"<workbook/>", SHEET: bytes(50 * 1024 * 1024)})
        lying = honest.replace(struct.pack("<I", 50 * 1024 * 1024), struct.pack("<I", 100))
        with pytest.raises(WorkbookRefused):
            read_workbook(lying, "a.xlsx")

    def test_a_lie_with_a_matching_checksum(self) -> None:
        """The claim, the checksum and the start are true; the rest of the stream is never unpacked."""
        sheet = zipfile.ZipFile(io.BytesIO(make_xlsx(ROSTER))).read(SHEET)
        long = rewrite(make_xlsx(ROSTER), lambda name, part: part + b" " * 9_000_000 if name == SHEET else part)
        lying = long.replace(struct.pack("<I", len(sheet) + 9_000_000), struct.pack("<I", len(sheet)))
        lying = lying.replace(
            struct.pack("<I", zlib.crc32(sheet + b" " * 9_000_000)), struct.pack("<I", zlib.crc32(sheet))
        )
        workbook = read_workbook(lying, "a.xlsx")
        assert [[cell.value for cell in row] for row in workbook.sheets[0].rows] == ROSTER

    def test_thousands_of_entries(self) -> None:
        data = make_zip({f"xl/media/{number}.png": b"" for number in range(6000)} | {"xl/workbook.xml": b"<a/>"})
        with pytest.raises(WorkbookBomb):
            read_workbook(data, "a.xlsx")

    def test_the_same_entry_twice(self) -> None:
        target = io.BytesIO(make_xlsx(ROSTER))
        with zipfile.ZipFile(target, "a") as container:
            container.writestr(SHEET.upper(), b"<worksheet/>")
        with pytest.raises(WorkbookBomb):
            read_workbook(target.getvalue(), "a.xlsx")

    @pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"])
    def test_entities(self, part: str) -> None:
        bomb = (
            b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        )

        def change(name: str, content: bytes) -> bytes:
            if name != part:
                return content
            return bomb + content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else bomb + content

        with pytest.raises(WorkbookBomb):
            read_workbook(rewrite(make_shared(ROSTER), change), "a.xlsx")

    def test_an_outside_entity_is_never_fetched(self) -> None:
        text = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
        parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": text}
        with pytest.raises(WorkbookBomb):
            read_workbook(make_zip(parts), "a.ods")

    def test_one_long_text_in_many_cells(self) -> None:
        data = make_shared([["积" * 30_000]] * 2000)
        assert len(data) < 100_000
        with pytest.raises(TooManyCells):
            read_workbook(data, "a.xlsx")

    def test_repetitions_of_an_ods(self) -> None:
        def repeat(name: str, content: bytes) -> bytes:
            if name != "content.xml":
                return content
            content = content.replace(b"<table:table-row", b'<table:table-row table:number-rows-repeated="15000"')
            return content.replace(b"<table:table-cell", b'<table:table-cell table:number-columns-repeated="90"')

        with pytest.raises(TooManyCells, match="500000"):
            read_workbook(rewrite(make_ods(ROSTER), repeat), "a.ods")


class TestReach:
    """A single far corner would make the reader build a table of billions of cells."""

    def test_the_last_cell_of_all(self) -> None:
        with pytest.raises(TooManyRows, match="第 1048576 行，最多可以有 20000 行"):
            read_workbook(with_cell("XFD1048576"), "a.xlsx")

    def test_a_row_too_many(self) -> None:
        assert len(read_workbook(with_cell("A20000"), "a.xlsx").sheets[0].rows) == 3
        with pytest.raises(TooManyRows, match="“花名册”写到了第 20001 行"):
            read_workbook(with_cell("A20001"), "a.xlsx")

    def test_a_column_too_many(self) -> None:
        assert read_workbook(with_cell("GR3"), "a.xlsx").sheets[0].last_column == 200
        with pytest.raises(TooManyColumns, match="第 201 列，最多可以有 200 列"):
            read_workbook(with_cell("GS3"), "a.xlsx")

    def test_formatted_but_empty_cells_do_not_count(self) -> None:
        cell = b'<row r="1048576" s="1"><c r="XFD1048576" s="0"/></row></sheetData>'
        data = rewrite(make_xlsx(ROSTER), lambda _, content: content.replace(b"</sheetData>", cell))
        assert len(read_workbook(data, "a.xlsx").sheets[0].rows) == 2

    def test_in_the_other_formats(self) -> None:
        with pytest.raises(TooManyRows):
            read_workbook(make_xls([*ROSTER, *[[None]] * 30_000, ["末"]]), "a.xls")
        with pytest.raises(TooManyColumns):
            read_workbook(make_xls([["户主", *[None] * 210, "末"]]), "a.xls")
        with pytest.raises(TooManyRows):
            read_workbook(b"a,b\n" * 20_001, "a.csv")
        with pytest.raises(TooManyColumns):
            read_workbook(b"a," * 200 + b"a\n", "a.csv")
        with pytest.raises(TooManyCells):
            read_workbook(b"a," * 100 * 1 + b"\n" + (b"1," * 100 + b"\n") * 6000, "a.csv")

    def test_overlapping_merges(self) -> None:
        merges = b"<mergeCells>" + b'<mergeCell ref="A1:GR20000"/>' * 30 + b"</mergeCells></worksheet>"
        data = rewrite(make_xlsx(ROSTER), lambda _, content: content.replace(b"</worksheet>", merges))
        with pytest.raises(TooManyCells):
            read_workbook(data, "a.xlsx")


class TestCountsThatLie:
    """The reader makes room for as many as a file claims, and ends the whole program where there is no room."""

    @pytest.mark.parametrize("claim", [b"99999999999", b"4294967295", b"18446744073709551615"])
    def test_of_shared_texts(self, claim: bytes) -> None:
        def change(name: str, content: bytes) -> bytes:
            return re.sub(rb'(uniqueCount|count)="\d+"', rb'\1="' + claim + b'"', content)

        workbook = read_workbook(rewrite(make_shared(ROSTER), change), "a.xlsx")
        assert [[cell.value for cell in row] for row in workbook.sheets[0].rows] == ROSTER

    def test_a_text_that_reads_like_a_count_is_kept(self) -> None:
        text = 'a count="5" b'
        workbook = read_workbook(make_shared([[text]]), "a.xlsx")
        assert workbook.sheets[0].row(1).cell(1).value == text

    def test_of_the_corner_and_the_texts_of_an_old_workbook(self) -> None:
        whole = make_xls(ROSTER)
        corner = whole.index(struct.pack("<HH", 0x0200, 14)) + 4
        texts = whole.index(struct.pack("<H", 0x00FC)) + 4
        for place in (corner, corner + 4, corner + 8, texts, texts + 4):
            lying = whole[:place] + b"\xff\xff\xff\x7f" + whole[place + 4 :]
            try:
                workbook = read_workbook(lying, "a.xls")
            except WorkbookRefused:
                continue
            assert [[cell.value for cell in row] for row in workbook.sheets[0].rows] == ROSTER

    def test_a_reference_beyond_all_columns(self) -> None:
        data = rewrite(make_xlsx(ROSTER), lambda _, content: content.replace(b' r="B1"', b' r="ZZZZZ1"'))
        with pytest.raises(WorkbookBroken):
            read_workbook(data, "a.xlsx")

    def test_another_encoding_inside(self) -> None:
        data = rewrite(
            make_xlsx(ROSTER),
            lambda name, content: content.decode().encode("utf-16") if name == SHEET else content,
        )
        with pytest.raises(WorkbookBroken):
            read_workbook(data, "a.xlsx")


def test_a_large_old_workbook_comes_through_whole() -> None:
    """Its stream is put together anew, over more than one table of sectors."""
    rows = [[f"{number}{'积' * 900}"] for number in range(6000)]
    data = make_xls(rows)
    assert len(data) > 8 * 1024 * 1024
    workbook = read_workbook(data, "a.xls")
    assert [[cell.value for cell in row] for row in workbook.sheets[0].rows] == rows
