"""The score sheet as the grid's script reads it: compact, since it holds every household's cells."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from sqlalchemy.orm import Session

from love_market.appraisals import queries
from love_market.appraisals.queries import AppraisalRecord, Change, LastRow, ScoreSheet, SheetCell, SheetRow, Undoable
from love_market.appraisals.rules import Act, step
from love_market.appraisals.rules.refusals import WrongStep
from love_market.appraisals.service import SavedChange
from love_market.appraisals.views.room import WRITERS
from love_market.clock import Quarter
from love_market.deeds.queries import RuleRecord
from love_market.errors import LoveMarketError, words
from love_market.people import queries as people
from love_market.people.rules import Guard
from love_market.web.errors import sentence_of
from love_market.web.filters import clock_time

UNDOABLE_WORDS = {"grid": words("填的分"), "paste": words("贴的分"), "import": words("导入的分")}
MOST_MARKS = 400
encode = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def sheet_of(sheet: ScoreSheet, last: Mapping[UUID, LastRow]) -> dict[str, Any]:
    """Return a sheet's rows with the households they are of, and the revision they stand at."""
    return {
        "revision": sheet.appraisal.revision,
        "rows": [{**_household(row), **row_of(row), **_last(row, sheet.rules, last)} for row in sheet.rows],
    }


def embedded(told: Mapping[str, Any]) -> Markup:
    """Return JSON that may stand in a page."""
    return htmlsafe_json_dumps(told, dumps=encode)


def row_of(row: SheetRow) -> dict[str, Any]:
    """Return whose row it is, what it comes to, and its cells in the order of the rules."""
    return {"household": str(row.household.id), "points": row.points, "cells": [_cell(cell) for cell in row.cells]}


def _cell(cell: SheetCell) -> int | list[int | None] | None:
    """Return what was typed; with the deeds' part and what counts beside it where that is something else."""
    if not cell.from_deeds and cell.counted == (cell.typed or 0):
        return cell.typed
    return [cell.typed, cell.from_deeds, cell.counted]


def _household(row: SheetRow) -> dict[str, str]:
    household = row.household
    return {
        "number": household.number,
        "name": household.head_name,
        "group": household.group_name,
        "grid": household.grid_name,
    }


def _last(row: SheetRow, rules: Sequence[RuleRecord], last: Mapping[UUID, LastRow]) -> dict[str, Any]:
    """Return last quarter's points and what it had in each column; nothing for a household that was not on it."""
    found = last.get(row.household.id)
    if found is None:
        return {}
    entered = {at: found.entered[rule.code] for at, rule in enumerate(rules) if found.entered.get(rule.code)}
    return {"last": {"points": found.points, "cells": entered}}


def news(
    session: Session, guard: Guard, quarter: Quarter, since: int | None, saved: SavedChange | None = None
) -> dict[str, Any]:
    """Return the rows touched since a revision as they count now, and what a page must know of what others did.

    ``saved`` is what was just saved or undone; without a revision only its rows are told.
    """
    revision = saved.revision if since is None and saved is not None else since or 0
    found = queries.changes(session, guard, quarter, revision)
    touched = found.household_ids | set(saved.household_ids if saved else ())
    kept = saved.meanwhile if saved else ()
    told: dict[str, Any] = {
        "revision": found.appraisal.revision,
        "rules": found.appraisal.rule_version_id.hex,
        "closed": why_closed(guard, found.appraisal),
        "rows": [],
        "marks": [],
        "meanwhile": [],
    }
    if saved is not None:
        told["undoable"] = undoable_words(queries.undoable(session, guard, found.appraisal.id))
    if not touched:
        return told
    sheet = queries.sheet(session, guard, quarter, household_ids=touched)
    names = people.names_by_actor(session, {change.by for change in found.since} | {one.by for one in kept})
    others = [change for change in found.since if change.by != guard.actor and change.cells]
    return told | {
        "rows": [row_of(row) for row in sheet.rows],
        "marks": [_mark(change, sheet, names) for change in others],
        "meanwhile": [
            [str(one.household_id), str(one.rule_id), _who(names, one.by), clock_time(one.at)] for one in kept
        ],
    }


def _mark(change: Change, sheet: ScoreSheet, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what somebody else saved: who, when, how many cells, and which; none where they are too many to mark."""
    ids = {rule.code: str(rule.id) for rule in sheet.rules}
    cells = [[str(household), ids[code]] for household, code in change.cells if code in ids]
    return {
        "who": _who(names, change.by),
        "at": clock_time(change.at),
        "count": len(cells),
        "cells": cells if len(cells) <= MOST_MARKS else [],
    }


def _who(names: Mapping[str, str], actor: str) -> str:
    return names.get(actor) or _("别人")


def why_closed(guard: Guard, found: AppraisalRecord) -> str:
    """Return why nothing can be typed, in the reader's words; empty where it can."""
    try:
        guard.require(*WRITERS)
        step(Act.SCORE, found.state)
    except (LoveMarketError, WrongStep) as refused:
        return sentence_of(refused)
    return ""


def undoable_words(found: Undoable | None) -> str:
    """Return what would be taken back next, as the button says it; empty where nothing would."""
    if found is None:
        return ""
    return f"{clock_time(found.at)} {_(UNDOABLE_WORDS.get(found.source, UNDOABLE_WORDS['grid']))}"


def since(text: str | int | None) -> int | None:
    """Return the revision that a page says it has; None where it says none."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
