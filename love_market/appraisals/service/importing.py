"""Carrying out an import of scores: the new rules it brings, then its cells."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.intake import NewRule, ScorePlan, penalty_key
from love_market.appraisals.rules.refusals import UnknownHousehold
from love_market.appraisals.service.cells import CellInput
from love_market.appraisals.service.opening import adopt_newest_rules
from love_market.appraisals.service.scoring import imported_before, save_scores
from love_market.appraisals.service.stored import SavedChange, note_with
from love_market.clock import Quarter
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.deeds.queries import RuleRecord
from love_market.deeds.rules import Meeting, RuleDraft, times_for
from love_market.deeds.service import Noted
from love_market.errors import Invalid, words
from love_market.people.rules import Guard


class MeetingMissing(Invalid):
    """An import would make new rules, and no meeting is named that adopted them."""


def apply_scores(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    plan: ScorePlan,
    *,
    make_new_rules: bool | Collection[str],
    meeting: Meeting | None = None,
    at: datetime,
    key: UUID,
) -> SavedChange:
    """Carry out an import: make the new rules wanted (all, none, or those named), then save the good rows' cells.

    A household's other cells that hold nothing are entered as 0, so that its row is filled. Points taken off become
    noted penalties, one a household and rule in the quarter, however often the sheet comes. New rules are a version
    like any other, adopted by a ``meeting``; without one ``MeetingMissing`` is raised. Columns whose rule is not wanted
    are left out. The same key imports once. Raises what ``save_scores`` and ``adopt_version`` raise.
    """
    before = imported_before(session, guard, quarter, key)
    if before is not None:
        return before
    wanted = [
        rule
        for rule in plan.new_rules
        if make_new_rules is True or (make_new_rules is not False and rule.name in make_new_rules)
    ]
    if wanted:
        _make_rules(session, guard, quarter, wanted, meeting, at=at, key=uuid5(key, "rules"))
    found = queries.sheet(session, guard, quarter)
    ids = {rule.code: rule.id for rule in found.rules}
    ids |= {rule.column_key: rule_id for rule in wanted if (rule_id := _by_name(found.rules, rule.name))}
    cells: list[CellInput] = []
    noted: list[Noted] = []
    rows = {row.household.id: row for row in found.rows}
    for planned in plan.good_rows:
        row = rows.get(planned.household_id) if planned.household_id else None
        if row is None:
            raise UnknownHousehold(words("{text}：这一户不在花名册里了，请重新导入。"), text=planned.text)
        stated = {ids[name]: points for name, points in planned.cells.items() if name in ids}
        for rule, cell in zip(found.rules, row.cells, strict=True):
            points = stated.get(rule.id)
            if points is not None and points < 0:
                if points != cell.from_deeds:  # what stands already is what the sheet says
                    noted.append(_noted(found.appraisal.id, row.household.id, rule, points))
                points = None
            if rule.id in stated or cell.typed is None:
                cells.append(CellInput(row.household.id, rule.id, cell.from_deeds if points is None else points))
    source = f"{quarter.title}评分表里的扣分"
    new = deeds_service.note_penalties(session, guard, noted, source=source, at=at)
    saved = save_scores(session, guard, quarter, cells, source="import", at=at, key=key)
    if new:
        note_with(session, guard, key, new)
    return saved


def _noted(appraisal_id: UUID, household_id: UUID, rule: RuleRecord, points: int) -> Noted:
    times = times_for(rule, points)
    return Noted(penalty_key(appraisal_id, household_id, rule.code), household_id, rule.id, rule.code, times, points)


def _make_rules(
    session: Session,
    guard: Guard,
    quarter: Quarter,
    wanted: Sequence[NewRule],
    meeting: Meeting | None,
    *,
    at: datetime,
    key: UUID,
) -> None:
    found = queries.appraisal(session, guard, quarter)
    known = deeds.drafts(session, guard, found.rule_version_id)
    drafts = known + [
        RuleDraft(category=rule.category, name=rule.name, points=rule.points, unit_name="次")
        for rule in wanted
        if all(rule.name != each.name for each in known)
    ]
    if len(drafts) > len(known):
        if meeting is None:
            raise MeetingMissing(words("新项目要先经村民代表会议通过。请填上会议的情况，或者先不收这几列。"))
        note = f"{quarter.title}评分表里的新项目：" + "、".join(rule.name for rule in wanted)
        deeds_service.adopt_version(session, guard, drafts, meeting=meeting, note=note[:200], at=at, key=key)
    adopt_newest_rules(session, guard, quarter)


def _by_name(rules: Iterable[RuleRecord], name: str) -> UUID | None:
    return next((rule.id for rule in rules if rule.name == name), None)
