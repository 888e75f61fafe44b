"""Writing the boards: the rule of stars, publishing a year's list and withdrawing it, the warning board's switch."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.boards import queries
from love_market.boards.models import StarList, StarListRow, StarRule, WarningSwitch
from love_market.boards.rules import BoardTurned, NoStarList, Stars, StarsPublished, YearNotOver, is_over
from love_market.clock import village_date
from love_market.errors import Invalid, words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.ledger.turns import Turn
from love_market.people.rules import Guard, Role

LONGEST_REASON = 200


def set_star_rule(session: Session, guard: Guard, stars: Stars, *, at: datetime, key: UUID) -> None:
    """Set how many points make stars from now on; lists that are published keep theirs.

    Raises ``RoleMissing``, ``StarRuleWrong``, ``KeyReused``; the same again is once.
    """
    guard.require(Role.CHAIR)
    stars.check()
    lock_book(session, guard.market_id)
    known = session.get(StarRule, (guard.market_id, key))
    if known is None:
        session.add(
            StarRule(
                market_id=guard.market_id,
                id=key,
                village_code=guard.village_code,
                **asdict(stars),
                set_by=guard.require_staff(),
                set_at=at,
            )
        )
        session.flush()
    elif Stars(known.three_points, known.four_points, known.five_points) != stars:
        raise KeyReused


def publish_stars(session: Session, guard: Guard, year: int, *, at: datetime, key: UUID) -> None:
    """Publish a year's list: what the rule, the book's head and the vetoes of this moment make it, as named today.

    Where the year had one that was withdrawn, it corrects that one.

    Raises ``RoleMissing``, ``YearNotOver``, ``StarsPublished``, ``KeyReused``; the same again is once.
    """
    guard.require(Role.CHAIR)
    book = lock_book(session, guard.market_id)
    known = session.get(StarList, (guard.market_id, key))
    if known is not None:
        if (known.village_code, known.year) != (guard.village_code, year):
            raise KeyReused
        return
    before = queries.lists_of_year(session, guard, year)
    if any(one.withdrawn_at is None for one in before):
        raise StarsPublished(words("{year}年的星级文明户已经公布了。名单有错，请公布更正。"), year=year)
    _check_year(session, guard, year, at)
    _publish(session, guard, year, book, before[0].id if before else None, "", at=at, key=key)


def correct_stars(session: Session, guard: Guard, list_id: UUID, *, reason: str, at: datetime, key: UUID) -> None:
    """Publish a year's list anew as the correction (更正) of the one that stands; that one stays to be read.

    Raises ``RoleMissing``, ``Invalid`` without a reason, ``NoStarList``, ``StarsPublished`` where it was corrected
    meanwhile, ``KeyReused``; the same again is once.
    """
    guard.require(Role.CHAIR)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise Invalid(words("请写上为什么更正，最多 {most} 字。"), most=LONGEST_REASON)
    book = lock_book(session, guard.market_id)
    known = session.get(StarList, (guard.market_id, key))
    if known is not None:
        if (known.corrects_id, known.reason) != (list_id, said):
            raise KeyReused
        return
    row = _list(session, guard, list_id)
    if row.withdrawn_at is not None:
        raise StarsPublished(words("这份名单别人已经更正或撤下了。请刷新页面。"))
    _check_year(session, guard, row.year, at)
    row.withdrawn_by, row.withdrawn_at = guard.require_staff(), at
    session.flush()
    _publish(session, guard, row.year, book, row.id, said, at=at, key=key)


def _publish(
    session: Session,
    guard: Guard,
    year: int,
    book: Turn,
    corrects_id: UUID | None,
    reason: str,
    *,
    at: datetime,
    key: UUID,
) -> None:
    """Write down a list and its households as they are counted and named now."""
    stars = queries.standing_rule(session, guard)
    homes = queries.homes_now(session, guard, year, stars, at=at, upto_entry=book.head_number)
    session.add(
        StarList(
            market_id=guard.market_id,
            id=key,
            village_code=guard.village_code,
            year=year,
            **asdict(stars),
            entry_number=book.head_number,
            head_hash=book.head_hash,
            published_by=guard.require_staff(),
            published_at=at,
            household_count=len(homes),
            corrects_id=corrects_id,
            reason=reason or None,
        )
    )
    session.flush()
    session.add_all(StarListRow(market_id=guard.market_id, star_list_id=key, **asdict(home)) for home in homes)
    session.flush()


def withdraw_stars(session: Session, guard: Guard, list_id: UUID, *, at: datetime) -> None:
    """Withdraw a published list; what it was stays in the books. Again is the same. Raises ``NoStarList``."""
    guard.require(Role.CHAIR)
    lock_book(session, guard.market_id)
    row = _list(session, guard, list_id)
    if row.withdrawn_at is None:
        row.withdrawn_by, row.withdrawn_at = guard.require_staff(), at
        session.flush()


def turn_warning_board(session: Session, guard: Guard, *, on: bool, at: datetime, key: UUID) -> None:
    """Turn the village's warning board on or off; who did and when is kept for good.

    Raises ``RoleMissing``, ``BoardTurned`` where it stands so already, ``KeyReused``; the same again is once.
    """
    guard.require(Role.CHAIR)
    lock_book(session, guard.market_id)
    known = session.get(WarningSwitch, (guard.market_id, key))
    if known is not None:
        if (known.village_code, known.is_on) != (guard.village_code, on):
            raise KeyReused
        return
    if queries.is_warning_on(session, guard) == on:
        raise BoardTurned(words("警示榜已经打开了。") if on else words("警示榜本来就没有开。"))
    row = WarningSwitch(market_id=guard.market_id, id=key, village_code=guard.village_code, is_on=on)
    row.turned_by, row.turned_at = guard.require_staff(), at
    session.add(row)
    session.flush()


def _list(session: Session, guard: Guard, list_id: UUID) -> StarList:
    row = session.get(StarList, (guard.market_id, list_id), populate_existing=True)
    if row is None or row.village_code != guard.village_code:
        raise NoStarList(words("没有这份名单。请刷新页面。"))
    return row


def _check_year(session: Session, guard: Guard, year: int, at: datetime) -> None:
    if not is_over(year, village_date(at)):
        raise YearNotOver(words("{year}年还没有过完。过完年、四个季度都认定了再公布。"), year=year)
    quarters = queries.quarters_of_year(session, guard, year)
    if not quarters:
        raise YearNotOver(words("{year}年没有评过分，没有名单可以公布。"), year=year)
    for one in quarters:
        if not one.is_confirmed:
            raise YearNotOver(words("{quarter}还没有认定。认定以后再公布。"), quarter=one.quarter.title)
