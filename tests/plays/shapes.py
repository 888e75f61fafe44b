"""One made-up village kept in the workbooks of different villages: same people, same scores, every shape another."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.workbook.making import make_csv, make_ods, make_xls, make_xlsx

FAMILY, GIVEN = "孔刘马张王李赵武郝石", "祥福满仓秀英德旺存柱"
RULES = ("庭院整洁", "义务劳动", "小饭桌帮厨", "乱倒垃圾")
NEW_RULE = "小饭桌帮厨"
CAPPED_AT = 5
"""What 庭院整洁 counts for in a quarter at most (domain.md §3)."""


@dataclass(frozen=True)
class Home:
    """A household, whoever lives in it, and its points by the rules above (None: blank)."""

    number: int
    head: str
    group: int
    members: tuple[str, ...]
    points: tuple[int | None, ...]

    @property
    def total(self) -> int:
        """What the cells come to on paper, before caps and floors."""
        return sum(value or 0 for value in self.points)

    @property
    def awarded(self) -> int:
        """What the household is to be awarded."""
        tidy, labour, kitchen, dumping = (value or 0 for value in self.points)
        return max(0, min(tidy, CAPPED_AT) + labour + kitchen + dumping)

    @property
    def phone(self) -> str:
        """A telephone number that nobody has."""
        return f"1390000{self.number:04}"


def homes(count: int = 14) -> tuple[Home, ...]:
    """Return a made-up village, always the same; heads share names only from the thousandth household on."""
    chance = random.Random(20260930)
    names = [family + first + second for family in FAMILY for first in GIVEN for second in GIVEN]
    chance.shuffle(names)
    made = []
    for number in range(1, count + 1):
        head = names[(number - 1) % len(names)]
        members = tuple(f"{head[0]}{chance.choice(GIVEN)}{each}" for each in "甲乙丙丁"[: chance.randint(0, 4)])
        points = (
            chance.choice([None, 5, 10]),
            chance.choice([None, 8, 16]),
            chance.choice([None, None, 6]),
            -10 if number % 7 == 0 else None,
        )
        made.append(Home(number, head, (number - 1) * 3 // count + 1, members, points))
    return tuple(made)


def wide(text: object) -> str:
    """Return a text's figures and signs in full width, as an input method leaves them."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in str(text))


def roster_by_person(village: Sequence[Home]) -> tuple[str, bytes]:
    """A person a row, two rows of headings, a household's number and group merged over its rows."""
    rows: list[list[object]] = [
        ["某某村户籍人口花名册", None, None, None, None, None, None],
        ["户编号", "家庭成员", None, None, "联系方式", "村民小组", "备注"],
        [None, "姓名", "与户主关系", "身份证号码", None, None, None],
    ]
    merges = ["A1:G1", "A2:A3", "B2:D2", "E2:E3", "F2:F3", "G2:G3"]
    for home in village:
        first = len(rows) + 1
        rows.append(
            [f"{home.number:03}", home.head, "户主", "140221195109166441", home.phone, f"第{home.group}组", None]
        )
        rows += [[None, name, "家人", None, None, None, None] for name in home.members]
        if home.members:
            merges += [f"A{first}:A{len(rows)}", f"F{first}:F{len(rows)}"]
    rows.append(["村支书（签字）：", None, None, "填表人：", None, None, None])
    return "人口花名册.xlsx", make_xlsx(rows, merges)


def roster_in_gbk(village: Sequence[Home]) -> tuple[str, bytes]:
    """Text as WPS writes it for a Chinese Windows, headings under other names, a total and a signature line."""
    rows: list[list[object]] = [["序号", "户号", "户代表", "人数", "手机", "组别"]]
    rows += [
        [at, home.number, f" {home.head} ", 1 + len(home.members), home.phone, f"{home.group}组"]
        for at, home in enumerate(village, 1)
    ]
    rows += [
        ["合计", "", "", sum(1 + len(home.members) for home in village), "", ""],
        ["制表人：", "", "", "", "审核人：", ""],
    ]
    return "花名册.csv", make_csv(rows, "gbk")


def roster_in_xls(village: Sequence[Home]) -> tuple[str, bytes]:
    """The old format: a merged title, numbers as numbers, people as text, names padded with wide blanks."""
    rows: list[list[object]] = [
        ["农户花名册", None, None, None, None],
        ["填报单位：某某村", None, None, None, "2026年9月"],
    ]
    rows.append(["户编号", "户主姓名", "家庭人口", "联系电话", "所属小组"])
    rows += [
        [home.number, f"{home.head[0]}\u3000{home.head[1:]}", f"{1 + len(home.members)}人", int(home.phone), home.group]
        for home in village
    ]
    rows.append(["合计", None, sum(1 + len(home.members) for home in village), None, None])
    return "花名册.xls", make_xls(rows, ["A1:E1"])


def roster_in_ods(village: Sequence[Home]) -> tuple[str, bytes]:
    """LibreOffice's format, everything text in full width."""
    rows: list[list[object]] = [["农户编号", "户主", "人口", "电话", "村民组"]]
    rows += [
        [wide(f"{home.number:03}"), home.head, wide(1 + len(home.members)), wide(home.phone), wide(home.group)]
        for home in village
    ]
    return "花名册.ods", make_ods(rows)


def scores_under_categories(village: Sequence[Home]) -> tuple[str, bytes]:
    """A row of categories over a row of items, a total of formulas without results."""
    rows: list[list[object]] = [
        ["2026年第三季度积分评定表", *[None] * 6],
        ["户编号", "户主", "环境卫生", "公益服务", None, "扣分项", "合计"],
        [None, None, *RULES, None],
    ]
    rows += [[f"{home.number:03}", home.head, *home.points, f"=SUM(C{at}:F{at})"] for at, home in enumerate(village, 4)]
    return "评分表.xlsx", make_xlsx(rows, ["A1:G1", "A2:A3", "B2:B3", "D2:E2", "G2:G3"])


def scores_by_name(village: Sequence[Home]) -> tuple[str, bytes]:
    """Households by their heads' names only."""
    rows: list[list[object]] = [["户主姓名", *RULES, "总分"]]
    rows += [[home.head, *["" if value is None else value for value in home.points], home.total] for home in village]
    return "评分表.csv", make_csv(rows, "gbk")


def scores_with_wrong_totals(village: Sequence[Home]) -> tuple[str, bytes]:
    """Points as text in full width, a total that is wrong for the first household, lines under the table."""
    rows: list[list[object]] = [["积分评定表", *[None] * 6], ["户号", "户代表", *RULES, "合计得分"]]
    rows += [
        [
            str(home.number),
            home.head,
            *[None if value is None else wide(value) for value in home.points],
            home.total + (home.number == 1),
        ]
        for home in village
    ]
    rows += [["合计", None, *[None] * 4, sum(home.total for home in village)], ["评议小组签字：", *[None] * 6]]
    return "评分表.xls", make_xls(rows, ["A1:G1"])


def scores_in_ods(village: Sequence[Home]) -> tuple[str, bytes]:
    """LibreOffice's format, points as numbers, the heads left out."""
    rows: list[list[object]] = [["户编号", *RULES]]
    rows += [[home.number, *home.points] for home in village]
    return "评分表.ods", make_ods(rows)


Shape = Callable[[Sequence[Home]], tuple[str, bytes]]
SHAPES: Sequence[tuple[Shape, Shape]] = (
    (roster_by_person, scores_under_categories),
    (roster_in_gbk, scores_by_name),
    (roster_in_xls, scores_with_wrong_totals),
    (roster_in_ods, scores_in_ods),
)
