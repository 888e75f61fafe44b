"""A whole quarter, from the roster to the verified books, through the same services that the pages use."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from time import monotonic

from love_market.appraisals import papers as appraisal_papers
from love_market.appraisals import queries as appraisals
from love_market.appraisals.intake import ScorePlan
from love_market.appraisals.rules import State
from love_market.clock import Quarter, village_date
from love_market.config import Settings
from love_market.counter import queries as counter
from love_market.db import reading, transaction
from love_market.errors import Refused, words
from love_market.ledger import queries as books
from love_market.ledger.verify import verify
from love_market.people.intake import RosterPlan
from love_market.places import queries as places
from love_market.plays import acts, imports, market_day, penalties, stage
from love_market.plays.market_day import Watch
from love_market.plays.stage import Cast
from love_market.plays.timetable import Timetable
from love_market.vouchers import papers as voucher_papers
from love_market.vouchers import queries as vouchers
from love_market.vouchers.queries import VoucherFace


class BooksDisagree(Refused):
    """At the end of the play the books do not add up."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a played quarter came to; amounts are whole points, goods are pieces, time is seconds."""

    households: int
    members: int
    scores: int
    points_awarded: int
    vouchers: int
    points_redeemed: int
    points_outstanding: int
    redemptions: int
    goods_given: int
    entries: int
    head_hash: str
    verified: bool
    seconds: float


@dataclass
class Stopwatch:
    """Says each step with its count and its seconds, one line each."""

    say: Callable[[str], object]
    begun: float = 0.0
    last: float = 0.0

    def __post_init__(self) -> None:
        self.begun = self.last = monotonic()

    def step(self, name: str, count: int, unit: str) -> None:
        """Say that a step is done."""
        now = monotonic()
        self.say(f"{name}\t{count} {unit}\t{now - self.last:.1f} s")
        self.last = now

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return round(monotonic() - self.begun, 1)


@dataclass(frozen=True, slots=True)
class Play:
    """One quarter of one village, to be played: from which workbooks, and where its papers go.

    ``opened_on`` and ``reply_days`` are set while it is played: the day the quarter was opened, where somebody had
    opened it before, and how long the market lets a household answer a penalty.
    """

    village_code: str
    quarter: Quarter
    roster: Path
    scores: Path
    out: Path
    settings: Settings
    opened_on: date | None = None
    reply_days: int = 5

    @property
    def times(self) -> Timetable:
        """When each act happens."""
        usual = Timetable.usual(self.quarter)
        return Timetable(self.opened_on or usual.opened_on, self.reply_days)


def play(plan: Play, say: Callable[[str], object], watch: Watch) -> Summary:
    """Play a quarter through; return what it came to, also written to ``summary.json`` beside the papers.

    Raises what the services raise: a workbook that cannot be read, votes or points that cannot be.
    """
    clock = Stopwatch(say)
    plan.out.mkdir(parents=True, exist_ok=True)
    plan, cast = _prepare(plan)
    times = plan.times
    with transaction() as session:
        roster = imports.take_roster(session, cast.recorder, plan.roster, at=times.opened)
    clock.step("农户入册", roster.households, "户")
    _say_refused(roster, say)
    scored = _score(plan, cast)
    clock.step("评分录入", scored.scores, "格")
    _say_refused(scored, say)
    heard = penalties.hear(cast, plan.quarter, told_at=times.told, decided_at=times.heard)
    clock.step("扣分告知认定", heard, "条")
    present = acts.deliberate(cast, plan.quarter, submitted_at=times.submitted, met_at=times.met)
    clock.step("评议", present, "人")
    notice, ends_at = acts.publish(cast, plan.quarter, at=times.published)
    _print_notice(plan, cast)
    clock.step("公示", len(notice.rows), "户")
    clock.step("认定", acts.confirm(cast, plan.quarter, at=times.confirmed(ends_at)), "户")
    faces = _issue(plan, cast, times.issued(ends_at))
    clock.step("发券打印", len(faces), "张")
    waiting = [face.id for face in faces if face.handed_over_at is None]
    clock.step("领券签字", acts.hand_over(cast, waiting, at=times.issued(ends_at)), "张")
    _market(plan, cast, ends_at, faces, clock, watch)
    summary = _sum_up(plan, cast, roster, scored.scores, len(faces), clock)
    (plan.out / "summary.json").write_text(json.dumps(asdict(summary), indent=2) + "\n", encoding="utf-8")
    if not summary.verified:
        raise BooksDisagree(words("账本核对不上，请看 summary.json。"))
    return summary


def _prepare(plan: Play) -> tuple[Play, Cast]:
    """Set the stage; where somebody had opened the quarter before, everything goes on from that day."""
    with transaction() as session:
        guard = stage.ready_village(session, plan.village_code, at=plan.times.opened)
        stage.adopt_rules(session, guard, at=plan.times.opened)
        cast = stage.assemble_cast(session, guard, at=plan.times.opened)
        stage.fill_shelf_list(session, guard, at=plan.times.opened)
        plan = replace(plan, reply_days=places.settings(session, guard.market_id).penalty_reply_days)
        for standing in appraisals.appraisals(session, guard):
            if standing.quarter == plan.quarter:
                return replace(plan, opened_on=village_date(standing.opened_at)), cast
    return plan, cast


def _say_refused(brought: RosterPlan | ScorePlan, say: Callable[[str], object]) -> None:
    for row in brought.rows:
        if row.action == "refused":
            who = f"{row.number or '—'} {row.head_name}".rstrip()
            say(f"  第 {row.row_number} 行没有收\t{who}\t{row.text}")


def _score(plan: Play, cast: Cast) -> ScorePlan:
    """Open the quarter and bring the scores in; beyond scoring, only read them."""
    standing = acts.open_quarter(cast, plan.quarter, at=plan.times.opened)
    guard, quarter = cast.recorder, plan.quarter
    if standing.state is State.SCORING:
        with transaction() as session:
            return imports.take_scores(
                session, guard, quarter, plan.scores, at=plan.times.scored, meeting=stage.meeting(plan.times.scored)
            )
    with reading() as session:
        return imports.preview_scores(session, guard, quarter, plan.scores)


def _print_notice(plan: Play, cast: Cast) -> None:
    with reading() as session:
        pdf = appraisal_papers.notice(session, cast.recorder, plan.quarter, at=plan.times.published)
    (plan.out / "notice.pdf").write_bytes(pdf)


def _issue(plan: Play, cast: Cast, at: datetime) -> list[VoucherFace]:
    secret, base_url = plan.settings.secret_key, plan.settings.base_url
    batch_id = acts.issue(cast, plan.quarter, secret=secret, at=at)
    with reading() as session:
        batch = vouchers.batch(session, cast.chair, batch_id)
        sheet = voucher_papers.sheet(session, cast.chair, batch, base_url, secret, at)
        sign_for = voucher_papers.sign_for(session, cast.chair, batch, base_url, secret, at)
        faces = list(vouchers.vouchers_of_batch(session, cast.chair, batch_id))
    (plan.out / "vouchers.pdf").write_bytes(sheet)
    (plan.out / "sign-for.pdf").write_bytes(sign_for)
    return faces


def _market(
    plan: Play, cast: Cast, ends_at: datetime, faces: list[VoucherFace], clock: Stopwatch, watch: Watch
) -> None:
    quarter, times = plan.quarter, plan.times
    points = sum(face.face_points for face in faces)
    clock.step("进货", market_day.receive_goods(cast, quarter, points, times.received(ends_at)), "件")
    redeemed = market_day.redeem_vouchers(cast, quarter, faces, times.market_day(ends_at), watch)
    clock.step("兑换", len(redeemed), "笔")
    clock.step("撤销", market_day.undo_some(cast, quarter, redeemed), "笔")
    clock.step("盘点", market_day.count_stock(cast, quarter, times.counted(ends_at)), "批")


def _sum_up(plan: Play, cast: Cast, roster: RosterPlan, scores: int, issued: int, clock: Stopwatch) -> Summary:
    market_id = cast.chair.market_id
    with reading() as session:
        verdict = verify(session, market_id)
        sums = vouchers.reconciliation(session, market_id)
        given = sum(books.totals_by_unit(session, market_id, "given").values())
        made = counter.totals(session, cast.chair)
    clock.step("核对账本", verdict.entries, "笔")
    return Summary(
        households=roster.households,
        members=roster.members,
        scores=scores,
        points_awarded=acts.awarded_points(cast, plan.quarter),
        vouchers=issued,
        points_redeemed=sums.redeemed,
        points_outstanding=sums.outstanding,
        redemptions=made.redemptions,
        goods_given=given,
        entries=verdict.entries,
        head_hash=verdict.head_hash,
        verified=verdict.verified and sums.agrees and (made.points, made.pieces) == (sums.redeemed, given),
        seconds=clock.seconds,
    )
