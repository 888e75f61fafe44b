"""Who and what the demonstration village is made of. Every person, number and deed here is made up."""

import random

from love_market.people.intake import ParsedHousehold, ParsedRoster
from love_market.people.rules import Role

VILLAGE_CODE = "140221100222"
PASSWORD = "aixin-chaoshi"  # noqa: S105 only ever in a database that says it is a demonstration
PIN = "258036"
CARD = "DEMONSTRATIONHOM"

# Name, sign-in name, role, place.
STAFF: tuple[tuple[str, str, Role, str], ...] = (
    ("卫演示", "county", Role.COUNTY_OVERSEER, "140221"),
    ("龙演示", "township", Role.TOWNSHIP_OVERSEER, "140221100"),
    ("赵演示", "recorder", Role.RECORDER, VILLAGE_CODE),
    ("石演示", "chair", Role.CHAIR, VILLAGE_CODE),
    ("孔评议", "panel", Role.PANEL_MEMBER, VILLAGE_CODE),
    ("刘评议", "panel2", Role.PANEL_MEMBER, VILLAGE_CODE),
    ("马评议", "panel3", Role.PANEL_MEMBER, VILLAGE_CODE),
    ("王评议", "panel4", Role.PANEL_MEMBER, VILLAGE_CODE),
    ("李网格", "grid", Role.GRID_WORKER, VILLAGE_CODE),
    ("张店员", "clerk", Role.CLERK, VILLAGE_CODE),
)

_FAMILY_NAMES = "孔刘马张王李赵武郝石郭杨高梁白田任曹贾吴"
_GIVEN_NAMES = (
    *("祥福", "满仓", "秀英", "德旺", "存柱", "改花", "有根", "桂枝", "翠莲", "玉兰", "福贵", "二小", "银锁", "秀梅"),
    *("建国", "爱莲", "喜顺", "凤仙", "月娥", "根旺", "守义", "兰英", "天成", "美枝", "长命", "巧云", "世昌", "玉梅"),
)
_GROUPS = ("一组", "二组", "三组", "四组", "五组", "六组")
_HOUSEHOLDS = 126

HOW_OFTEN: dict[str, tuple[float, int]] = {
    "庭院整洁": (0.8, 1),
    "垃圾分类": (0.7, 3),
    "村庄清扫": (0.35, 5),
    "厕所管护": (0.6, 1),
    "参加会议": (0.5, 5),
    "义务劳动": (0.4, 6),
    "培训宣讲": (0.2, 2),
    "志愿服务": (0.25, 8),
    "邻里助老": (0.2, 4),
    "防火防汛": (0.15, 3),
    "孝老爱亲": (0.06, 1),
    "移风易俗": (0.04, 1),
    "化解纠纷": (0.04, 1),
    "隐患上报": (0.08, 2),
}
"""How often a household has points by a rule in a quarter, and how many times at most; other rules rarely."""

# Which household (from 0), by which rule, how many times, told how.
DEEDS: tuple[tuple[int, str, int, str], ...] = (
    (16, "义务劳动", 2, "清村东的水渠，干了两个半天。"),
    (21, "邻里助老", 1, "给隔壁独居的老人拉了一车炭。"),
    (34, "志愿服务", 3, "在日间照料中心帮厨三个小时。"),
    (8, "村庄清扫", 1, "十月的大扫除，一家来了两口人。"),
    (55, "隐患上报", 1, "发现小学路口井盖松了，当天报了网格员。"),
    (70, "防火防汛", 1, "秋收防火值了一班。"),
    (101, "化解纠纷", 1, "两家的地界让了一犁，自己说和的。"),
    (40, "垃圾分类", 1, "这个月都分好了才送。"),
)


def roster() -> ParsedRoster:
    """Return the village's made-up households, always the same."""
    chance = random.Random(20260101)  # noqa: S311 a made-up village, to be made up again
    names = [family + given for family in _FAMILY_NAMES for given in _GIVEN_NAMES]
    chance.shuffle(names)
    households = tuple(
        ParsedHousehold(
            row_number=index + 1,
            sheet="",
            number=f"{index + 1:03}",
            head_name=names[index],
            group_name=_GROUPS[index * len(_GROUPS) // _HOUSEHOLDS],
            grid_name=f"第{index * 3 // _HOUSEHOLDS + 1}网格",
            member_count=chance.randint(1, 5),
        )
        for index in range(_HOUSEHOLDS)
    )
    return ParsedRoster(
        "演示花名册", by_person=False, households=households, refused=(), notes=(), identity_numbers_dropped=0
    )
