"""The rules' papers from the books: the sheet for the wall, what a version changed, and the workbook."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.deeds import intake, queries
from love_market.deeds.intake import HEADINGS
from love_market.deeds.queries import VersionRecord
from love_market.deeds.rules import PERIODS, VETO, NoSuchVersion, RuleDraft
from love_market.deeds.sheet.rules import RulesHeading, lay_out_changes, lay_out_wall
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.workbook import SheetToWrite, Written, write_workbook

_HOW = (
    "说明：改好再传回“改细则”，只是一份草稿，要经村民代表会议通过才算。",
    "说明：“编号”不要改，新加的条目空着。扣分项的分写负数。封顶写分数，“多久”写每季、每年或每件；不封顶就都空着。",
    "说明：“只计最高”写哪一类奖，写了同一类的几条一年只计最高的一个。一票否决不写分，写“否决天数”。",
)


def wall(session: Session, guard: Guard, number: int, *, at: datetime, paper_size: Literal["a4", "a3"] = "a4") -> bytes:
    """Return the PDF of a version for the wall; raise ``NoSuchVersion``."""
    version = queries.version(session, guard, number)
    rules = queries.drafts(session, guard, version.id)
    return lay_out_wall(_heading(session, guard, version), rules, at, paper_size=paper_size)


def changes(session: Session, guard: Guard, number: int, *, at: datetime) -> bytes:
    """Return the PDF of what a version changed of the one before; raise ``NoSuchVersion``, also for the first."""
    if number == 1:
        raise NoSuchVersion(words("第 1 版前面没有更早的，没有对照表。"))
    version, before = queries.version(session, guard, number), queries.version(session, guard, number - 1)
    found = intake.difference(queries.drafts(session, guard, before.id), queries.drafts(session, guard, version.id))
    return lay_out_changes(_heading(session, guard, version), found, at)


def draft_changes(session: Session, guard: Guard, drafts: Sequence[RuleDraft], *, at: datetime) -> bytes:
    """Return the PDF of what a draft would change of the version that stands, for the meeting to vote on."""
    standing = queries.current_version(session, guard)
    before = queries.drafts(session, guard, standing.id) if standing else []
    number = (standing.number if standing else 0) + 1
    heading = replace(_place_heading(session, guard, number, village_date(at)), is_draft=True)
    return lay_out_changes(heading, intake.difference(before, drafts), at)


def rules_workbook(title: str, rules: Sequence[RuleDraft], at: datetime) -> bytes:
    """Return rules as one .xlsx that the editor reads back; what was typed stays text, whatever it begins with."""
    rows: list[Sequence[Written]] = [
        tuple(_written(field, getattr(rule, field), is_veto=rule.category == VETO) for field in HEADINGS)
        for rule in rules
    ]
    footer = (f"制表日期：{village_date(at):%Y-%m-%d}，共 {len(rules)} 条", *_HOW)
    return write_workbook(
        [SheetToWrite("积分细则", tuple(HEADINGS.values()), rows, title=title, footer=footer, landscape=True)]
    )


def _written(field: str, value: Written, *, is_veto: bool) -> Written:
    if field == "cap_period":
        return PERIODS[str(value)] if value else None
    return None if value == "" or (is_veto and field == "points") else value


def _heading(session: Session, guard: Guard, version: VersionRecord) -> RulesHeading:
    adopted_on = version.meeting.held_on if version.meeting else village_date(version.adopted_at)
    heading = _place_heading(session, guard, version.number, adopted_on)
    return replace(heading, meeting=version.meeting, note=version.note, knowingly=version.knowingly)


def _place_heading(session: Session, guard: Guard, number: int, day: date) -> RulesHeading:
    place, *above = places.lineage(session, guard.village_code)
    village = places.village(session, guard.village_code)
    committee = "村民委员会" if place.level == "village" else "居民委员会"
    return RulesHeading(
        village_name=village.short_name,
        committee_name="".join(one.name for one in reversed(above)) + village.short_name + committee,
        number=number,
        adopted_on=day,
        meeting=None,
        head_hash=books.head(session, guard.market_id).hash,
    )
