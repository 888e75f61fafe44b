"""Reading a score workbook (评分表) as villages keep it: households down, rules across, a total at the end. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from love_market.deeds.rules import PENALTY
from love_market.errors import words
from love_market.people.intake.sayings import Saying, clean, say, say_refused
from love_market.workbook import (
    Cell,
    CellRefused,
    Column,
    Table,
    TableRow,
    Vocabulary,
    Workbook,
    as_household_number,
    as_name,
    as_whole_number,
    find_table_in,
    heading_key,
    household_number_width,
    is_identity_column,
)

_Value = TypeVar("_Value")

VOCABULARY: Vocabulary = {
    "number": ("户编号", "户号", "农户编号", "家庭编号", "户编码", "户主编号", "编号", "门牌号"),
    "head_name": ("户主", "户主姓名", "户代表", "家庭代表", "户主名称", "姓名", "农户"),
    "total": ("合计", "总分", "总计", "合计得分", "得分合计", "积分合计", "本季合计", "季度合计", "总积分", "总得分"),
}
REQUIRED = (("number", "head_name"),)
# What stands on such sheets besides scores.
_NO_SCORES = {
    heading_key(name)
    for name in (
        *("序号", "序", "编序", "行号", "组别", "小组", "村民小组", "所属小组", "组", "网格", "所属网格", "微网格"),
        *("人口", "家庭人口", "人数", "性别", "年龄", "电话", "联系电话", "手机", "手机号", "住址", "地址", "家庭住址"),
        *("身份证", "身份证号", "身份证号码", "备注", "说明", "签字", "户主签字", "签名", "确认签字", "领取签字"),
        *(
            "名次",
            "排名",
            "排序",
            "等次",
            "等级",
            "评定等级",
            "星级",
            "小计",
            "加分小计",
            "扣分小计",
            "加分合计",
            "扣分合计",
        ),
        *(
            "上季结余",
            "上期结余",
            "结余",
            "累计",
            "累计积分",
            "年度累计",
            "已兑换",
            "已兑积分",
            "剩余",
            "剩余积分",
            "日期",
        ),
    )
}
_CATEGORIES = (
    ("环境", "环境卫生 人居 庭院 卫生 垃圾 绿化"),
    ("志愿", "志愿 公益 互助 服务 帮扶"),
    ("家风", "家风 家庭 文明 乡风 孝 移风易俗 婚"),
    ("和谐", "和谐 和睦 邻里 平安 治安 遵纪 守法 法治 治理 调解 安全"),
    ("教育", "教育 学习 文化 升学 技能"),
    ("奉献", "奉献 见义 献血 荣誉 表彰 拥军"),
    ("产业", "产业 致富 勤劳 发展 创业 就业 增收"),
    ("参与", "参与 会议 村务 公共 党建 集体"),
)


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """A column of scores: its letter (the key its cells are known by), the category above it, its heading."""

    key: str
    category: str
    heading: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A household's row: its total as the sheet says (None: not said), and points by column key (None: blank).

    ``total_unread`` marks a total that is a formula without its result. ``wrong`` says what cannot be read. A row is
    blank where its total is too: nobody has filled it in. Without a total's column no row says that of itself.
    """

    row_number: int
    number: str
    head_name: str
    points: dict[str, int | None]
    total: int | None
    total_unread: bool
    wrong: tuple[Saying, ...]
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class ParsedScores:
    """What a score workbook says, before anything is known of the village.

    ``header_row`` is the last row of its head, ``household_column`` where the number stands, else the head's name.
    """

    filename: str
    sheet: str
    has_number: bool
    columns: tuple[ScoreColumn, ...]
    rows: tuple[ScoreRow, ...]
    header_row: int
    household_column: int

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can keep it between the preview and the confirm."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what ``to_json`` kept."""
        rows = [{**row, "wrong": tuple(Saying(**one) for one in row["wrong"])} for row in kept["rows"]]
        return cls(
            filename=kept["filename"],
            sheet=kept["sheet"],
            has_number=kept["has_number"],
            columns=tuple(ScoreColumn(**column) for column in kept["columns"]),
            rows=tuple(ScoreRow(**row) for row in rows),
            header_row=kept["header_row"],
            household_column=kept["household_column"],
        )

    def values(self, key: str) -> list[int]:
        """Return a column's points that are not 0."""
        return [points for row in self.rows if (points := row.points.get(key))]


def parse_scores(workbook: Workbook) -> ParsedScores:
    """Read the first sheet that is a score table; raise ``NoUsableHeader``.

    A cell that is no whole number does not stop the reading: its row says so, with the cell's address.
    """
    table = find_table_in(workbook, VOCABULARY, REQUIRED)
    columns = [column for column in table.others if _holds_scores(table, column)]
    width = household_number_width(row["number"] for row in table.rows)
    household = table.columns.get("number") or table.columns["head_name"]
    return ParsedScores(
        filename=clean(workbook.filename),
        sheet=clean(table.sheet),
        has_number=table.has("number"),
        columns=tuple(ScoreColumn(column.letter, clean(column.category), clean(column.heading)) for column in columns),
        rows=tuple(_row(row, columns, width, has_total=table.has("total")) for row in table.rows),
        header_row=table.header_rows[-1],
        household_column=household.number,
    )


def category_of(heading: str, category: str, points: int) -> str:
    """Return which of the house's categories a new rule belongs to; a penalty is told by its points."""
    if points < 0:
        return PENALTY
    for text in (category, heading):
        for own, signs in _CATEGORIES:
            if any(sign in text for sign in signs.split()):
                return own
    return "参与"


def usual_points(values: Iterable[int]) -> int:
    """Return the most common of a column's points, the smallest in size where several are; 0 for none."""
    counts = Counter(values)
    return min(counts, key=lambda points: (-counts[points], abs(points)), default=0)


def _holds_scores(table: Table, column: Column) -> bool:
    if not heading_key(column.heading) or heading_key(column.heading, with_brackets=False) in _NO_SCORES:
        return False
    return not is_identity_column(table.column_cells(column))


def _row(row: TableRow, columns: Sequence[Column], width: int, *, has_total: bool) -> ScoreRow:
    wrong: list[Saying] = []
    number = _read(lambda cell: as_household_number(cell, width), row["number"], wrong) or ""
    head_name = _read(as_name, row["head_name"], wrong) or ""
    points = {column.letter: _read(as_whole_number, row.at(column), wrong) for column in columns}
    if not number and not head_name and not wrong:
        wrong.append(say(words("没有户号，也没有户主。请补上。")))
    total = row["total"]
    unread = total.is_formula and total.value in {None, ""}
    told = None if unread else _total(total)
    is_blank = has_total and total.is_blank and not unread and all(row.at(column).is_blank for column in columns)
    return ScoreRow(row.number, clean(number), clean(head_name), points, told, unread, tuple(wrong), is_blank)


def _total(cell: Cell) -> int | None:
    try:
        return as_whole_number(cell)
    except CellRefused:
        return None


def _read(read: Callable[[Cell], _Value | None], cell: Cell, wrong: list[Saying]) -> _Value | None:
    try:
        return read(cell)
    except CellRefused as refused:
        wrong.append(say_refused(read, cell, refused))
        return None
