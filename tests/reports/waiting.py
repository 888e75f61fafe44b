"""Everything that may wait on a desk, made by the real services: so many of a kind, and after the yield they are done.

A maker is a generator: it makes ``count`` of its kind, yields, and does them all when it is asked to go on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from love_market.appraisals import queries as appraisals_read
from love_market.appraisals import service as appraisals
from love_market.appraisals.rules import State
from love_market.appraisals.signed import StoredScan
from love_market.clock import Quarter
from love_market.db import new_id, transaction
from love_market.deeds import queries as deeds_read
from love_market.deeds import service as deeds
from love_market.deeds.rules import RuleDraft
from tests import penalties
from tests.appraisals import stages
from tests.builders import Village, adopt_catalogue, meeting
from tests.conftest import Clock
from tests.deeds.conftest import record, standing
from tests.reports.waiting_in_the_shop import (
    counted_stocktake,
    dispute,
    expired_lot,
    hand_over,
    reset_to_announce,
    slip_that_differs,
    slip_typed_once,
)

Make = Callable[[Village, Clock, int], Iterator[None]]
Q3 = Quarter(2026, 3)


@dataclass(frozen=True)
class Kind:
    """What waits: its line, on whose desk it is, with whom others see it, the way to it, and to several at once."""

    make: Make
    line: str
    mine: str
    whom: str
    way: str
    way_many: str = ""
    when: str = ""

    def __str__(self) -> str:
        return self.make.__name__

    @property
    def counts(self) -> tuple[int, ...]:
        """One, and three where they are one line all the same."""
        return (1, 3) if self.way_many else (1,)


def first_review(village: Village, clock: Clock, count: int) -> Iterator[None]:
    made_deeds = _told(village, clock, count)
    yield
    with transaction() as session:
        for one in made_deeds:
            deeds.first_review(session, village.grid_worker, one, at=clock())


def second_review(village: Village, clock: Clock, count: int) -> Iterator[None]:
    made_deeds = _told(village, clock, count)
    with transaction() as session:
        for one in made_deeds:
            deeds.first_review(session, village.grid_worker, one, at=clock())
    yield
    with transaction() as session:
        for one in made_deeds:
            deeds.accept(session, village.chair, one, at=clock())


def _told(village: Village, clock: Clock, count: int) -> list[UUID]:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        rules = standing(session, village.recorder)
        return [
            record(session, village, rules, clock, key=new_id(), household_id=village.households[n], at=clock()).id
            for n in range(count)
        ]


def untold_penalty(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        found = [penalties.recorded(session, village, clock(), household=n) for n in range(count)]
    yield
    with transaction() as session:
        for one in found:
            deeds.tell_by_slip(session, village.grid_worker, one.id, to="本人", at=clock())


def replied_penalty(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        found = [penalties.told(session, village, clock(), household=n) for n in range(count)]
        for one in found:
            deeds.reply_to_penalty(session, village.recorder, one.id, said="不是我家。", at=clock())
    yield
    with transaction() as session:
        for one in found:
            deeds.withdraw_penalty(session, village.chair, one.id, reason="说得有理。", at=clock())


def unanswered_penalty(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        adopt_catalogue(session, village.recorder, at=clock())
        found = [penalties.told(session, village, clock(), household=n) for n in range(count)]
    clock.at += penalties.HEARD
    yield
    with transaction() as session:
        for one in found:
            deeds.let_stand(session, village.chair, one.id, reason="凭据清楚。", at=clock())


def veto(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        drafts = [
            RuleDraft("环境", "清渠", 5, "次"),
            RuleDraft("一票否决", "违法犯罪", 0, "", evidence="生效的文书", veto_days=365),
        ]
        key = deeds.adopt_version(session, village.chair, drafts, meeting=meeting(clock()), at=clock(), key=new_id())
        rule_id = deeds_read.veto_rules(session, village.chair, key)[0].id
        found = [
            deeds.record_veto(
                session,
                village.recorder,
                key=new_id(),
                household_id=village.households[n],
                rule_id=rule_id,
                found_on=date(2026, 9, 12),
                document="某某决定书 1 号",
                at=clock(),
            )
            for n in range(count)
        ]
    yield
    with transaction() as session:
        for one in found:
            deeds.judge_veto(session, village.panel[0], one.id, confirmed=True, at=clock())


def objection(village: Village, clock: Clock, count: int) -> Iterator[None]:
    with transaction() as session:
        stages.bring_to(session, village, State.NOTICE)
        found = [stages.object_to(session, village, n) for n in range(count)]
    yield
    with transaction() as session:
        for one in found:
            appraisals.reply(session, village.chair, one, upheld=False, reply="查过了。", corrections={}, at=clock())


def objections(village: Village, clock: Clock, count: int) -> Iterator[None]:
    yield from objection(village, clock, count + 2)


def minutes(village: Village, clock: Clock, count: int) -> Iterator[None]:
    assert count
    with transaction() as session:
        stages.bring_to(session, village, State.DECIDED)
    yield
    with transaction() as session:
        held = appraisals_read.meeting(session, village.chair, appraisals_read.appraisal(session, village.chair, Q3).id)
        assert held is not None
        scan = StoredScan("pdf", "0" * 64, 100)
        appraisals.keep_copy(session, village.chair, held.id, scan=scan, key=new_id(), at=clock())


def meeting_begun(village: Village, clock: Clock, count: int) -> Iterator[None]:
    assert count
    with transaction() as session:
        stages.bring_to(session, village, State.DELIBERATING)
        stages.begin(session, village, 0, 1, 2)
    yield
    with transaction() as session:
        appraisals.return_to_scoring(session, village.chair, Q3, at=clock())


COMMITTEE, SHOP, DECIDERS = "recorder chair", "recorder chair clerk", "chair panel"
ID = "[0-9a-f-]{36}"
KINDS = [
    Kind(first_review, "初审好事：{} 件", "grid", "网格员", f"/deeds/{ID}", r"/deeds\?state=first"),
    Kind(second_review, "复核好事：{} 件", "chair", "村委会", f"/deeds/{ID}", r"/deeds\?state=second"),
    Kind(untold_penalty, "扣分还没告知：{} 条", "recorder chair grid", "村委会", f"/penalties/{ID}", "show=recorded"),
    Kind(replied_penalty, "扣分有答复了：{} 条", DECIDERS, "评议小组", f"/penalties/{ID}", "show=replied"),
    Kind(unanswered_penalty, "答复的时间到了：{} 条扣分", DECIDERS, "评议小组", f"/penalties/{ID}", "show=silent"),
    Kind(veto, "一票否决等另一人确认：{} 条", DECIDERS, "评议小组", f"/vetoes/{ID}", "/vetoes"),
    Kind(objection, "答复异议：001 号 孔振明家", COMMITTEE, "村委会", f"/objections/{ID}", when="还有 7 天"),
    Kind(objections, "答复异议：3 件", COMMITTEE, "村委会", "/2026Q3/objections", when="还有 7 天"),
    Kind(minutes, "会议记录签字：2026年第三季度", COMMITTEE, "村委会", "/2026Q3/minutes"),
    Kind(meeting_begun, "评议会还没开完：2026年第三季度", COMMITTEE, "村委会", "/2026Q3/meeting"),
    Kind(
        hand_over,
        "交券：还有 {} 张没交到户里",
        COMMITTEE,
        "村委会",
        rf"/batches/{ID}\?show=waiting",
        r"/vouchers\?show=waiting",
    ),
    Kind(dispute, "有 {} 笔兑换对不上", COMMITTEE, "村委会", f"/disputes/{ID}", "/disputes"),
    Kind(slip_typed_once, "停电本等录第二遍：{} 张", SHOP, "超市管理员", "number=1", "number=1"),
    Kind(slip_that_differs, "停电本两遍不一样：{} 张", SHOP, "超市管理员", "/slips/1", f"/slips/pads/{ID}"),
    Kind(expired_lot, "牛奶过了保质期，要报损", SHOP, "超市管理员", f"/lots/{ID}/write-off", "/stock/watch"),
    Kind(counted_stocktake, "10月8日开始的盘点点完了，等核对", "chair", "村委会", f"/stocktakes/{ID}/close"),
    Kind(reset_to_announce, "公告11月20日清零", COMMITTEE, "村委会", "/resets/announce", when="还有 13 天"),
]
