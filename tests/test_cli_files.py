"""What the imports say to a file that is no table, or none that anybody should open."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import Database
from tests.plays.shell import ROSTER, VILLAGE, Installation, installation, meeting
from tests.workbook.making import make_csv, make_zip

MEGABYTE = 1024 * 1024


@pytest.fixture
def at(database: Database, tmp_path: Path) -> Installation:
    """An installation whose database says nothing yet."""
    return installation(tmp_path / "instance", database)


def sparse(at: Installation) -> Path:
    file = at.put("很大.xlsx", b"PK\x03\x04")
    with file.open("r+b") as whole:
        whole.truncate(200 * MEGABYTE)
    return file


def bomb(at: Installation) -> Path:
    parts = dict.fromkeys(("[Content_Types].xml", "xl/workbook.xml"), b"")
    return at.put("炸弹.xlsx", make_zip(parts | {"xl/worksheets/sheet1.xml": bytes(120 * MEGABYTE)}))


def not_a_workbook(at: Installation) -> Path:
    return at.put("照片.xlsx", b"\xff\xd8\xff\xe0" + bytes(100))


def cut_short(at: Installation) -> Path:
    return at.put("半截.xlsx", ROSTER.read_bytes()[:5000])


def without_header(at: Installation) -> Path:
    return at.put("别的.csv", make_csv([["品名", "数量"], ["食盐", 3]]))


def empty(at: Installation) -> Path:
    return at.put("空.xlsx", b"")


def another_archive(at: Installation) -> Path:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as whole:
        whole.writestr("信.txt", "没有表格")
    return at.put("压缩包.xlsx", data.getvalue())


@pytest.mark.parametrize("command", ["import-roster", "import-scores"])
@pytest.mark.parametrize(
    ("made", "told"),
    [
        (not_a_workbook, "“照片.xlsx”不是表格，看起来是图片"),
        (another_archive, "“压缩包.xlsx”不是表格，看起来是压缩包"),
        (without_header, "没有表头"),
        (sparse, "“很大.xlsx”有 200.0 MB，最大可以上传 20 MB"),
        (bomb, "“炸弹.xlsx”解开以后大得不正常"),
        (cut_short, "“半截.xlsx”已经损坏"),
        (empty, "“空.xlsx”里什么也没有"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    at: Installation, command: str, made: Callable[[Installation], Path], told: str
) -> None:
    before = at.counts()
    quarter = ("--quarter", "2026Q3", *meeting()) if command == "import-scores" else ()
    answer = at.type(command, "--village", VILLAGE, *quarter, made(at))
    assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1), answer.output
    assert answer.output.startswith("Error: ")
    assert told in answer.output
    assert at.counts() == before
