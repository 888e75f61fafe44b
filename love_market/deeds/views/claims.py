"""The page that a good deed is told on: by staff, by a household with its card, by an informant's for its group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from love_market.clock import Quarter, village_date
from love_market.db import reading, transaction
from love_market.deeds import evidence, queries, service
from love_market.deeds.forms import DeedForm
from love_market.deeds.queries import DeedRecord, HouseholdChoice, RuleRecord
from love_market.deeds.rules import CATEGORIES, OLDEST_DAYS, RECORDERS
from love_market.deeds.views.records import by_category
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import Denied, LoveMarketError
from love_market.people.access import household_guard, staff_guard
from love_market.people.rules import Guard
from love_market.web.clock import now

# Where a page takes spoken words the microphone may be asked for, and nowhere else.
_MAY_HEAR = "camera=(self), microphone=(self), geolocation=()"
_TOLD_LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What may be told on the page: of which households, by which rules, the most told first; what was lately."""

    households: Sequence[HouseholdChoice]
    rules: Sequence[RuleRecord]
    told: Sequence[Sequence[str]]
    again: DeedRecord | None


@bp.route("/v/<village_code>/deeds/new", methods=["GET", "POST"])
def new(village_code: str) -> ResponseReturnValue:
    """Record a good deed of any household."""
    return _told_on(staff_guard(village_code, *RECORDERS), _at_village, url_for(".rules"))


@bp.route("/my/deeds/new", methods=["GET", "POST"])
def claim() -> ResponseReturnValue:
    """Claim a good deed of the own household, or as an informant one of the group's."""
    return _told_on(household_guard(), _at_home, url_for(".claims"))


def _at_village(deed_id: UUID | str) -> str:
    return url_for(".deed", deed_id=deed_id, recorded=1)


def _at_home(deed_id: UUID | str) -> str:
    return url_for(".claimed", deed_id=deed_id, recorded=1)


def _told_on(guard: Guard, there: Callable[[UUID | str], str], without_rules: str) -> ResponseReturnValue:
    today = village_date(now())
    offer = _offer(guard, today)
    if offer is None:
        return redirect(without_rules)
    form = DeedForm(**_begun(offer, guard, today))
    form.offer(offer.households, offer.rules)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            deed = _record(guard, form, offer.again)
        except Denied:
            raise
        except LoveMarketError as error:
            status = form.refuse(error)
        else:
            # Said by the address, not by a flash: the script that sends the form goes there before the reader does.
            return redirect(there(deed.id))
    page = make_response(render_template("deeds/new.html", **_shown(guard, form, offer, today, there)), status)
    page.headers["Permissions-Policy"] = _MAY_HEAR
    return page


def _offer(guard: Guard, today: date) -> _Offer | None:
    """Return what may be told; None where the village has no rules yet."""
    again = _id_or_none(request.args.get("again", ""))
    with reading() as session:
        version = queries.current_version(session, guard)
        if version is None:
            return None
        often = queries.most_told(session, guard, now())
        rules = [rule for rule in queries.rules(session, guard, version.id) if rule.points > 0]
        households = queries.choices_of(session, guard)
        # Of the few that a household tells for; what all of a village told would be too much for a phone.
        few = [each.id for each in households] if guard.household_id else []
        return _Offer(
            households,
            sorted(rules, key=lambda rule: -often.get(rule.code, 0)),
            queries.lately_told(session, guard, few, today - _TOLD_LATELY) if few else [],
            queries.claim(session, guard, again) if again and guard.household_id else None,
        )


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _begun(offer: _Offer, guard: Guard, today: date) -> dict[str, Any]:
    """Return what the form holds before anything is filled in: today, the own household, or what was refused."""
    begun: dict[str, Any] = {"done_on": today}
    if guard.household_id is not None:
        begun["household"] = str(guard.household_id)
    if offer.again is not None:
        refused = offer.again
        rule = next((rule for rule in offer.rules if rule.code == refused.rule.code), None)
        begun |= {
            "household": str(refused.household_id),
            "rule": str(rule.id) if rule else None,
            "done_on": refused.done_on,
            "times": refused.times,
            "member_name": refused.member_name,
            "words": refused.words,
        }
    return begun


def _shown(
    guard: Guard, form: DeedForm, offer: _Offer, today: date, there: Callable[[UUID | str], str]
) -> dict[str, Any]:
    return {
        "guard": guard,
        "form": form,
        "home": guard.household_id,
        "again": offer.again,
        "households": [
            {
                "id": str(each.id),
                "number": each.number,
                "name": each.head_name,
                "group": each.group_name,
                "members": each.members,
            }
            for each in offer.households
        ],
        "groups": _most_told_first(by_category(offer.rules), offer.rules),
        "pictures": CATEGORIES,
        "chosen": next((rule for rule in offer.rules if str(rule.id) == form.rule.data), None),
        "told": offer.told,
        "there": there("00000000-0000-0000-0000-000000000000"),
        "whose": guard.actor,
        "today": today,
        "days": [today - timedelta(days=back) for back in range(0, OLDEST_DAYS + 1, 80)],
        "quarter": Quarter.of(today),
        "most_photos": evidence.MOST_PHOTOS,
        "most_seconds": evidence.LONGEST_SOUND_SECONDS,
    }


def _most_told_first(groups: dict[str, list[RuleRecord]], rules: Sequence[RuleRecord]) -> dict[str, list[RuleRecord]]:
    """Return the groups in the order of the first of their rules; what takes points stays last."""
    order = {rule.id: place for place, rule in enumerate(rules)}
    return dict(sorted(groups.items(), key=lambda group: (group[1][0].points < 0, order[group[1][0].id])))


def _record(guard: Guard, form: DeedForm, again: DeedRecord | None) -> DeedRecord:
    """Keep photos and spoken words, then write the deed; a file that no deed names does no harm."""
    folder = photo_folder(guard)
    photos, spoken = evidence.keep(folder, form.uploads()), form.spoken()
    sound = evidence.keep_sound(folder, spoken) if spoken else None
    with transaction() as session:
        return service.record(
            session,
            guard,
            key=form.key_id,
            household_id=form.household_id,
            rule_id=form.rule_id,
            done_on=form.day,
            times=form.count,
            member_name=form.member_name.data or "",
            words=form.words.data or "",
            photos=photos,
            sound=sound,
            again_of=again.id if again else None,
            at=now(),
        )
