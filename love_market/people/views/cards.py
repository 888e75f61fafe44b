"""Making household cards: new keys and PINs for some households, as a PDF to print at once."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from love_market.config import Settings
from love_market.db import reading, transaction
from love_market.people import queries, service, token
from love_market.people.access import staff_guard
from love_market.people.forms import CardsForm
from love_market.people.queries import HouseholdRecord
from love_market.people.rules import COMMITTEE, Guard
from love_market.people.sheet import HouseholdCard, lay_out_cards
from love_market.people.views.room import bp
from love_market.places import queries as places
from love_market.web.clock import now

WRITERS = tuple(COMMITTEE)
CARDLESS = "cardless"
EVERYBODY = "everybody"
_LOCAL = ("http://127.0.0.1", "http://localhost")


@bp.get("/v/<village_code>/households/cards")
def cards(village_code: str) -> str:
    """Ask for whom, and say what dies: the old cards."""
    guard = staff_guard(village_code, *WRITERS)
    form = CardsForm()
    _offer(guard, form)
    form.scope.data = request.args.get("household") or CARDLESS
    return _page(form)


@bp.post("/v/<village_code>/households/cards")
def print_cards(village_code: str) -> ResponseReturnValue:
    """Make the cards and answer with the paper; it is laid out before anything is written.

    Without the paper the PINs would be lost, since only their hashes are kept.
    """
    guard = staff_guard(village_code, *WRITERS)
    form, at = CardsForm(), now()
    scopes = _offer(guard, form)
    if not form.validate_on_submit():
        return _page(form), 422
    chosen = scopes[form.scope.data]
    if not chosen:
        form.scope.errors = [*form.scope.errors, _("这里没有要发卡的户。")]
        return _page(form), 422
    secrets = token.new_cards(village_code, len(chosen))
    paper = _paper(village_code, chosen, secrets)
    with transaction() as session:
        made = {household.id: secret for household, secret in zip(chosen, secrets, strict=True)}
        service.issue_cards(session, guard, made, at=at)
    name = _("户卡") + f"-{len(chosen)}.pdf"
    response = send_file(BytesIO(paper), "application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _paper(village_code: str, chosen: Sequence[HouseholdRecord], secrets: Sequence[token.CardSecret]) -> bytes:
    settings: Settings = current_app.extensions["love_market_settings"]
    with reading() as session:
        village = places.village(session, village_code)
    printed = [
        HouseholdCard(
            household_number=household.number,
            head_name=household.head_name,
            group_name=household.group_name,
            url=f"{settings.base_url}/C/{secret.card_key}".upper(),
            pin=secret.pin,
        )
        for household, secret in zip(chosen, secrets, strict=True)
    ]
    return lay_out_cards(village.short_name, village.market_name, "", printed, now())


def _offer(guard: Guard, form: CardsForm) -> dict[str, Sequence[HouseholdRecord]]:
    """Fill in the choices; return the households of each."""
    with reading() as session:
        everyone = queries.households(session, guard)
    scopes: dict[str, Sequence[HouseholdRecord]] = {CARDLESS: [each for each in everyone if not each.has_card]}
    labels = {CARDLESS: _("还没有卡的 %(count)d 户", count=len(scopes[CARDLESS]))}
    wanted = _asked_for()
    for household in everyone:
        if household.id == wanted:
            scopes[str(wanted)] = [household]
            labels[str(wanted)] = _(
                "只给 %(name)s家（%(number)s 号）", name=household.head_name, number=household.number
            )
    for group in dict.fromkeys(each.group_name for each in everyone if each.group_name):
        scopes[f"group:{group}"] = [each for each in everyone if each.group_name == group]
        labels[f"group:{group}"] = _("%(group)s，%(count)d 户", group=group, count=len(scopes[f"group:{group}"]))
    scopes[EVERYBODY] = everyone
    labels[EVERYBODY] = _("全村 %(count)d 户", count=len(everyone))
    form.scope.choices = [SelectChoice(scope, label) for scope, label in labels.items()]
    return scopes


def _asked_for() -> UUID | None:
    try:
        return UUID(request.values.get("household") or request.form.get("scope") or "")
    except ValueError:
        return None


def _page(form: CardsForm) -> str:
    settings: Settings = current_app.extensions["love_market_settings"]
    return render_template(
        "people/cards.html",
        form=form,
        base_url=settings.base_url,
        only_here=settings.base_url.startswith(_LOCAL),
    )
