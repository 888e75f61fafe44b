"""What is no workbook, or a dangerous one, is refused by name, in words, before anything is built from it."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from love_market.errors import Invalid
from love_market.workbook import (
    NotAWorkbook,
    WorkbookBroken,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookRefused,
    WorkbookTooLarge,
    read_workbook,
)
from tests.workbook.making import ROSTER, SHEET, make_csv, make_ods, make_shared, make_xls, make_xlsx, make_zip, rewrite


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
