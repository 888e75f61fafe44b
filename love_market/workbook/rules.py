"""What a workbook may hold, and every way of refusing one, in the user's words."""

from love_market.errors import Invalid, words

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_FROM_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 500_000
MAX_TEXT_CHARACTERS = 50_000_000
MAX_SHEETS = 100
HEADER_ROWS_SEARCHED = 15

OLD_DOCUMENT = words("Word 文档或别的旧格式文件")


class WorkbookRefused(Invalid):
    """A file that cannot be taken in as a workbook."""


class NotAWorkbook(WorkbookRefused):
    """The bytes are something else than a spreadsheet."""


class WorkbookEncrypted(WorkbookRefused):
    """The workbook asks for a password before it can be read."""


class WorkbookBroken(WorkbookRefused):
    """The bytes begin like a workbook and do not go on like one."""


class WorkbookTooLarge(WorkbookRefused):
    """The file is larger than ``MAX_FILE_BYTES``."""


class WorkbookBomb(WorkbookRefused):
    """The file unpacks to far more than a table needs, or plays tricks with its own structure."""


class TooManyRows(WorkbookRefused):
    """A sheet has something written below ``MAX_ROWS``."""


class TooManyColumns(WorkbookRefused):
    """A sheet has something written right of ``MAX_COLUMNS``."""


class TooManyCells(WorkbookRefused):
    """The workbook has more filled or merged cells than ``MAX_CELLS``."""


class WorkbookEmpty(WorkbookRefused):
    """No sheet has anything written on it."""


class NoUsableHeader(Invalid):
    """No row of the sheet names the columns that were looked for."""


class CellRefused(Invalid):
    """One cell's value cannot be what its column needs.

    ``reason`` is a stable code for programs: ``formula``, ``not_whole``, ``not_number``, ``too_big``,
    ``control``, ``not_name``, ``too_long``, ``not_phone``, ``many_phones``, ``not_household_number``.
    """

    def __init__(self, reason: str, message: str, **values: object) -> None:
        self.reason = reason
        super().__init__(message, **values)


def not_a_workbook(filename: str, kind: str) -> NotAWorkbook:
    """The refusal of a file that turned out to be ``kind`` (a translated or plain Chinese noun)."""
    return NotAWorkbook(
        words("“{filename}”不是表格，看起来是{kind}。请用 WPS 或 Excel 打开原来的表格，另存为 .xlsx 再上传。"),
        filename=filename,
        kind=kind,
    )


def too_large(filename: str, size_bytes: int) -> WorkbookTooLarge:
    """The refusal of a file of ``size_bytes``, which says the size it has and the size it may have."""
    return WorkbookTooLarge(
        words("“{filename}”有 {size_mb} MB，最大可以上传 {limit_mb} MB。请删去图片和用不到的工作表，再上传。"),
        filename=filename,
        size_mb=f"{size_bytes / 1024 / 1024:.1f}",
        limit_mb=MAX_FILE_BYTES // 1024 // 1024,
    )


def encrypted(filename: str) -> WorkbookEncrypted:
    """The refusal of a workbook that is locked by a password."""
    return WorkbookEncrypted(
        words("“{filename}”加了密码，打不开。请用 WPS 或 Excel 打开，去掉密码另存一份，再上传。"),
        filename=filename,
    )


def broken(filename: str) -> WorkbookBroken:
    """The refusal of a workbook whose inside cannot be read."""
    return WorkbookBroken(
        words("“{filename}”已经损坏，读不出来。请用 WPS 或 Excel 打开看看，能打开就另存一份 .xlsx 再上传。"),
        filename=filename,
    )


def bomb(filename: str) -> WorkbookBomb:
    """The refusal of a workbook that unpacks to an unreasonable size."""
    return WorkbookBomb(
        words(
            "“{filename}”解开以后大得不正常，为了安全没有读。"
            "请新建一个工作簿，只把有内容的那几行复制进去，存成 .xlsx 再上传。"
        ),
        filename=filename,
    )


def too_many_rows(sheet: str, last_row: int) -> TooManyRows:
    """The refusal of a sheet whose last filled row is ``last_row``."""
    return TooManyRows(
        words("工作表“{sheet}”写到了第 {last_row} 行，最多可以有 {limit} 行。请删去多余的行，或拆成几个文件分次上传。"),
        sheet=sheet,
        last_row=last_row,
        limit=MAX_ROWS,
    )


def too_many_columns(sheet: str, last_column: int) -> TooManyColumns:
    """The refusal of a sheet whose last filled column is ``last_column``."""
    return TooManyColumns(
        words("工作表“{sheet}”写到了第 {last_column} 列，最多可以有 {limit} 列。请删去用不到的列，再上传。"),
        sheet=sheet,
        last_column=last_column,
        limit=MAX_COLUMNS,
    )


def too_many_cells(filename: str) -> TooManyCells:
    """The refusal of a workbook with too many filled cells."""
    return TooManyCells(
        words("“{filename}”里的格子太多，最多可以有 {limit} 个有内容的格子。请只留下要导入的那张表，再上传。"),
        filename=filename,
        limit=MAX_CELLS,
    )


def empty(filename: str) -> WorkbookEmpty:
    """The refusal of a workbook with nothing on it."""
    return WorkbookEmpty(words("“{filename}”里什么也没有。请选对文件，填好以后再上传。"), filename=filename)
