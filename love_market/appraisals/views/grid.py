"""The score grid: the page, and the two JSON doors that its script knocks at."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from love_market.appraisals import queries, service
from love_market.appraisals.queries import ScoreSheet, SheetRow
from love_market.appraisals.rules import Act, State, step, whole_points
from love_market.appraisals.rules.refusals import PenaltyTyped, WrongStep
from love_market.appraisals.service import CellInput, Place, RefusedCell, SavedChange
from love_market.appraisals.views.room import READERS, WRITERS, bp, shown_steps
from love_market.clock import Quarter
from love_market.db import reading, transaction
from love_market.errors import Invalid, LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.web.filters import clock_time

MOST_CELLS = 6000
SOURCES = ("grid", "paste")


class CellsNotUnderstood(Invalid):
    """What the grid's script sent is no list of cells."""


@bp.get("/v/<village_code>/scores/<quarter>")
def grid(village_code: str, quarter: str) -> str:
    """The score sheet of a quarter, to fill in while scoring and to read afterwards."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        sheet = queries.sheet(session, guard, Quarter.parse(quarter))
        steps = shown_steps(queries.progress(session, guard, sheet.appraisal, now()))
        undoable = queries.undoable(session, guard, sheet.appraisal.id)
    writes = bool(guard.roles & set(WRITERS)) and sheet.appraisal.state is State.SCORING
    return render_template(
        "appraisals/grid.html",
        sheet=sheet,
        steps=steps,
        writes=writes,
        closed=_why_closed(guard, sheet),
        undoable=undoable is not None,
        groups=_categories(sheet),
        clock_now=clock_time(now()),
    )


def _why_closed(guard: Guard, sheet: ScoreSheet) -> str:
    """Return why nothing can be typed, in the reader's words; empty where it can."""
    try:
        guard.require(*WRITERS)
        step(Act.SCORE, sheet.appraisal.state)
    except (LoveMarketError, WrongStep) as refused:
        return sentence_of(refused)
    return ""


def _categories(sheet: ScoreSheet) -> Sequence[tuple[str, int]]:
    """Return the categories above the columns, each with how many columns it spans."""
    groups: list[tuple[str, int]] = []
    for rule in sheet.rules:
        if groups and groups[-1][0] == rule.category:
            groups[-1] = (rule.category, groups[-1][1] + 1)
        else:
            groups.append((rule.category, 1))
    return groups


@bp.post("/v/<village_code>/scores/<quarter>/cells")
def save_cells(village_code: str, quarter: str) -> ResponseReturnValue:
    """Save cells ``[household, rule, text]``; answer with the rows as they count now, and the cells not saved."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    key, source, cells, unread = _cells_sent()
    with transaction() as session:
        saved = service.save_scores(session, guard, wanted, cells, source=source, at=now(), key=key, keep_good=True)
        sheet = queries.sheet(session, guard, wanted)
        more = queries.undoable(session, guard, sheet.appraisal.id) is not None
    ways = _ways_to_penalties(sheet, saved, cells)
    return jsonify({**_answer(sheet, saved, unread, ways), "undoable": more})


def _ways_to_penalties(sheet: ScoreSheet, saved: SavedChange, cells: Sequence[CellInput]) -> dict[Place, tuple[str]]:
    """Return for each penalty that was typed the way to where it is recorded, filled in with what was typed."""
    codes = {rule.id: rule.code for rule in sheet.rules}
    typed = {(cell.household_id, cell.rule_id): cell.points for cell in cells}
    return {
        one.place: (
            url_for("deeds.new_penalty", household=one.household_id, rule=codes[one.rule_id], points=typed[one.place]),
        )
        for one in saved.refused
        if isinstance(one.error, PenaltyTyped)
    }


@bp.post("/v/<village_code>/scores/<quarter>/undo")
def undo_cells(village_code: str, quarter: str) -> ResponseReturnValue:
    """Take my last change back; answer with the rows as they count now."""
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    sent = request.get_json()
    with transaction() as session:
        undone = service.undo_change(session, guard, wanted, at=now(), key=_key(sent))
        sheet = queries.sheet(session, guard, wanted)
        more = queries.undoable(session, guard, sheet.appraisal.id) is not None
    return jsonify({**_answer(sheet, undone, [], {}), "undoable": more})


def _cells_sent() -> tuple[UUID, str, list[CellInput], list[RefusedCell]]:
    """Return what the script sent; cells whose text is no whole number come back with the reason."""
    sent = request.get_json()
    cells: list[CellInput] = []
    unread: list[RefusedCell] = []
    try:
        key, source, told = _key(sent), str(sent["source"]), list(sent["cells"])
        places = [(UUID(household), UUID(rule), str(text)) for household, rule, text in told]
    except (KeyError, TypeError, ValueError) as error:
        raise CellsNotUnderstood(words("没有看懂送来的分，没有存。请刷新页面再填。")) from error
    if source not in SOURCES or len(places) > MOST_CELLS:
        raise CellsNotUnderstood(words("一次最多存 {most} 格。请分几次贴。"), most=MOST_CELLS)
    for household, rule, text in places:
        try:
            cells.append(CellInput(household, rule, whole_points(text)))
        except Invalid as error:
            unread.append(RefusedCell(household, rule, error))
    return key, source, cells, unread


def _key(sent: Any) -> UUID:  # noqa: ANN401 whatever JSON may hold
    try:
        return UUID(sent["key"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CellsNotUnderstood(words("没有看懂送来的分，没有存。请刷新页面再填。")) from error


def _answer(
    sheet: ScoreSheet, saved: SavedChange, unread: Sequence[RefusedCell], ways: Mapping[Place, tuple[str]]
) -> dict[str, Any]:
    """Return the answer; ``ways`` lead from a refused cell to where it is done instead."""
    touched = set(saved.household_ids)
    return {
        "saved_at": clock_time(now()),
        "filled": sheet.filled_count,
        "rows": [_row(row) for row in sheet.rows if row.household.id in touched],
        "refused": [
            [str(one.household_id), str(one.rule_id), sentence_of(one.error), *ways.get(one.place, ())]
            for one in (*unread, *saved.refused)
        ],
    }


def _row(row: SheetRow) -> dict[str, Any]:
    """Return a row as the script keeps it: for each cell what was entered, the deeds' part, and what counts."""
    return {
        "household": str(row.household.id),
        "points": row.points,
        "cells": [[cell.entered, cell.from_deeds, cell.counted] for cell in row.cells],
    }
