"""Pages of households: the list, one of them, by hand, leaving and coming back."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.clock import village_date
from love_market.db import reading, transaction
from love_market.errors import Invalid, LoveMarketError
from love_market.people import queries, service
from love_market.people.access import staff_guard
from love_market.people.forms import HouseholdForm, LeaveForm
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, HouseholdNumberTaken, Role
from love_market.people.views.room import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of
from love_market.web.forms import FormBase

SEES_PHONES = COMMITTEE | {Role.GRID_WORKER}
READERS = (*COMMITTEE, Role.GRID_WORKER, *OVERSEERS)
WRITERS = tuple(COMMITTEE)
_A_PAGE = 60
Row = TypeVar("Row")


class Page(Generic[Row]):
    """One page of a long list: ``number`` of ``pages``, both from 1, and the ``rows`` on it."""

    def __init__(self, rows: Sequence[Row], wanted: str | None) -> None:
        self.pages = max(1, -(-len(rows) // _A_PAGE))
        self.number = min(max(int(wanted) if wanted and wanted.isdecimal() else 1, 1), self.pages)
        self.rows = rows[(self.number - 1) * _A_PAGE : self.number * _A_PAGE]


@bp.get("/v/<village_code>/households")
def index(village_code: str) -> str:
    """The village's households: search by name or number, one group or all."""
    guard = staff_guard(village_code, *READERS)
    shows_left = request.args.get("show") == "left"
    with reading() as session:
        everyone = queries.households(session, guard, with_left=True)
    living = [each for each in everyone if each.left_on is None]
    left = [each for each in everyone if each.left_on is not None]
    wanted, group = (request.args.get("q") or "").strip(), request.args.get("group")
    found = [
        each
        for each in (left if shows_left else living)
        if (group is None or each.group_name == group) and _answers(each, wanted, guard)
    ]
    return render_template(
        "people/index.html",
        page=Page(found, request.args.get("page")),
        found=len(found),
        households=len(living),
        members=sum(each.member_count for each in living),
        cardless=sum(not each.has_card for each in living),
        groups=list(dict.fromkeys(each.group_name for each in living if each.group_name)),
        group=group,
        left=len(left),
        shows_left=shows_left,
        wanted=wanted,
        **_may(guard),
    )


def _answers(household: HouseholdRecord, wanted: str, guard: Guard) -> bool:
    phone = household.phone if guard.roles & SEES_PHONES else ""
    return not wanted or wanted in household.head_name or household.number.endswith(wanted) or wanted == phone


def _may(guard: Guard) -> dict[str, bool]:
    return {
        "may_write": bool(guard.roles & COMMITTEE),
        "sees_phones": bool(guard.roles & SEES_PHONES),
    }


@bp.get("/v/<village_code>/households/<uuid:household_id>")
def household(village_code: str, household_id: UUID) -> str:
    """One household: who lives there, telephone, card, kin on the panel."""
    guard = staff_guard(village_code, *READERS)
    with reading() as session:
        record = queries.household(session, guard, household_id)
        members = queries.members(session, guard, household_id)
        kin = [each for each in queries.kinships(session, guard) if each.household_id == household_id]
    return render_template("people/household.html", household=record, members=members, kin=kin, **_may(guard))


@bp.get("/v/<village_code>/households/new")
def new_household(village_code: str) -> str:
    """The form of a household that the roster does not have."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        form = HouseholdForm(data={"number": service.next_number(session, guard), "member_count": 1})
    return render_template("people/household_form.html", form=form, household=None)


@bp.post("/v/<village_code>/households/new")
def add_household(village_code: str) -> ResponseReturnValue:
    """Add a household."""
    guard = staff_guard(village_code, *WRITERS)
    form = HouseholdForm()
    if not form.validate_on_submit():
        return render_template("people/household_form.html", form=form, household=None), 422
    try:
        with transaction() as session:
            added = service.add_household(session, guard, _details(form), at=now(), key=form.key_id)
    except (HouseholdNumberTaken, Invalid) as error:
        return _again(form, error, None)
    flash(_("%(name)s家记上了。", name=form.head_name.data), "good")
    return redirect(url_for("people.household", household_id=added))


@bp.get("/v/<village_code>/households/<uuid:household_id>/edit")
def edit_household(village_code: str, household_id: UUID) -> str:
    """The form of a household."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        record = queries.household(session, guard, household_id)
    return render_template("people/household_form.html", form=HouseholdForm(obj=record), household=record)


@bp.post("/v/<village_code>/households/<uuid:household_id>/edit")
def change_household(village_code: str, household_id: UUID) -> ResponseReturnValue:
    """Change a household's details."""
    guard = staff_guard(village_code, *WRITERS)
    form = HouseholdForm()
    with reading() as session:
        record = queries.household(session, guard, household_id)
    if not form.validate_on_submit():
        return render_template("people/household_form.html", form=form, household=record), 422
    try:
        with transaction() as session:
            service.change_household(session, guard, household_id, _details(form))
    except (HouseholdNumberTaken, Invalid) as error:
        return _again(form, error, record)
    flash(_("改好了。"), "good")
    return redirect(url_for("people.household", household_id=household_id))


@bp.get("/v/<village_code>/households/<uuid:household_id>/leave")
def household_leaves(village_code: str, household_id: UUID) -> str:
    """Ask once before a household is marked as gone."""
    guard = staff_guard(village_code, *WRITERS)
    with reading() as session:
        record = queries.household(session, guard, household_id)
    return _ask_about_leaving(record, LeaveForm(data={"left_on": village_date(now())}))


@bp.post("/v/<village_code>/households/<uuid:household_id>/leave")
def mark_left(village_code: str, household_id: UUID) -> ResponseReturnValue:
    """Mark a household as gone."""
    guard = staff_guard(village_code, *WRITERS)
    form = LeaveForm()
    with reading() as session:
        record = queries.household(session, guard, household_id)
    if not form.validate_on_submit() or form.left_on.data is None:
        return _ask_about_leaving(record, form), 422
    with transaction() as session:
        service.mark_left(session, guard, household_id, on=form.left_on.data, at=now())
    flash(_("%(name)s家记为迁出，户卡同时作废。", name=record.head_name), "good")
    return redirect(url_for("people.household", household_id=household_id))


@bp.post("/v/<village_code>/households/<uuid:household_id>/back")
def mark_back(village_code: str, household_id: UUID) -> ResponseReturnValue:
    """Mark a household as being in the village again."""
    guard = staff_guard(village_code, *WRITERS)
    if FormBase().validate_on_submit():
        with transaction() as session:
            service.mark_back(session, guard, household_id)
        flash(_("又在村里了，下一季起照常评分。户卡要重新发。"), "good")
    return redirect(url_for("people.household", household_id=household_id))


def _ask_about_leaving(record: HouseholdRecord, form: LeaveForm) -> str:
    facts = [(_("户主"), record.head_name), (_("户编号"), record.number), (_("小组"), record.group_name)]
    return render_template(
        "web/confirm.html",
        title=_("%(name)s家迁出了？", name=record.head_name),
        facts=facts,
        words=_("以后的季度不再给这一户评分，户卡当时作废。已经发的积分券照样能用，账本上的记录都留着。"),
        form=form,
        verb=_("记为迁出"),
        back_url=url_for("people.household", household_id=record.id),
    )


def _details(form: HouseholdForm) -> service.HouseholdDetails:
    return service.HouseholdDetails(
        number=form.number.data or "",
        head_name=form.head_name.data or "",
        group_name=form.group_name.data or "",
        grid_name=form.grid_name.data or "",
        phone=form.phone.data or "",
        member_count=form.member_count.data or 1,
        note=form.note.data or "",
        is_informant=bool(form.is_informant.data),
    )


def _again(form: HouseholdForm, error: LoveMarketError, record: HouseholdRecord | None) -> ResponseReturnValue:
    wrong = form.number if isinstance(error, HouseholdNumberTaken) else form.note
    wrong.errors = [*wrong.errors, sentence_of(error)]
    return render_template("people/household_form.html", form=form, household=record), status_of(error)
