"""The report of a quarter from the books: a village's, and a township's villages."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from love_market.appraisals.papers import committee_name
from love_market.appraisals.rules import State
from love_market.clock import Quarter
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.reports.queries.report import QuarterReport, quarter_report
from love_market.reports.sheet import ReportText, Section, TownshipText, lay_out_report, lay_out_township

_HOW_FAR = {
    State.SCORING: "还在评分",
    State.DELIBERATING: "等评议会",
    State.DECIDED: "评议通过，等公示",
    State.NOTICE: "正在公示",
    State.CONFIRMED: "已认定",
}


def report(session: Session, guard: Guard, quarter: Quarter, *, at: datetime) -> bytes:
    """Return the PDF of a village's report of a quarter, whatever of it has happened so far."""
    told = quarter_report(session, guard, quarter)
    place, *above = places.lineage(session, guard.village_code)
    text = ReportText(
        village_name=told.village.short_name,
        committee_name=committee_name(place.level, told.village.short_name),
        township_name=above[0].name if above else "",
        quarter_title=quarter.title,
        state=_how_far(told),
        told=[
            ("得分的户", f"{told.awards.households:,} 户"),
            ("认定", f"{told.awards.points:,} 分"),
            ("已兑换", f"{told.issued.redeemed:,} 分"),
            ("还没兑换", f"{told.unredeemed_points:,} 分"),
        ],
        left=_quarter_of(told),
        right=_shop_of(told),
        head_number=told.head.number,
        head_hash=told.head.hash,
    )
    return lay_out_report(text, at)


def township(session: Session, name: str, guards: Sequence[Guard], quarter: Quarter, *, at: datetime) -> bytes:
    """Return the PDF of the villages of a township, each read by itself, in the order given.

    A village whose market is kept elsewhere by now is named, not counted.
    """
    reports, elsewhere = list[QuarterReport](), list[str]()
    for guard in guards:
        try:
            reports.append(quarter_report(session, guard, quarter))
        except places.MarketMoved:
            elsewhere.append(places.place(session, guard.village_code).name)
    markets = list({one.village.market_id: one for one in reports}.values())
    columns = [(group, of) for group, names in _COLUMNS for _, of in names]
    text = TownshipText(
        township_name=name,
        quarter_title=quarter.title,
        heads=[(group, [called for called, _ in names]) for group, names in _COLUMNS],
        rows=[[one.village.short_name, *(f"{of(one):,}" for _, of in columns), one.head.hash] for one in reports],
        total=[f"{sum(map(of, markets if group == _SHOP else reports)):,}" for group, of in columns],
        notes=[
            "评定、积分券两栏是这一季的，券用到打印时为止；超市一栏，发出是这一季的日子里发出的货，其余是打印时的。",
            "按区划代码排，不排名次。",
            *(
                ["几个村合用一家超市的，超市一栏是整个超市的数，合计里只算一次。"]
                if len(markets) < len(reports)
                else []
            ),
            *([f"{'、'.join(elsewhere)}的账已经搬走，没有列在里面。"] if elsewhere else []),
        ],
    )
    return lay_out_township(text, at)


_SHOP = "超市"
_SHARED = "几个村合用一家超市的，超市一栏是整个超市的数，合计里只算一次。"
_Figure = Callable[[QuarterReport], int]
_COLUMNS: tuple[tuple[str, tuple[tuple[str, _Figure], ...]], ...] = (
    (
        "评定",
        (
            ("户数", lambda one: one.households),
            ("好事（件）", lambda one: one.deeds.get("accepted", 0)),
            ("得分户", lambda one: one.awards.households),
            ("认定（分）", lambda one: one.awards.points),
            ("扣分（分）", lambda one: one.awards.penalty_points),
            ("异议（件）", lambda one: sum(one.objections.values())),
            ("成立", lambda one: one.objections["upheld"]),
        ),
    ),
    (
        "积分券",
        (
            ("发（张）", lambda one: one.issued.vouchers),
            ("发（分）", lambda one: one.issued.points),
            ("领走（张）", lambda one: one.issued.handed_over),
            ("兑换（分）", lambda one: one.issued.redeemed),
            ("到期（分）", lambda one: one.issued.lapsed),
        ),
    ),
    (
        _SHOP,
        (
            ("发出（分）", lambda one: one.goods_points),
            ("货架（分）", lambda one: one.shelf.points),
            ("没兑（分）", lambda one: one.unredeemed_of_market),
            ("争议（笔）", lambda one: one.disputes_open),
        ),
    ),
)
"""The columns of a township's sheet, the same figures as on a village's report."""


def _how_far(told: QuarterReport) -> str:
    return _HOW_FAR[told.appraisal.state] if told.appraisal else "还没有开这个季度"


def _days(told: QuarterReport) -> str:
    first, last = told.quarter.first_day, told.quarter.last_day
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"


def _quarter_of(told: QuarterReport) -> list[Section]:
    awards = told.awards
    return [
        Section(
            "户和好事",
            _days(told),
            [
                ("在册户数", f"{told.households:,} 户"),
                ("认可的好事", f"{told.deeds.get('accepted', 0):,} 件"),
                ("等复核", f"{told.deeds.get('claimed', 0):,} 件"),
                ("退回的", f"{told.deeds.get('refused', 0):,} 件"),
            ],
        ),
        Section(
            "认定的分",
            "各类合计",
            [
                *((name, _signed(points)) for name, points in awards.by_category.items()),
                *([("扣到 0 分为止，没扣的", f"{awards.floored:,} 分")] if awards.floored else []),
                ("合计", f"{awards.points:,} 分"),
                ("还在等的户", f"{awards.waiting_rows:,} 户"),
            ],
        ),
        Section(
            "异议和扣分",
            "",
            [
                ("异议", f"{sum(told.objections.values()):,} 件"),
                ("成立，改了分", f"{told.objections['upheld']:,} 件"),
                ("不成立", f"{told.objections['rejected']:,} 件"),
                ("等答复", f"{told.objections['open']:,} 件"),
                ("扣分", f"{awards.penalties:,} 项，{awards.penalty_points:,} 分"),
            ],
        ),
    ]


def _shop_of(told: QuarterReport) -> list[Section]:
    issued, shelf = told.issued, told.shelf
    whose = "" if told.villages == 1 else f"，超市供 {told.villages} 个村"
    return [
        Section(
            "这一季的积分券",
            "到打印时",
            [
                ("发出", f"{issued.vouchers:,} 张，{issued.points:,} 分"),
                ("领走", f"{issued.handed_over:,} 张"),
                ("兑换", f"{issued.redeemed:,} 分"),
                ("到期、清零", f"{issued.lapsed:,} 分"),
                ("作废", f"{issued.void:,} 分"),
                ("还在券上", f"{issued.left:,} 分"),
            ],
        ),
        Section(
            "发出的货物",
            _days(told) + whose,
            [
                *(
                    (one.title, f"{one.quantity:,} {one.unit_name}，{one.points:,} 分")
                    for one in told.goods[:_MOST_GOODS]
                ),
                *_other_goods(told),
                ("合计", f"{told.redemptions:,} 次，{told.goods_points:,} 分"),
                ("按进价", _yuan(told.goods_cost_fen)),
            ],
        ),
        Section(
            "货架和没兑换的分",
            "打印时" + whose,
            [
                ("货架上的货", f"{shelf.points:,} 分"),
                ("按进价", _yuan(shelf.cost_fen)),
                ("没兑换的分", f"{told.unredeemed_of_market:,} 分"),
                (
                    "货比分多" if shelf.points >= told.unredeemed_of_market else "货比分少",
                    f"{abs(shelf.points - told.unredeemed_of_market):,} 分",
                ),
                ("没处理完的争议", f"{told.disputes_open:,} 笔"),
            ],
        ),
    ]


_MOST_GOODS = 6


def _other_goods(told: QuarterReport) -> list[tuple[str, str]]:
    rest = told.goods[_MOST_GOODS:]
    return [(f"其余 {len(rest)} 样", f"{sum(one.points for one in rest):,} 分")] if rest else []


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02} 元"


def _signed(points: int) -> str:
    return f"{points:,} 分".replace("-", "−")
