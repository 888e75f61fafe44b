"""What is no workbook, or a dangerous one, is refused by name, in words, before anything is built from it."""

import io
import random
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.errors import Invalid
from love_market.workbook import (
    NotAWorkbook,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    WorkbookBomb,
    WorkbookBroken,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookRefused,
    WorkbookTooLarge,
    read_workbook,
    rules,
)
from tests.workbook.making import make_csv, make_ods, make_shared, make_xls, make_xlsx, make_zip, rewrite

ROSTER = [["户编号", "户主"], ["001", "孔振明"]]
SHEET = "xl/worksheets/sheet1.xml"


def with_cell(reference: str, sheet: str = SHEET) -> bytes:
    """Return a roster with one more cell, written straight into the sheet's XML."""
    row = "".join(sign for sign in reference if sign.isdigit())
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return rewrite(
        make_xlsx(ROSTER),
        lambda name, content: content.replace(b"</sheetData>", cell) if name == sheet else content,
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(200), "图片"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "图片"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "压缩包"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "压缩包"),
        (b"<html><table><tr><td>\xe6\x88\xb7</td></tr></table></html>", "网页"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "网页"),
        (make_zip({"word/document.xml": b"<w/>"}), "Word"),
        (make_zip({"ppt/presentation.xml": b"<p/>"}), "幻灯片"),
        (make_zip({"photo.jpg": b"\xff\xd8\xff"}), "压缩包"),
        (make_zip({"xl/workbook.bin": b"\x00"}), "xlsb"),
        (make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), "文字文档"),
        (bytes(range(256)) * 20, "别的文件"),
        ("户主\x00\x01".encode(), "别的文件"),
    ],
)
@pytest.mark.parametrize("filename", ["花名册.xlsx", "花名册.xls", "花名册.csv"])
def test_something_else_under_a_workbooks_name(data: bytes, kind: str, filename: str) -> None:
    with pytest.raises(NotAWorkbook, match=kind) as caught:
        read_workbook(data, filename)
    assert filename in str(caught.value)
    assert "另存为 .xlsx" in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"  \r\n", make_xlsx([]), make_xls([]), make_csv([[""], ["", " "]]), make_ods([])]
)
def test_nothing_in_it(data: bytes) -> None:
    with pytest.raises(WorkbookEmpty, match="什么也没有"):
        read_workbook(data, "花名册.xlsx")


def test_too_large_says_the_size() -> None:
    with pytest.raises(WorkbookTooLarge, match=r"有 20\.5 MB，最大可以上传 20 MB"):
        read_workbook(bytes(int(20.5 * 1024 * 1024)), "花名册.xlsx")


class TestEncrypted:
    def test_an_xlsx_with_a_password(self) -> None:
        with pytest.raises(WorkbookEncrypted, match="密码"):
            read_workbook(compound({"EncryptionInfo": bytes(5000), "EncryptedPackage": bytes(5000)}), "a.xlsx")

    def test_an_xls_with_a_password(self) -> None:
        records = struct.pack("<HHHH", 0x0809, 4, 0x0600, 5) + struct.pack("<HH", 0x002F, 6) + bytes(6)
        with pytest.raises(WorkbookEncrypted):
            read_workbook(compound({"Workbook": (records + bytes(5000))[:5000]}), "a.xls")

    def test_an_ods_with_a_password(self) -> None:
        manifest = b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
        parts = {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": bytes(100),
            "META-INF/manifest.xml": manifest,
        }
        with pytest.raises(WorkbookEncrypted):
            read_workbook(make_zip(parts), "a.ods")

    def test_a_zip_with_a_password(self) -> None:
        data = bytearray(make_xlsx(ROSTER))
        for place in range(len(data) - 4):
            if data[place : place + 4] == b"PK\x01\x02":
                data[place + 8] |= 1
        with pytest.raises(WorkbookEncrypted):
            read_workbook(bytes(data), "a.xlsx")


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file of these streams, each of 4,096 bytes or more."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    table, body, entries = [0xFFFFFFFD, end], b"", b""

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        return struct.pack("<64sHBB12s36sIQ", raw, len(raw) + 2, kind, 1, b"\xff" * 12, bytes(36), start, size)

    for name, content in streams.items():
        first, count = len(table), -(-len(content) // 512)
        table += [*range(first + 1, first + count), end]
        body += content.ljust(count * 512, b"\0")
        entries += entry(name, 2, first, len(content))
    directory = (entry("Root Entry", 5, end, 0) + entries).ljust(512, b"\0")
    table += [free] * (128 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return header + struct.pack("<128I", *table) + directory + body


def test_an_old_word_document() -> None:
    with pytest.raises(NotAWorkbook, match="Word"):
        read_workbook(compound({"WordDocument": bytes(5000)}), "a.xls")


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


class TestBroken:
    @pytest.mark.parametrize("make", [make_xlsx, make_shared, make_xls, make_ods])
    def test_cut_short_or_altered(self, make: Callable[..., bytes]) -> None:
        whole = make(ROSTER * 30)
        dice = random.Random(7)
        for _ in range(150):
            data = bytearray(whole)
            if dice.random() < 0.4:
                del data[dice.randrange(8, len(data)) :]
            for _ in range(dice.randrange(1, 30)):
                data[dice.randrange(min(8, len(data) - 1), len(data))] = dice.randrange(256)
            try:
                read_workbook(bytes(data), "a.xlsx")
            except Invalid as refusal:
                assert "“a.xlsx”" in str(refusal) or "工作表" in str(refusal)  # noqa: PT017

    @given(
        st.binary(max_size=300),
        st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x05\x06", b""]),
    )
    @settings(max_examples=200, deadline=None)
    def test_any_bytes_are_read_or_refused(self, tail: bytes, mark: bytes) -> None:
        try:
            read_workbook(mark + tail, "a.xlsx")
        except WorkbookRefused:
            return

    def test_a_package_whose_sheet_is_missing(self) -> None:
        with zipfile.ZipFile(io.BytesIO(make_xlsx(ROSTER))) as container:
            parts = {name: container.read(name) for name in container.namelist() if name != SHEET}
        with pytest.raises(WorkbookBroken, match="损坏"):
            read_workbook(make_zip(parts), "a.xlsx")

    def test_a_shared_text_that_is_not_there(self) -> None:
        data = rewrite(
            make_shared(ROSTER),
            lambda name, content: content.replace(b"<v>0</v>", b"<v>99</v>") if name == SHEET else content,
        )
        with pytest.raises(WorkbookBroken):
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
