"""Pages of places, on the places room's blueprint: a market's settings, and the accounts of townships."""

from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from love_market.db import reading, transaction
from love_market.errors import LoveMarketError, words
from love_market.people import access, service
from love_market.people import queries as people
from love_market.people.forms import OverseerForm
from love_market.people.queries import StaffRecord
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, PasswordTooWeak, Role, RoleMissing, SignInNameTaken
from love_market.places import queries
from love_market.places.forms import SettingsForm
from love_market.places.queries import MarketSettings, PlaceRecord
from love_market.places.service import change_settings
from love_market.places.views import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of

_LATEST_CHANGES, _MOST_CHANGES = 10, 500


@bp.get("/v/<village_code>/settings")
def settings(village_code: str) -> str:
    """The market's settings, for the chair."""
    guard = access.staff_guard(village_code, Role.CHAIR)
    with reading() as session:
        current = queries.settings(session, guard.market_id)
    form = SettingsForm(obj=current)
    form.vouchers_a_sheet.data = str(current.vouchers_a_sheet)
    form.reset_month.data = str(current.reset_month)
    return _settings_page(guard, form)


@bp.post("/v/<village_code>/settings")
def save_settings(village_code: str) -> ResponseReturnValue:
    """Change the market's settings; a notice or quarter that runs keeps its own."""
    guard = access.staff_guard(village_code, Role.CHAIR)
    form = SettingsForm()
    if not form.validate_on_submit():
        return _settings_page(guard, form), 422
    changed = MarketSettings(
        notice_days=form.notice_days.data or 0,
        voucher_valid_days=form.voucher_valid_days.data or 0,
        vouchers_in_denominations=bool(form.vouchers_in_denominations.data),
        vouchers_a_sheet=int(form.vouchers_a_sheet.data),
        minimum_redemption_points=form.minimum_redemption_points.data or 0,
        quarter_budget_points=form.quarter_budget_points.data or 0,
        lease_hours=form.lease_hours.data or 0,
        offline_new_points=form.offline_new_points.data or 0,
        proxy_daily_households=form.proxy_daily_households.data or 0,
        reset_month=int(form.reset_month.data),
        reset_day=form.reset_day.data or 0,
        penalty_reply_days=form.penalty_reply_days.data or 0,
        penalty_public_days=form.penalty_public_days.data or 0,
    )
    with transaction() as session:
        change_settings(session, guard.market_id, changed, by=guard.require_staff(), at=now(), key=form.key_id)
    flash(_("设置存好了，照页面上的办。改过的记在下面。"), "good")
    return redirect(url_for("places.settings"))


@bp.get("/v/<village_code>/settings/changes")
def setting_changes(village_code: str) -> str:
    """Which settings were changed, by whom and when: for the committee and those who oversee it."""
    guard = access.staff_guard(village_code, *COMMITTEE, *OVERSEERS)
    with reading() as session:
        changes = people.setting_changes(session, guard, limit=_MOST_CHANGES)
        current = queries.settings(session, guard.market_id)
    return render_template("places/setting_changes.html", changes=changes, current=asdict(current))


def _settings_page(guard: Guard, form: SettingsForm) -> str:
    with reading() as session:
        villages = queries.villages_of(session, guard.market_id)
        changes = people.setting_changes(session, guard, limit=_LATEST_CHANGES + 1)
    latest, has_more = changes[:_LATEST_CHANGES], len(changes) > _LATEST_CHANGES
    return render_template("places/settings.html", form=form, villages=villages, changes=latest, has_more=has_more)


@bp.get("/overview/<place_code>/staff/new")
def new_overseer(place_code: str) -> str:
    """The form of a township's overseer, for the county's."""
    return render_template("places/overseer_form.html", form=OverseerForm(), place=_township(place_code))


@bp.post("/overview/<place_code>/staff/new")
def add_overseer(place_code: str) -> ResponseReturnValue:
    """Add a township's overseer."""
    place, form = _township(place_code), OverseerForm()
    if not form.validate_on_submit():
        return render_template("places/overseer_form.html", form=form, place=place), 422
    try:
        with transaction() as session:
            service.add_staff(
                session,
                name=form.name.data or "",
                sign_in_name=form.sign_in_name.data or "",
                password=form.password.data or "",
                grants=[(place.code, Role.TOWNSHIP_OVERSEER)],
                at=now(),
                key=form.key_id,
            )
    except (SignInNameTaken, PasswordTooWeak) as error:
        return _overseer_again(form, place, error)
    flash(_("%(name)s可以登录了。请当面把登录名和密码告诉他。", name=form.name.data), "good")
    return redirect(url_for("places.overview"))


def _overseer_again(form: OverseerForm, place: PlaceRecord, error: LoveMarketError) -> ResponseReturnValue:
    wrong = form.password if isinstance(error, PasswordTooWeak) else form.sign_in_name
    wrong.errors = [*wrong.errors, sentence_of(error)]
    return render_template("places/overseer_form.html", form=form, place=place), status_of(error)


def overseer() -> StaffRecord:
    """Return the overseer who is signed in; raise ``RoleMissing``, or send to the sign-in page."""
    staff = access.signed_in_staff()
    if staff is None:
        raise access.NotSignedIn
    if not any(role in OVERSEERS for _code, role in staff.grants):
        raise RoleMissing(words("这一页给乡镇和县里看。"))
    return staff


def _township(code: str) -> PlaceRecord:
    """Return a township that the signed-in person oversees from the county; raise ``RoleMissing`` or ``NotFound``."""
    staff = overseer()
    with reading() as session:
        lineage = queries.lineage(session, code)
    held = staff.roles_at([place.code for place in lineage])
    if lineage[0].level != "township" or Role.COUNTY_OVERSEER not in held:
        raise RoleMissing(words("乡镇的账号由县里的管理员开。"))
    return lineage[0]
