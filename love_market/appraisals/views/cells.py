"""The doors at which the grid's script saves cells and takes changes back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.rules import whole_points
from love_market.appraisals.rules.refusals import PenaltyTyped
from love_market.appraisals.service import CellInput, Place, RefusedCell, SavedChange
from love_market.appraisals.views.room import WRITERS, bp
from love_market.appraisals.views.sheet_json import news, since
from love_market.clock import Quarter
from love_market.db import transaction
from love_market.deeds import queries as deeds
from love_market.deeds.service import TakenBack
from love_market.errors import Invalid, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of
from love_market.web.filters import clock_time, day

MOST_CELLS = 6000
SOURCES = ("grid", "paste")


class CellsNotUnderstood(Invalid):
    """What the grid's script sent is no list of cells."""


@bp.post("/v/<village_code>/scores/<quarter>/cells")
def save_cells(village_code: str, quarter: str) -> ResponseReturnValue:
    """Save cells ``[household, rule, text, typed part as seen]``, the last of which may be left out.

    Answers with the rows as they count now, the cells not saved, and those that somebody else entered meanwhile.
    """
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    sent = request.get_json()
    key, source = _key(sent), _source(sent)
    cells, unread, seen = _cells_sent(sent)
    with transaction() as session:
        saved = service.save_scores(
            session, guard, wanted, cells, source=source, at=now(), key=key, seen=seen, keep_good=True
        )
        told = news(session, guard, wanted, since(sent.get("since")), saved)
        ways = _ways_to_penalties(session, guard, wanted, saved, cells)
    return jsonify(told | _told(saved, unread, ways))


@bp.post("/v/<village_code>/scores/<quarter>/undo")
def undo_cells(village_code: str, quarter: str) -> ResponseReturnValue:
    """Take my last change back; answers as to saved cells, those left to somebody else included.

    Of an import it also tells what became of the penalties that it had noted.
    """
    guard = staff_guard(village_code, *WRITERS)
    wanted = Quarter.parse(quarter)
    sent = request.get_json()
    key = _key(sent)
    with transaction() as session:
        undone = service.undo_change(session, guard, wanted, at=now(), key=key)
        told = news(session, guard, wanted, since(sent.get("since")), undone)
        told["penalties"] = _penalties(session, guard, undone.penalties)
    return jsonify(told | _told(undone, [], {}))


def _penalties(session: Session, guard: Guard, back: TakenBack | None) -> dict[str, Any] | None:
    """Return what became of the penalties that an undone import had noted: how many are gone, and each that stays."""
    if back is None:
        return None
    stay = deeds.penalties_named(session, guard, back.told)
    return {
        "gone": back.gone,
        "told": [
            {
                "who": f"{one.household_number} {one.head_name}",
                "rule": one.rule.name,
                "points": one.points,
                "day": day(one.told_at),
                "url": url_for("deeds.penalty", penalty_id=one.id),
            }
            for one in stay
        ],
    }


def _told(saved: SavedChange, unread: Sequence[RefusedCell], ways: Mapping[Place, tuple[str]]) -> dict[str, Any]:
    """Return when it was saved, and what was not; ``ways`` lead from a refused cell to where it is done instead."""
    return {
        "saved_at": clock_time(now()),
        "refused": [
            [str(one.household_id), str(one.rule_id), sentence_of(one.error), *ways.get(one.place, ())]
            for one in (*unread, *saved.refused)
        ],
    }


def _ways_to_penalties(
    session: Session, guard: Guard, quarter: Quarter, saved: SavedChange, cells: Sequence[CellInput]
) -> dict[Place, tuple[str]]:
    """Return for each penalty that was typed the way to where it is recorded, filled in with what was typed."""
    penalties = [one for one in saved.refused if isinstance(one.error, PenaltyTyped)]
    if not penalties:
        return {}
    found = queries.appraisal(session, guard, quarter)
    codes = {rule.id: rule.code for rule in deeds.rules(session, guard, found.rule_version_id)}
    typed = {(cell.household_id, cell.rule_id): cell.points for cell in cells}
    return {
        one.place: (
            url_for("deeds.new_penalty", household=one.household_id, rule=codes[one.rule_id], points=typed[one.place]),
        )
        for one in penalties
    }


def _cells_sent(sent: Any) -> tuple[list[CellInput], list[RefusedCell], dict[Place, int | None]]:  # noqa: ANN401 JSON
    """Return the cells sent, those whose text is no whole number with the reason, and what was seen in them."""
    cells: list[CellInput] = []
    unread: list[RefusedCell] = []
    seen: dict[Place, int | None] = {}
    try:
        places = [(UUID(household), UUID(rule), str(text), before) for household, rule, text, *before in sent["cells"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _not_understood() from error
    if len(places) > MOST_CELLS:
        raise CellsNotUnderstood(words("一次最多存 {most} 格。请分几次贴。"), most=MOST_CELLS)
    for household, rule, text, before in places:
        if before and type(before[0]) in {int, type(None)}:
            seen[household, rule] = before[0]
        try:
            cells.append(CellInput(household, rule, whole_points(text)))
        except Invalid as error:
            unread.append(RefusedCell(household, rule, error))
    return cells, unread, seen


def _key(sent: Any) -> UUID:  # noqa: ANN401 whatever JSON may hold
    try:
        return UUID(sent["key"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _not_understood() from error


def _source(sent: Any) -> str:  # noqa: ANN401 whatever JSON may hold
    if sent.get("source") not in SOURCES:
        raise _not_understood()
    return str(sent["source"])


def _not_understood() -> CellsNotUnderstood:
    return CellsNotUnderstood(words("没有看懂送来的分，没有存。请刷新页面再填。"))
