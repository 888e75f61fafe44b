"""Writing households: one at a time, by hand; their cards."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from love_market.errors import Invalid, words
from love_market.people import queries, token
from love_market.people.intake import clean
from love_market.people.models import Household, HouseholdSession
from love_market.people.queries.households import household_row, household_rows
from love_market.people.rules import Guard, HouseholdNumberTaken, NoSuchHousehold, number_key


@dataclass(frozen=True, slots=True)
class HouseholdDetails:
    """What a household's form holds."""

    number: str
    head_name: str
    group_name: str = ""
    grid_name: str = ""
    phone: str = ""
    member_count: int = 1
    note: str = ""
    is_informant: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A new household card: what its QR says, the PIN to print once, and whose it is."""

    card_key: str
    pin: str
    household: queries.HouseholdRecord


def add_household(session: Session, guard: Guard, details: HouseholdDetails, *, at: datetime, key: UUID) -> UUID:
    """Add a household by hand; its id is ``key``. Raises ``HouseholdNumberTaken`` or ``Invalid``."""
    if session.get(Household, (guard.market_id, key)) is not None:
        return key
    _check(session, guard, details, None)
    session.add(
        Household(market_id=guard.market_id, id=key, village_code=guard.village_code, created_at=at, **asdict(details))
    )
    session.flush()
    return key


def change_household(session: Session, guard: Guard, household_id: UUID, details: HouseholdDetails) -> None:
    """Replace a household's details; raise ``NoSuchHousehold``, ``HouseholdNumberTaken`` or ``Invalid``."""
    row = household_row(session, guard, household_id)
    _check(session, guard, details, household_id)
    for name, value in asdict(details).items():
        setattr(row, name, value)
    session.flush()


def mark_left(session: Session, guard: Guard, household_id: UUID, *, on: date, at: datetime) -> None:
    """Note that a household left the village: it is no longer scored, its card is dead, its books stay."""
    row = household_row(session, guard, household_id)
    if row.left_on is None:
        row.left_on, row.card_key, row.pin_hash = on, None, None
    end_household_sessions(session, guard, [household_id], at=at)
    session.flush()


def mark_back(session: Session, guard: Guard, household_id: UUID) -> None:
    """Note that a household that had left is in the village again."""
    household_row(session, guard, household_id).left_on = None
    session.flush()


def issue_card(session: Session, guard: Guard, household_id: UUID, *, at: datetime) -> Card:
    """Make a household's card with a new key and PIN; the old card is dead and its sign-ins end."""
    return issue_cards(session, guard, {household_id: token.new_card(guard.village_code)}, at=at)[0]


def issue_cards(
    session: Session, guard: Guard, secrets: Mapping[UUID, token.CardSecret], *, at: datetime
) -> Sequence[Card]:
    """Give households the cards made for them with ``token.new_cards``, in the order given.

    Raises ``NoSuchHousehold`` for one that is not of the village or has left.
    """
    end_household_sessions(session, guard, list(secrets), at=at)
    rows = household_rows(session, guard, list(secrets))
    cards = []
    for household_id, secret in secrets.items():
        row = rows[household_id]
        if row.left_on is not None:
            raise NoSuchHousehold(words("{name}家已经迁出，不能发卡。"), name=row.head_name)
        row.card_key, row.pin_hash = secret.card_key, secret.pin_hash
        cards.append(Card(secret.card_key, secret.pin, queries.household_record(row)))
    session.flush()
    return cards


def end_household_sessions(session: Session, guard: Guard, ids: Sequence[UUID], *, at: datetime) -> None:
    """End every sign-in of some households."""
    session.execute(
        update(HouseholdSession)
        .where(
            HouseholdSession.market_id == guard.market_id,
            HouseholdSession.household_id.in_(ids),
            HouseholdSession.ended_at.is_(None),
        )
        .values(ended_at=at)
    )


def next_number(session: Session, guard: Guard) -> str:
    """Return the next free running number of the village: one above the highest, of three digits or more."""
    numbers = session.scalars(
        select(Household.number).where(
            Household.market_id == guard.market_id,
            Household.village_code == guard.village_code,
            func.length(Household.number) <= 6,  # noqa: PLR2004 longer ones are a register's, not running
        )
    )
    return f"{max((int(number) for number in numbers if number.isdecimal()), default=0) + 1:03}"


def _check(session: Session, guard: Guard, details: HouseholdDetails, own_id: UUID | None) -> None:
    if any(clean(value) != value for value in asdict(details).values() if isinstance(value, str)):
        raise Invalid(words("这里写着身份证号。本系统不保存身份证号，请删掉再存。"))
    numbers = session.execute(
        select(Household.id, Household.number, Household.head_name).where(
            Household.market_id == guard.market_id, Household.village_code == guard.village_code
        )
    )
    for household_id, number, head_name in numbers:
        if household_id != own_id and number_key(number) == number_key(details.number):
            raise HouseholdNumberTaken(
                words("户编号 {number} 已经是{name}家的。请换一个。"), number=number, name=head_name
            )
