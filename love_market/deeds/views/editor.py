"""The table in which rules are drafted and the look at what changes: the same for a village and for model rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.deeds import intake
from love_market.deeds.forms import RulesForm, WorkbookForm
from love_market.deeds.intake import CellProblem
from love_market.deeds.rules import (
    CATEGORIES,
    NEVER_SCORED,
    VETO,
    NothingChanged,
    RuleDraft,
    VersionMovedOn,
    warnings,
)
from love_market.errors import words
from love_market.people.intake.sayings import Saying


@dataclass(frozen=True, slots=True)
class Desk:
    """Where rules are drafted: the addresses of its pages, and what stands there (number 0: nothing yet).

    ``by_meeting`` asks for the meeting that adopts them; model rules are published without one.
    """

    number: int
    standing: Sequence[RuleDraft]
    address: str
    back: str
    take_in: str
    given_out: str
    begin: str
    by_meeting: bool


def said(saying: Saying) -> str:
    """Return a sentence about a workbook in the reader's language."""
    template = _(saying.message)
    return template.format(**saying.values) if saying.values else template


def table(
    desk: Desk, form: RulesForm, status: int = 200, *, problems: Sequence[CellProblem] = (), filename: str = ""
) -> ResponseReturnValue:
    """Return the table with what is drafted, and what could not be read of a workbook."""
    form.spare()
    page = render_template(
        "deeds/edit.html",
        desk=desk,
        form=form,
        upload=WorkbookForm(formdata=None),
        veto=VETO,
        never=NEVER_SCORED,
        problems=problems,
        filename=filename,
        said=said,
    )
    return page, status


def moved_on(desk: Desk, form: RulesForm, error: VersionMovedOn) -> ResponseReturnValue:
    """Return the table as it was written: looked at again, it is held against the version that stands now."""
    form.based_on.data = str(desk.number)
    return table(desk, form, form.refuse(error))


def preview(desk: Desk, form: RulesForm, drafts: Sequence[RuleDraft]) -> tuple[str, int]:
    """Return the look at what changes, with the meeting to be told; raise ``NothingChanged``."""
    difference = intake.difference(desk.standing, drafts)
    if desk.number and not difference:
        raise NothingChanged(words("和现在的第 {number} 版一样，没有要改的。"), number=desk.number)
    page = render_template(
        "deeds/preview.html",
        desk=desk,
        form=form,
        difference=difference,
        total=len(drafts),
        warned=warnings(drafts),
        pictures=CATEGORIES,
    )
    return page, 422 if form.errors else 200
