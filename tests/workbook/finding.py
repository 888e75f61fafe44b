"""What the tests of tables look for, and how they look at what was found."""

from collections.abc import Sequence

from love_market.workbook import Sheet, Table, find_table, read_workbook
from tests.workbook.making import make_xlsx

VOCABULARY = {
    "household_number": ("户编号", "户号", "编号"),
    "head_name": ("户主姓名", "户主", "户代表", "姓名"),
    "member_name": ("成员姓名", "家庭成员姓名", "姓名"),
    "phone": ("联系电话", "电话", "手机", "手机号码"),
    "group": ("村民小组", "组别"),
    "total": ("合计", "总分"),
}
REQUIRED = ("head_name",)


def sheet_of(rows: Sequence[Sequence[object]], merges: Sequence[str] = ()) -> Sheet:
    return read_workbook(make_xlsx(rows, merges), "a.xlsx").sheets[0]


def table_of(rows: Sequence[Sequence[object]], merges: Sequence[str] = ()) -> Table:
    return find_table(sheet_of(rows, merges), VOCABULARY, REQUIRED)


def texts(table: Table, field: str) -> list[str]:
    return [row[field].text for row in table.rows]
