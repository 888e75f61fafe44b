"""A workbook of rules → drafts for the editor; what cannot be read of a cell is named, and the cell stays empty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from love_market.deeds.rules import CATEGORIES, PENALTY, PERIODS, VETO, RuleDraft, match_rule
from love_market.errors import LoveMarketError, words
from love_market.people.intake.sayings import Saying, clean, say
from love_market.workbook import (
    Required,
    Table,
    TableRow,
    Vocabulary,
    Workbook,
    as_whole_number,
    column_letter,
    find_table_in,
    heading_key,
    without_padding,
)

HEADINGS: Mapping[str, str] = {
    "category": "类别",
    "name": "名称",
    "points": "分",
    "unit_name": "按什么计",
    "cap_points": "封顶",
    "cap_period": "多久",
    "family": "只计最高",
    "veto_days": "否决天数",
    "evidence": "凭据",
    "code": "编号",
}
"""The columns of a workbook of rules in their order, by the field of a draft."""
_WORDS: Vocabulary = {
    "category": ("类别", "分类", "项目类别", "大类", "一级指标"),
    "name": ("名称", "项目", "积分项目", "细则", "积分事项", "内容", "事项", "具体内容", "二级指标"),
    "points": ("分", "分值", "积分", "积分标准", "计分", "分数", "标准分"),
    "unit_name": ("按什么计", "单位", "计分单位", "计分方式", "频次"),
    "cap_points": ("封顶", "封顶分", "上限", "最高分", "积分上限"),
    "cap_period": ("多久", "封顶周期", "周期", "封顶期限"),
    "family": ("只计最高", "同奖只计最高", "同一奖项"),
    "veto_days": ("否决天数", "几天后解除", "解除天数"),
    "evidence": ("凭据", "佐证", "佐证材料", "证明材料", "依据", "备注"),
    "code": ("编号", "代码"),
}
_REQUIRED: Required = ("name", "points")
_PERIOD_WORDS: Mapping[str, str] = {
    "quarter": "季|季度|每季|每季度|每个季度",
    "year": "年|每年|年度|每年度",
    "event": "件|每件|一件|次|每次|场|每场",
}
_NO_CAP = {"", "无", "不封顶", "不限", "-", "—", "/"}
_CAP_IN_WORDS = re.compile(r"(每?个?季度?|每?年度?|每件|一件|每场|每次)?(?:最多|最高|封顶|不超过|上限)*(\d{1,5})分?")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CATEGORY_WORDS: Mapping[str, str] = {
    "扣分项": PENALTY,
    "减分项": PENALTY,
    "减分": PENALTY,
    "负面清单": PENALTY,
    "否决": VETO,
    "一票否决项": VETO,
    "环境卫生": "环境",
    "人居环境": "环境",
    "志愿服务": "志愿",
}
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that could not be read: where it stands (1-based row and column), what is typed there, and why.

    ``field`` of the draft ``number`` (from 0) is what the cell should have filled.
    """

    sheet: str
    row: int
    column: int
    why: Saying
    number: int
    field: str
    typed: str

    @property
    def place(self) -> Saying:
        """Where it stands, in words."""
        letter = column_letter(self.column)
        return say(words("工作表“{sheet}”第 {row} 行 {letter} 列"), sheet=self.sheet, row=self.row, letter=letter)


@dataclass(frozen=True, slots=True)
class ParsedRules:
    """What a workbook says: drafts in its order, not settled, and the cells that could not be read."""

    filename: str
    drafts: tuple[RuleDraft, ...]
    problems: tuple[CellProblem, ...]


def parse_rules(workbook: Workbook, standing: Sequence[RuleDraft] = ()) -> ParsedRules:
    """Return the drafts of a workbook; a rule without a code takes that of the standing rule its name means.

    Raises ``NoUsableHeader``.
    """
    reader = _Reader(find_table_in(workbook, _WORDS, _REQUIRED), standing)
    told = ("name", "points", "veto_days")
    rows = (row for row in reader.table.rows if not all(row[field].is_blank for field in told))
    drafts = tuple(reader.rule(row) for row in rows)
    return ParsedRules(workbook.filename, drafts, tuple(reader.problems))


class _Reader:
    """Reads row by row: an empty category goes on from the row above, as in a merged cell that was taken apart."""

    def __init__(self, table: Table, standing: Sequence[RuleDraft]) -> None:
        self.table = table
        self.standing = standing
        self.by_code = {rule.code for rule in standing}
        self.problems: list[CellProblem] = []
        self.category = ""
        self.number = -1

    def rule(self, row: TableRow) -> RuleDraft:
        """Return one row as a draft."""
        self.number += 1
        veto_days = self._number(row, "veto_days")
        points = self._number(row, "points") or 0
        category = self._category(row, points, veto_days)
        name = self._text(row, "name")
        cap_points, cap_period = self._cap(row)
        return RuleDraft(
            category=category,
            name=name,
            points=points,
            unit_name="" if category == VETO else self._text(row, "unit_name") or "次",
            cap_points=cap_points,
            cap_period=cap_period,
            evidence=self._text(row, "evidence"),
            code=self._code(row, name),
            family=self._text(row, "family"),
            veto_days=veto_days,
        )

    def _wrong(self, row: TableRow, field: str, message: str, **values: object) -> None:
        cell, why = row[field], say(message, **values)
        typed = clean(cell.text)[:20] or cell.address
        self.problems.append(CellProblem(self.table.sheet, cell.row, cell.column, why, self.number, field, typed))

    def _text(self, row: TableRow, field: str) -> str:
        cell = row[field]
        text = clean(" ".join(cell.written.split()))
        if cell.is_formula and cell.value in (None, ""):
            self._wrong(row, field, words("这一格是公式，没有算出结果。请直接填上字。"))
        if len(text) > _MOST_CHARACTERS:
            self._wrong(row, field, words("这一格的字太多了，只收前 {count} 个字。"), count=_MOST_CHARACTERS)
        return text[:_MOST_CHARACTERS]

    def _number(self, row: TableRow, field: str) -> int | None:
        cell = row[field]
        if field == "points" and row["veto_days"].text and cell.text in _NO_CAP:
            return None
        try:
            return as_whole_number(cell)
        except LoveMarketError as error:
            self._wrong(row, field, error.message, **error.values)
            return None

    def _category(self, row: TableRow, points: int, veto_days: int | None) -> str:
        cell = row["category"]
        told = without_padding(cell.written)
        found = _CATEGORY_WORDS.get(told, told)
        if not told:
            if veto_days is not None:
                return VETO
            return PENALTY if points < 0 else "" if self.category in {PENALTY, VETO} else self.category
        if found not in CATEGORIES and found != VETO:
            self._wrong(
                row,
                "category",
                words("类别“{told}”没有。请改成 {known} 或一票否决，或在下面的表里选。"),
                told=told[:20],
                known="、".join(CATEGORIES),
            )
            found = ""
        self.category = found
        return found

    def _cap(self, row: TableRow) -> tuple[int | None, str | None]:
        cell, period = row["cap_points"], self._period(row)
        if cell.text in _NO_CAP and not cell.is_formula:
            return None, period
        told = _CAP_IN_WORDS.fullmatch(cell.text.replace(" ", ""))
        if told is not None and told[1]:
            return int(told[2]), period or _period_of(told[1])
        if told is not None and not cell.is_number:
            return int(told[2]), period
        try:
            return as_whole_number(cell), period
        except LoveMarketError as error:
            self._wrong(row, "cap_points", error.message, **error.values)
            return None, period

    def _period(self, row: TableRow) -> str | None:
        cell = row["cap_period"]
        told = heading_key(cell.text)
        if told in _NO_CAP:
            return None
        period = _period_of(told)
        if period is None:
            self._wrong(
                row,
                "cap_period",
                words("“{told}”不是封顶的周期。请写 {known}，不封顶就空着。"),
                told=cell.text[:20],
                known="、".join(PERIODS.values()),
            )
        return period

    def _code(self, row: TableRow, name: str) -> str:
        told = row["code"].text
        if _CODE.fullmatch(told) and not told.isdecimal():
            return told
        meant = match_rule(name, self.standing)
        return meant.code if meant else ""


def _period_of(told: str) -> str | None:
    return next((code for code, said in _PERIOD_WORDS.items() if re.fullmatch(said, told)), None)
