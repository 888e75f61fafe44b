"""Pages of the rules: the version that stands, older ones, and the table the next is made in."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.deeds import intake, queries, service
from love_market.deeds.forms import ActForm, RulesForm
from love_market.deeds.queries import RuleRecord, VersionRecord
from love_market.deeds.rules import (
    ADOPTERS,
    CATEGORIES,
    NEVER_SCORED,
    NoSuchVersion,
    NothingChanged,
    RuleDraft,
    never_scored,
)
from love_market.deeds.views.records import by_category
from love_market.deeds.views.room import bp
from love_market.errors import LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of


@bp.get("/v/<village_code>/rules", defaults={"number": None})
@bp.get("/v/<village_code>/rules/<int:number>")
def rules(village_code: str, number: int | None) -> str:
    """Show a version of the rules as it hangs on the wall; without a number the one that stands."""
    guard = staff_guard(village_code)
    with reading() as session:
        versions = queries.versions(session, guard)
        standing = versions[0] if versions else None
        version = standing if number is None else queries.version(session, guard, number)
        shown = queries.rules(session, guard, version.id) if version else intake.catalogue()
    return render_template(
        "deeds/rules.html",
        version=version,
        standing=standing,
        versions=versions,
        groups=by_category(shown),
        total=len(shown),
        pictures=CATEGORIES,
        never=NEVER_SCORED,
        may_adopt=bool(guard.roles & ADOPTERS),
        form=ActForm(),
    )


@bp.post("/v/<village_code>/rules/catalogue")
def adopt_catalogue(village_code: str) -> ResponseReturnValue:
    """Adopt the catalogue as the village's first version."""
    guard = staff_guard(village_code, *ADOPTERS)
    if ActForm().validate_on_submit():
        with transaction() as session:
            service.adopt_catalogue(session, guard, at=now())
        flash(_("第 1 版细则定下了。从现在起可以记好事。"), "good")
    return redirect(url_for(".rules"))


@bp.get("/v/<village_code>/rules/new")
def new_version(village_code: str) -> ResponseReturnValue:
    """Show the table in which the next version is drafted, filled with what stands."""
    guard = staff_guard(village_code, *ADOPTERS)
    standing, current = _standing(guard)
    form = RulesForm()
    form.begin(standing.number, current)
    return _table(form, standing)


@bp.post("/v/<village_code>/rules/new")
def next_version(village_code: str) -> ResponseReturnValue:
    """Take the table: to look at what changes, to go back and write on, or to adopt it."""
    guard = staff_guard(village_code, *ADOPTERS)
    standing, current = _standing(guard)
    form = RulesForm()
    step = request.form.get("step", "preview")
    if not form.validate_on_submit():
        return _table(form, standing, 422)
    if step == "edit":
        return _table(form, standing)
    try:
        drafts = intake.settle(form.drafts())
        if step == "adopt" and (form.note.data or "").strip():
            return _adopt(guard, form, drafts)
        if step == "adopt":
            form.note.errors = [_("请写明这一版是谁通过的，哪一天。")]
        return _preview(form, standing, current, drafts), 422 if form.errors else 200
    except LoveMarketError as error:
        form.form_errors.append(sentence_of(error))
        return _table(form, standing, status_of(error))


def _standing(guard: Guard) -> tuple[VersionRecord, Sequence[RuleRecord]]:
    with reading() as session:
        standing = queries.current_version(session, guard)
        if standing is None:
            raise NoSuchVersion(words("本村还没有细则。请先在细则页采用通用细则。"))
        return standing, queries.rules(session, guard, standing.id)


def _preview(form: RulesForm, standing: VersionRecord, current: Sequence[RuleRecord], drafts: list[RuleDraft]) -> str:
    difference = intake.difference([rule.draft() for rule in current], drafts)
    if not difference:
        raise NothingChanged(words("和现在的第 {number} 版一样，没有要改的。"), number=standing.number)
    return render_template(
        "deeds/preview.html",
        form=form,
        standing=standing,
        difference=difference,
        total=len(drafts),
        warned={rule.name: topic for rule in drafts if (topic := never_scored(rule.name))},
        pictures=CATEGORIES,
    )


def _table(form: RulesForm, standing: VersionRecord, status: int = 200) -> ResponseReturnValue:
    form.spare()
    return render_template("deeds/edit.html", form=form, standing=standing, never=NEVER_SCORED), status


def _adopt(guard: Guard, form: RulesForm, drafts: list[RuleDraft]) -> ResponseReturnValue:
    with transaction() as session:
        service.adopt_version(
            session, guard, drafts, note=form.note.data or "", at=now(), key=form.key_id, based_on=form.begun_from
        )
    flash(_("新一版细则通过了。已经评过的季度还按原来的版本。"), "good")
    return redirect(url_for(".rules"))
