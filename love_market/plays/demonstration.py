"""The demonstration village: one quarter paid out, one on public notice, one being scored. All people are made up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import service as appraisals_service
from love_market.clock import Quarter, utc_now, village_date
from love_market.config import Settings
from love_market.db import reading, transaction
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.errors import NotFound
from love_market.people import queries as people
from love_market.people import service as people_service
from love_market.people.rules import Guard, Role
from love_market.people.token import CardSecret, card_of
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.plays import acts, cast_of_demonstration, market_day, penalties, stage
from love_market.plays.cast_of_demonstration import CARD, PASSWORD, PIN, STAFF, VILLAGE_CODE
from love_market.plays.market_day import Watch
from love_market.plays.scores_of_demonstration import CHANCE, enter_scores, rules_of
from love_market.plays.stage import Cast, key_of
from love_market.plays.timetable import Timetable
from love_market.vouchers import queries as vouchers

_SCORED_SO_FAR = 98


def load_if_empty(
    settings: Settings, say: Callable[[str], object], watch: Watch, *, now: datetime | None = None
) -> bool:
    """Load the demonstration village into a database that says nothing yet; return whether this is a demonstration.

    It says that it is one before anything else, and a loading that was cut off goes on where it stood. In a
    demonstration where the village was played (``plays.quarter``) only the staff come, to look at it.
    """
    at = now or utc_now()
    with transaction() as session:
        if places.is_demonstration(session) is False:
            return False
        places_service.install(session, demonstration=True, at=at)
        progress = _progress(session)
        if progress == "played":
            _bring_staff(session, _before(at, 400))
    if progress in {"played", "whole"}:
        return True
    say("放一个演示村，只有第一次要等一会儿（人物均为虚构）……")
    with transaction() as session:
        guard = stage.ready_village(session, VILLAGE_CODE, at=_before(at, 400))
        stage.adopt_rules(session, guard, at=_before(at, 400))
        if progress == "nothing":
            _bring_people(session, guard, _before(at, 400))
            stage.fill_shelf_list(session, guard, at=_before(at, 400))
    cast = _cast(guard)
    this = Quarter.of(village_date(at))
    _paid_out(cast, this.previous().previous(), settings, watch)
    _on_notice(cast, this.previous(), at)
    _being_scored(cast, this, at)
    return True


def sign_in_lines(base_url: str) -> list[str]:
    """Return one sign-in a role, as the shell prints it."""
    lines = [f"演示账号（密码都是 {PASSWORD}）："]
    lines += [f"  {role.label}\t{sign_in_name}" for _, sign_in_name, role, _ in STAFF if not sign_in_name[-1].isdigit()]
    with reading() as session:
        has_card = _progress(session) == "whole"
    return [*lines, *([f"  村民\t{base_url}/c/{_card().card_key}\tPIN {PIN}"] if has_card else []), ""]


def _progress(session: Session) -> Literal["nothing", "begun", "whole", "played"]:
    """Return how far the demonstration village is: its people come first, its deeds last; others may have played it."""
    try:
        market_id = places.village(session, VILLAGE_CODE).market_id
    except NotFound:
        return "nothing"
    if people.card_holder(session, market_id, _card().card_key) is None:
        return "played"
    try:
        deeds.deed(session, stage.program(market_id, VILLAGE_CODE), _deed_id(0))
    except NotFound:
        return "begun"
    return "whole"


def _bring_people(session: Session, guard: Guard, at: datetime) -> None:
    plan = people.plan_roster(session, guard, cast_of_demonstration.roster())
    people_service.import_roster(session, guard, plan, at=at)
    _bring_staff(session, at)
    panel = people.panel(session, guard)
    homes = people.households(session, guard)
    for member, home in zip(panel[:2], homes[9:11], strict=True):
        key = key_of(CHANCE, "kin", home.number)
        people_service.add_kinship(session, guard, staff_id=member.id, household_id=home.id, relation="本人", key=key)
    people_service.issue_cards(session, guard, {homes[16].id: _card()}, at=at)


def _bring_staff(session: Session, at: datetime) -> None:
    for name, sign_in_name, role, place_code in STAFF:
        people_service.add_staff(
            session,
            name=name,
            sign_in_name=sign_in_name,
            password=PASSWORD,
            grants=[(place_code, role)],
            at=at,
            key=key_of(CHANCE, sign_in_name),
        )


def _cast(guard: Guard) -> Cast:
    with reading() as session:
        staff = {record.sign_in_name: record for record in people.staff_at(session, VILLAGE_CODE)}

    def of(sign_in_name: str, role: Role) -> Guard:
        record = staff[sign_in_name]
        return Guard.of_staff(guard.market_id, VILLAGE_CODE, record.id, record.name, role)

    return Cast(of("recorder", Role.RECORDER), of("chair", Role.CHAIR), of("clerk", Role.CLERK))


def _paid_out(cast: Cast, quarter: Quarter, settings: Settings, watch: Watch) -> None:
    times = Timetable.usual(quarter)
    acts.open_quarter(cast, quarter, at=times.opened)
    enter_scores(cast, quarter, None, times.scored)
    penalties.hear(cast, quarter, told_at=times.told, decided_at=times.heard)
    acts.deliberate(cast, quarter, submitted_at=times.submitted, met_at=times.met)
    _, ends_at = acts.publish(cast, quarter, at=times.published)
    acts.confirm(cast, quarter, at=times.confirmed(ends_at))
    batch_id = acts.issue(cast, quarter, secret=settings.secret_key, at=times.issued(ends_at))
    with reading() as session:
        faces = vouchers.vouchers_of_batch(session, cast.chair, batch_id)
    acts.hand_over(cast, [face.id for face in faces if face.handed_over_at is None], at=times.issued(ends_at))
    market_day.receive_goods(cast, quarter, sum(face.face_points for face in faces), times.received(ends_at))
    redeemed = market_day.redeem_vouchers(cast, quarter, faces, times.market_day(ends_at), watch)
    market_day.undo_some(cast, quarter, redeemed)
    market_day.count_stock(cast, quarter, times.counted(ends_at))


def _on_notice(cast: Cast, quarter: Quarter, at: datetime) -> None:
    """Put the last quarter on notice since the day before yesterday, with one objection to answer."""
    acts.open_quarter(cast, quarter, at=_before(at, 20))
    enter_scores(cast, quarter, None, _before(at, 14))
    penalties.hear(cast, quarter, told_at=_before(at, 14), decided_at=_before(at, 7))
    acts.deliberate(cast, quarter, submitted_at=_before(at, 6), met_at=_before(at, 4))
    notice, _ = acts.publish(cast, quarter, at=_before(at, 2))
    with transaction() as session:
        appraisals_service.object_to(
            session,
            Guard.public(cast.chair.market_id, VILLAGE_CODE),
            quarter,
            notice.rows[17].household_id,
            raised_by="本户",
            words="七月清渠我去了三个半天，只记了两个。",
            contact="",
            at=_before(at, 1),
            key=key_of(CHANCE, "objection"),
        )


def _being_scored(cast: Cast, quarter: Quarter, at: datetime) -> None:
    """Open this quarter, score most of its households, and let the grid worker, and a household, tell some deeds."""
    acts.open_quarter(cast, quarter, at=_before(at, 1))
    enter_scores(cast, quarter, _SCORED_SO_FAR, at - timedelta(hours=3))
    with transaction() as session:
        grid_worker, panel_member = (
            Guard.of_staff(cast.chair.market_id, VILLAGE_CODE, one.id, one.name, role)
            for sign_in_name, role in (("grid", Role.GRID_WORKER), ("panel3", Role.PANEL_MEMBER))
            for one in people.staff_at(session, VILLAGE_CODE)
            if one.sign_in_name == sign_in_name
        )
        homes = people.households(session, grid_worker)
        rules = {rule.name: rule for rule in rules_of(session, grid_worker, quarter)}
        for index, (number, name, times, told) in enumerate(cast_of_demonstration.DEEDS):
            rule = rules.get(name)
            if rule is None:
                continue
            deed_id, home = _deed_id(index), homes[number]
            claims = home.has_card
            deeds_service.record(
                session,
                Guard.of_household(grid_worker.market_id, VILLAGE_CODE, home.id, home.head_name)
                if claims
                else grid_worker,
                key=deed_id,
                household_id=home.id,
                member_name=home.head_name,
                rule_id=rule.id,
                done_on=max(quarter.first_day, village_date(_before(at, index + 1))),
                times=times,
                words=told,
                photos=(),
                at=at - timedelta(hours=2),
            )
            if index % 3 == 0:
                first = grid_worker if claims else panel_member
                deeds_service.first_review(session, first, deed_id, at=at - timedelta(minutes=90))
                deeds_service.accept(session, cast.recorder, deed_id, at=at - timedelta(hours=1))


def _card() -> CardSecret:
    return card_of(VILLAGE_CODE, CARD, PIN)


def _deed_id(index: int) -> UUID:
    return key_of(CHANCE, "deed", index)


def _before(at: datetime, days: int) -> datetime:
    return at - timedelta(days=days)
