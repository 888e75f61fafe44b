"""What a roster says, household by household, before anybody compares it with the books. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from love_market.errors import words
from love_market.people.intake.sayings import Saying

VOCABULARY: Mapping[str, Sequence[str]] = {
    "identity_number": (
        "身份证号码", "身份证号", "身份证", "居民身份证号码", "居民身份证号", "公民身份号码", "公民身份证号码",
        "公民身份证号", "身份证件号码", "证件号码", "证件号", "身份号码", "户主身份证号", "户主身份证号码",
    ),
    "relation": (
        "与户主关系", "与户主的关系", "和户主关系", "与户主之关系", "家庭关系", "与户主", "户主关系", "关系", "称谓",
    ),
    "head_name": (
        "户主姓名", "户主", "户主名字", "户代表姓名", "户代表", "户主（户代表）", "户主或户代表", "户名", "农户姓名",
        "农户", "家长姓名",
    ),
    "member_name": ("姓名", "成员姓名", "家庭成员姓名", "人员姓名", "村民姓名", "名字"),
    "household_number": (
        "户编号", "户号", "户编码", "户序号", "家庭编号", "农户编号", "户主编号", "户籍编号", "家庭户号", "编号",
    ),
    "member_count": (
        "家庭人口", "家庭人口数", "家庭人数", "家庭成员数", "户内人口", "户人口数", "户人口", "人口数", "人口", "人数",
        "家庭总人口", "家庭人口（人）", "口数",
    ),
    "phone": (
        "联系电话", "电话", "手机", "联系方式", "手机号码", "手机号", "电话号码", "联系号码", "联系手机", "移动电话",
        "户主电话", "本人电话", "联系人电话",
    ),
    "group": ("村民小组", "小组", "组别", "村民组", "所属小组", "居民小组", "所在小组", "组", "生产队", "队别"),
    "grid": ("所属网格", "网格", "网格名称", "网格编号", "所在网格", "微网格", "网格号"),
    "note": ("备注", "备注说明", "说明", "附注"),
    "sex": ("性别",),
}  # fmt: skip
REQUIRED = (("head_name", "member_name"),)
FIELD_LABELS = {
    "head_name": words("户主"),
    "group_name": words("小组"),
    "grid_name": words("网格"),
    "phone": words("电话"),
    "member_count": words("人口"),
    "note": words("备注"),
}
MEMBERS_LABEL = words("家里人")
LONGEST = {"head_name": 60, "group_name": 30, "grid_name": 30, "note": 200, "relation": 20}
MOST_MEMBERS = 60


@dataclass(frozen=True, slots=True)
class ParsedMember:
    """A person of a roster that names everybody."""

    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class ParsedHousehold:
    """A household as the roster gives it. None where the roster says nothing, so that the books keep what they have.

    ``row_number`` is where it begins on ``sheet``; ``number`` None asks the plan to find or make one; ``remarks``
    say what was read otherwise than written.
    """

    row_number: int
    sheet: str
    number: str | None
    head_name: str
    group_name: str | None = None
    grid_name: str | None = None
    phone: str | None = None
    note: str | None = None
    member_count: int | None = None
    members: tuple[ParsedMember, ...] | None = None
    remarks: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row, or a household's rows from this one on, that cannot be taken in, and why."""

    row_number: int
    sheet: str
    number: str
    name: str
    why: Saying


@dataclass(frozen=True, slots=True)
class ParsedRoster:
    """All that is kept of a roster workbook: no identity number is in it anywhere.

    ``by_person`` where it gives one row a person; ``notes`` say what was read, dropped and passed over.
    ``header_rows`` is the last row of each sheet's head, ``columns`` where on it names and numbers stand.
    """

    filename: str
    by_person: bool
    households: tuple[ParsedHousehold, ...]
    refused: tuple[RefusedRow, ...]
    notes: tuple[Saying, ...]
    identity_numbers_dropped: int
    header_rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the roster as text, to be kept between its preview and its confirmation."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        kept = json.loads(text)
        return cls(
            filename=kept["filename"],
            by_person=kept["by_person"],
            households=tuple(_household(each) for each in kept["households"]),
            refused=tuple(RefusedRow(**each | {"why": Saying(**each["why"])}) for each in kept["refused"]),
            notes=tuple(Saying(**each) for each in kept["notes"]),
            identity_numbers_dropped=kept["identity_numbers_dropped"],
            header_rows=kept["header_rows"],
            columns=kept["columns"],
        )


def column_of(columns: Mapping[str, Mapping[str, int]], sheet: str, field: str) -> int | None:
    """Return the column of a field on a sheet; where it has none, the column of the names."""
    known = columns.get(sheet, {})
    return known.get(field) or known.get("head_name") or known.get("member_name")


def _household(kept: dict[str, Any]) -> ParsedHousehold:
    named = kept["members"]
    return ParsedHousehold(
        **kept
        | {
            "members": None if named is None else tuple(ParsedMember(**each) for each in named),
            "remarks": tuple(Saying(**each) for each in kept["remarks"]),
        }
    )
