from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from love_market.appraisals.sheet import NoticeRow, NoticeText, lay_out_notice
from tests import papers

AT = datetime(2026, 10, 15, 1, tzinfo=UTC)
URL = "https://aixin.yanggao.gov.cn/b/140221100222/2026Q3"
NOTICE = NoticeText(
    village_name="守口堡村",
    committee_name="阳高县龙泉镇守口堡村民委员会",
    quarter_title="2026年第三季度",
    begins_at=AT,
    ends_at=datetime(2026, 10, 20, 10, tzinfo=UTC),
    notice_days=5,
    objection_to="村务监督委员会 杨秀（电话 0352-0000000）",
    objection_where="村委会办公室",
    reply_days=5,
    head_hash="7f3a91c20b5e" + "0" * 51 + "9",
    meeting_held_on=date(2026, 10, 14),
    panel_count=9,
    present_count=8,
    url=URL,
)
NAMES = ("孔**", "㙍**", "𠮷**", "䶮**", '#image("x")', "<script>")


def _rows(count: int) -> list[NoticeRow]:
    return [
        NoticeRow(
            household_number=f"{number:03}",
            head_name_masked=NAMES[number % 6],
            group_name=f"第{number // 30 + 1}组",
            points=35 + number % 9,
            lines=(("庭院整洁", 40 + number % 9), ("乱倒*垃圾*", -5)) if number % 4 else (),
            state={7: "contested", 9: "held"}.get(number, "listed"),  # type: ignore[arg-type]
        )
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("with_lines", [True, False])
def test_the_first_page_says_what_until_when_and_to_whom_to_object(tmp_path: Path, *, with_lines: bool) -> None:
    rows = _rows(126)
    first, *rest = papers.text(lay_out_notice(NOTICE, rows, AT, with_lines=with_lines), tmp_path).split("\f")[:-1]
    for words in (
        "阳高县龙泉镇守口堡村民委员会",
        "2026年10月14日评议小组会议评议（应到 9 人，实到 8 人）",
        "公示期 5 天：2026年10月15日 至",
        "2026年10月20日 18:00",
        f"共 126 户，{sum(row.points for row in rows):,} 分",
        NOTICE.objection_to,
        NOTICE.objection_where,
        "5 个工作日内答复",
        "评议小组组长",
        "村务监督委员会",
        "盖章处",
        "7F3A 91C2 0B5E 0000 0000 0000 0000 0000",
        "0000 0000 0000 0000 0000 0000 0000 0009",
    ):
        assert words in first
    for number, leaf in enumerate(rest, 2):
        assert "户号" in leaf
        assert f"第 {number} 页，共 {len(rest) + 1} 页" in leaf
        assert "账首 7F3A 91C2 0B5E 0000" in leaf


def test_every_household_stands_with_its_points_and_lines(tmp_path: Path) -> None:
    rows = _rows(40)
    printed = papers.text(lay_out_notice(NOTICE, rows, AT), tmp_path)
    for row in rows:
        (line,) = [line for line in printed.splitlines() if line.strip().startswith(row.household_number)]
        assert row.head_name_masked in line
        assert f" {row.points} " in line
        assert "本季没有记录" in line if not row.lines else f"庭院整洁 {row.lines[0][1]}" in line
    assert "乱倒*垃圾* −5" in printed
    assert printed.count("（有异议，核实中）") == printed.count("（本次未通过）") == 1


def test_the_compact_notice_marks_what_is_held(tmp_path: Path) -> None:
    printed = papers.text(lay_out_notice(NOTICE, _rows(40), AT, with_lines=False), tmp_path)
    assert all(f"{number:03}" in printed for number in range(1, 41))
    assert "庭院整洁" not in printed
    assert printed.count("（有异议，核实中）") == printed.count("（本次未通过）") == 1


def test_the_code_leads_to_the_public_page(tmp_path: Path) -> None:
    page, *_ = papers.pictures(lay_out_notice(NOTICE, _rows(8), AT), tmp_path, 150)
    assert papers.codes_by_zxing(page) == papers.codes_by_zbar(page) == [URL]


def test_a3_is_a4_enlarged(tmp_path: Path) -> None:
    small = papers.pictures(lay_out_notice(NOTICE, _rows(126), AT), tmp_path, 72)
    small_sizes = [papers.size(page) for page in small]
    large_sizes = [
        papers.size(page)
        for page in papers.pictures(lay_out_notice(NOTICE, _rows(126), AT, paper_size="a3"), tmp_path, 72)
    ]
    assert small_sizes[0] == (596, 842)
    assert large_sizes[0] == (842, 1191)
    assert abs(len(large_sizes) - len(small_sizes)) <= 1


def test_a_notice_may_lack_a_meeting_and_a_page(tmp_path: Path) -> None:
    bare = NoticeText(
        village_name="守口堡村",
        committee_name='#panic("x")',
        quarter_title="2026年第三季度",
        begins_at=AT,
        ends_at=datetime(2026, 10, 20, 16, tzinfo=UTC),
        notice_days=5,
        objection_to="村委会",
        objection_where="村委会",
        reply_days=3,
        head_hash="ab" * 32,
    )
    pdf = lay_out_notice(bare, [], AT)
    printed = papers.text(pdf, tmp_path)
    assert '#panic("x")' in printed
    assert "2026年10月21日 00:00" in printed
    assert "评议小组会议" not in printed
    assert all(papers.fonts(pdf, tmp_path).values())
    assert pdf == lay_out_notice(bare, [], AT)
