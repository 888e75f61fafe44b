"""Brings a quarter to a state by calling the real services."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.appraisals import queries, service
from love_market.appraisals.rules import About, State, Votes
from love_market.appraisals.service import CellInput
from love_market.clock import Quarter, village_date
from love_market.db import new_id
from love_market.ledger import queries as ledger
from love_market.people.models import Kinship
from love_market.people.rules import Guard
from tests import penalties
from tests.builders import Village, adopt_catalogue

Q3 = Quarter(2026, 3)
AT = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
"""Nine in the morning of the village's 8 October."""

ORDER = (State.SCORING, State.DELIBERATING, State.DECIDED, State.NOTICE, State.CONFIRMED)
PANEL_COUNT = 6
"""Five members and the chair."""

TWO_ROWS: dict[int, dict[str, int | None]] = {0: {"public_labour": 32}, 1: {"tidy_yard": 5, "assembly": 4}}

SCORES: dict[str, int | None] = {"tidy_yard": 5, "public_labour": 32, "dumping": -10}
"""What household 001 gets when nothing else is said: 27 points."""


def rule_ids(session: Session, village: Village, quarter: Quarter = Q3) -> dict[str, UUID]:
    """Return the ids of the quarter's rules by code."""
    return {rule.code: rule.id for rule in queries.sheet(session, village.recorder, quarter).rules}


def cells(
    session: Session, village: Village, at: int, scores: dict[str, int | None], quarter: Quarter = Q3
) -> list[CellInput]:
    """Return cells of one household, given by its place in the village."""
    ids = rule_ids(session, village, quarter)
    return [CellInput(village.households[at], ids[code], points) for code, points in scores.items()]


def open_quarter(session: Session, village: Village, *, quarter: Quarter = Q3, budget_points: int = 1000) -> UUID:
    """Adopt the catalogue and open a quarter."""
    adopt_catalogue(session, village.recorder, at=AT)
    return service.open_quarter(session, village.recorder, quarter, budget_points=budget_points, at=AT, key=new_id())


def score(
    session: Session, village: Village, scores: dict[int, dict[str, int | None]] | None = None, quarter: Quarter = Q3
) -> service.SavedChange:
    """Enter scores by the recorder: household's place → rule code → points; below 0, a penalty that stands."""
    wanted: dict[int, dict[str, int | None]] = {}
    for at, of_household in ({0: SCORES} if scores is None else scores).items():
        wanted[at] = {code: points for code, points in of_household.items() if (points or 0) >= 0}
        for code, points in of_household.items():
            if points is not None and points < 0:
                penalties.standing(session, village, AT, household=at, code=code, points=points, day=quarter.last_day)
    given = [cell for at, of_household in wanted.items() for cell in cells(session, village, at, of_household, quarter)]
    return service.save_scores(session, village.recorder, quarter, given, source="grid", at=AT, key=new_id())


def meet(session: Session, village: Village, *, quarter: Quarter = Q3, present: int = PANEL_COUNT) -> UUID:
    """Hold a meeting at which everybody present is in favour, recusals included."""
    here = {guard.staff_id for guard in (village.chair, *village.panel)[:present] if guard.staff_id}
    kin = {one.household_id for one in queries.kin_of_panel(session, village.recorder) if one.staff_id in here}
    recused = {
        household: sum(
            one.staff_id in here and one.household_id == household
            for one in queries.kin_of_panel(session, village.recorder)
        )
        for household in kin
    }
    return service.hold_meeting(
        session,
        village.recorder,
        quarter,
        key=new_id(),
        held_on=village_date(AT),
        present=here,
        votes=Votes(present),
        recusals={household: Votes(present - count) for household, count in recused.items()},
        at=AT,
    )


def publish(session: Session, village: Village, quarter: Quarter = Q3) -> datetime:
    """Publish the notice; return its end."""
    return service.publish_notice(session, village.recorder, quarter, at=AT)


AFTER_NOTICE = AT + timedelta(days=6)


def confirm(session: Session, village: Village, quarter: Quarter = Q3) -> service.ConfirmResult:
    """Confirm by the chair after the notice has ended."""
    return service.confirm(session, village.chair, quarter, at=AFTER_NOTICE, key=new_id())


def bring_to(session: Session, village: Village, state: State, **scores: dict[int, dict[str, int | None]]) -> UUID:
    """Open a quarter, score household 001 (or ``scores=``), and bring it to a state."""
    appraisal_id = open_quarter(session, village)
    score(session, village, scores.get("scores"))
    for at, act in (
        (State.DELIBERATING, lambda: service.submit(session, village.recorder, Q3, at=AT)),
        (State.DECIDED, lambda: meet(session, village)),
        (State.NOTICE, lambda: publish(session, village)),
        (State.CONFIRMED, lambda: confirm(session, village)),
    ):
        if ORDER.index(state) >= ORDER.index(at):
            act()
    return appraisal_id


def kin(session: Session, village: Village, member: int, household: int, relation: str = "本人") -> None:
    """Note that a member of the panel is of a household."""
    session.add(
        Kinship(
            market_id=village.market_id,
            id=new_id(),
            staff_id=village.panel[member].require_staff(),
            household_id=village.households[household],
            relation=relation,
        )
    )
    session.flush()


def object_to(session: Session, village: Village, household: int, **changed: object) -> UUID:
    """Raise an objection to a household's row."""
    told = {"raised_by": "刘满仓", "words": "清渠三个半天，只记了两个。", "contact": "", "at": AT, "key": new_id()}
    return service.object_to(
        session,
        village.recorder,
        Q3,
        village.households[household],
        **(told | changed),  # type: ignore[arg-type]
    )


def row(session: Session, village: Village, household: int) -> queries.NoticeRow:
    """Return a household's row on the notice."""
    found = queries.notice(session, village.recorder, Q3).row(village.households[household])
    assert found is not None
    return found


def balances(session: Session, village: Village) -> list[int]:
    """Return what the books hold of the first three households."""
    found = ledger.balances(session, village.market_id, "household", village.households)
    return [found.get(household, 0) for household in village.households[:3]]


def begin(session: Session, village: Village, *here: int) -> UUID:
    """Begin a meeting that the chair chairs, with members of the panel here by their place."""
    key = new_id()
    service.begin(
        session,
        village.recorder,
        Q3,
        key=key,
        held_on=village_date(AT),
        place_name="村委会会议室",
        chaired_by=village.chair.require_staff(),
        at=AT,
    )
    for member in here:
        service.attend(session, village.recorder, Q3, village.panel[member].require_staff(), here=True)
    return key


def now_sitting(session: Session, village: Village) -> queries.Sitting:
    """Return the meeting that goes on."""
    found = queries.sitting(session, village.chair, queries.appraisal(session, village.chair, Q3).id)
    assert found is not None
    return found


def vote(session: Session, village: Village, about: About, *votes: int, by: Guard | None = None) -> bool:
    """Take votes on an item: for, against, abstained."""
    guard = by or village.recorder
    return service.vote(session, guard, Q3, about, votes=Votes(*votes), key=new_id(), at=AT)


def propose(session: Session, village: Village, household: int, code: str, points: int) -> About:
    """Let the chair ask for a change; return the item."""
    key = service.propose(
        session,
        village.recorder,
        Q3,
        key=new_id(),
        household_id=village.households[household],
        rule_id=rule_ids(session, village)[code],
        points=points,
        reason="清渠多了一个半天",
        raised_by=village.chair.require_staff(),
        at=AT,
    )
    return About(village.households[household], key)


def close(session: Session, village: Village) -> UUID:
    """Close the meeting."""
    return service.close(session, village.recorder, Q3, key=new_id(), at=AT)
