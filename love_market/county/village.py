"""Closing one village: what is still to do after its chair's decision, each step once however often it is begun."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries as appraisals
from love_market.appraisals import service as appraisals_service
from love_market.appraisals.queries import AppraisalRecord
from love_market.appraisals.rules import State
from love_market.appraisals.rules.refusals import NoAppraisal
from love_market.clock import village_time
from love_market.county import folder, queries
from love_market.county.queries import IssuedBatch
from love_market.county.rules import ONLY_THE_CHAIR, ClosePlan, Ending, NotAsChairs, Outcome, key_of
from love_market.db import reading, retrying, transaction
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.people.rules import Guard, Role
from love_market.places import queries as places
from love_market.places.queries import VillageRecord
from love_market.vouchers import papers
from love_market.vouchers import queries as vouchers
from love_market.vouchers import service as vouchers_service
from love_market.vouchers.rules import NothingToIssue

_BEFORE_NOTICE = {
    State.SCORING: "还在评分",
    State.DELIBERATING: "还在评议",
    State.DECIDED: "评议会通过了，还没有公示",
}


class Waits(Exception):
    """Nothing went wrong: the village waits for somebody, in words."""


def close(plan: ClosePlan, village: VillageRecord) -> Outcome:
    """Issue what waits in a village whose chair has confirmed, and lay out its papers; otherwise say what it waits for.

    Confirming is the chair's act, and nobody does it in the chair's stead: not the recorder, and not the county.
    Raises what the services and the press raise.
    """
    try:
        standing = retrying(lambda: confirmed(plan, village))
    except Waits as waits:
        return Outcome(village.code, village.short_name, Ending.WAITING, str(waits))
    retrying(lambda: issue(plan, village))
    return lay_out(plan, village, standing)


def program(village: VillageRecord) -> Guard:
    """Return the guard of the program that closes: it may issue what was confirmed, and cannot confirm."""
    return Guard(village.market_id, village.code, "system", "县里结算", frozenset({Role.RECORDER}))


def confirmed(plan: ClosePlan, village: VillageRecord) -> AppraisalRecord:
    """Return the village's quarter once it is confirmed, here too if the plan plays the chairs; raise ``Waits``."""
    guard = program(village)
    with reading() as session:
        try:
            standing = appraisals.appraisal(session, guard, plan.quarter)
        except NoAppraisal:
            raise Waits("还没有开这个季度的评分") from None
    if standing.state is State.CONFIRMED:
        return standing
    if standing.state is not State.NOTICE or standing.notice_ends_at is None:
        raise Waits(_BEFORE_NOTICE[standing.state])
    if plan.at < standing.notice_ends_at:
        ends = village_time(standing.notice_ends_at)
        raise Waits(f"还在公示，到{ends.month}月{ends.day}日 {ends:%H:%M}")
    if not plan.as_chairs:
        raise Waits("公示结束了，等主任认定")
    with transaction() as session:
        return _confirm_as_chair(session, plan, village, standing.id)


def _confirm_as_chair(session: Session, plan: ClosePlan, village: VillageRecord, appraisal_id: UUID) -> AppraisalRecord:
    """Play the chair's part, in a demonstration only; the service checks the chair as it checks anybody."""
    if not places.is_demonstration(session):
        raise NotAsChairs(ONLY_THE_CHAIR)
    recorders = appraisals.recorders(session, program(village), appraisal_id)
    guard = queries.chair(session, village, recorders)
    if guard is None:
        raise Waits("没有可以认定的主任：要有一位没有录过分的主任")
    ledger.lock_book(session, village.market_id)
    key, at = key_of(village.market_id, village.code, plan.quarter, "confirm"), _instant(session, plan, village)
    appraisals_service.confirm(session, guard, plan.quarter, at=at, key=key)
    return appraisals.appraisal(session, guard, plan.quarter)


def issue(plan: ClosePlan, village: VillageRecord) -> None:
    """Issue what waits; the key counts the batches before it, so that what is confirmed later has its own."""
    guard = program(village)
    with transaction() as session:
        ledger.lock_book(session, village.market_id)
        before = len(queries.issued(session, guard, plan.quarter))
        key = key_of(village.market_id, village.code, plan.quarter, "issue", before)
        at = _instant(session, plan, village)
        with suppress(NothingToIssue):
            vouchers_service.issue(session, guard, quarter=str(plan.quarter), secret=plan.secret, at=at, key=key)


def _instant(session: Session, plan: ClosePlan, village: VillageRecord) -> datetime:
    """Return when an act of the close happens: when the close was begun, and never before what the book has already."""
    return max(plan.at, queries.last_written_at(session, village.market_id) or plan.at)


def lay_out(plan: ClosePlan, village: VillageRecord, standing: AppraisalRecord) -> Outcome:
    """Lay out what is not there yet of the quarter's papers; return what came of the village."""
    guard, place = program(village), folder.village_folder(plan.out, village.code, village.short_name)
    with reading() as session:
        batches = queries.issued(session, guard, plan.quarter)
        waiting = queries.waiting_rows(session, guard, standing.id)
        last = books.posted_with_key(session, village.market_id, batches[-1].id) if batches else None
    files = [name for one in batches for name in _papers_of(plan, village, one)]
    return Outcome(
        village.code,
        village.short_name,
        Ending.CLOSED,
        "" if batches else "没有积分要发券",
        vouchers=sum(one.vouchers for one in batches),
        points=sum(one.points for one in batches),
        waiting_rows=waiting,
        head_hash=last.hash if last else "",
        files=tuple(str((place / name).relative_to(plan.out)) for name in files),
    )


def _papers_of(plan: ClosePlan, village: VillageRecord, one: IssuedBatch) -> tuple[str, ...]:
    """Lay out a batch's papers unless they lie there whole; the database is left alone meanwhile."""
    place = folder.village_folder(plan.out, village.code, village.short_name)
    names = folder.lies_whole(place, one.id)
    if names:
        return names
    guard, suffix = program(village), "" if one.number == 1 else f"-{one.number}"
    with reading() as session:
        batch = vouchers.batch(session, guard, one.id)
        content = papers.of_batch(session, guard, batch, plan.base_url, plan.secret)
    made = {}
    if content.vouchers:
        made[f"积分券{suffix}.pdf"] = content.sheet(plan.at)
    made[f"领取签字表{suffix}.pdf"] = content.sign_for(plan.at)
    return folder.put(place, one.id, made)
