"""Writing deeds: recording one that a member of staff tells, or that a household claims with its card."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.db import new_id
from love_market.deeds import queries
from love_market.deeds.evidence import MOST_PHOTOS, StoredPhoto, StoredSound, TooManyPhotos
from love_market.deeds.models import Deed, DeedPhoto
from love_market.deeds.queries import DeedRecord
from love_market.deeds.reviewing import ClaimNotForVillagers, NotOwnHousehold, NotRefused
from love_market.deeds.rules import (
    LONGEST_MEMBER,
    LONGEST_WORDS,
    RECORDERS,
    DeedWordsWrong,
    PenaltyIsNoDeed,
    RuleNotCurrent,
    SameDeedTwice,
    check_date,
    deed_points,
)
from love_market.errors import Refused, words
from love_market.ledger.rules import KeyReused
from love_market.ledger.service import lock_book
from love_market.people import queries as people
from love_market.people.rules import Guard


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about a deed; the same key with anything of it told otherwise is refused."""

    household_id: UUID
    rule_id: UUID
    done_on: date
    times: int
    member_name: str
    words: str
    recorded_by: UUID | None
    claimant_id: UUID | None
    again_of: UUID | None
    sound_sha256: str | None
    sound_kind: str | None


def record(  # noqa: PLR0913 what a deed is made of
    session: Session,
    guard: Guard,
    *,
    key: UUID,
    household_id: UUID,
    rule_id: UUID,
    done_on: date,
    at: datetime,
    times: int = 1,
    member_name: str = "",
    words: str = "",
    photos: Sequence[StoredPhoto] = (),
    sound: StoredSound | None = None,
    again_of: UUID | None = None,
) -> DeedRecord:
    """Record a claimed deed; its id is ``key``, and asked again with the same input it returns the same.

    A household with its card claims for itself, an informant's for its group; ``again_of`` is a refused claim of the
    same household. Raises ``RoleMissing``, ``NotFound`` for a household, ``RuleNotCurrent``, ``PenaltyIsNoDeed``,
    ``DeedDateWrong``, ``DeedTimesWrong``, ``DeedWordsWrong``, ``TooManyPhotos``, ``SameDeedTwice``,
    ``NotOwnHousehold``, ``ClaimNotForVillagers``, ``NotRefused``, and ``KeyReused`` for a key that recorded another.
    """
    if guard.household_id is None:
        guard.require(*RECORDERS)
    lock_book(session, guard.market_id)
    told = Told(
        household_id=household_id,
        rule_id=rule_id,
        done_on=done_on,
        times=times,
        member_name=" ".join(member_name.split()),
        words=words.replace("\r\n", "\n").strip(),
        recorded_by=guard.require_staff() if guard.household_id is None else None,
        claimant_id=guard.household_id,
        again_of=again_of,
        sound_sha256=sound.sha256 if sound else None,
        sound_kind=sound.kind if sound else None,
    )
    known = session.get(Deed, (guard.market_id, key))
    if known is None:
        _add(session, guard, key, told, photos, at)
    else:
        _check_same(session, known, told, photos)
    return queries.deed(session, guard, key)


def _add(session: Session, guard: Guard, key: UUID, told: Told, photos: Sequence[StoredPhoto], at: datetime) -> None:
    _check_teller(session, guard, told)
    rule = current_rule(session, guard, told.rule_id)
    if rule.points < 0 and told.claimant_id is not None:
        raise ClaimNotForVillagers(words("扣分的事由村里来记。看到不对的，请告诉网格员。"))
    if rule.points < 0:
        raise PenaltyIsNoDeed(words("“{name}”是扣分项。扣分要有凭据、要先告知，请到“扣分”里记。"), name=rule.name)
    check_date(told.done_on, village_date(at))
    points = deed_points(rule, told.times)
    _check_words(told, photos)
    _check_new(session, guard, rule, told)
    deed = Deed(
        market_id=guard.market_id,
        id=key,
        village_code=guard.village_code,
        rule_code=rule.code,
        points=points,
        state="claimed",
        recorded_at=at,
        **asdict(told),
    )
    session.add(deed)
    session.flush()
    session.add_all(
        DeedPhoto(market_id=guard.market_id, id=new_id(), deed_id=key, position=position, **asdict(photo))
        for position, photo in enumerate(photos, 1)
    )
    session.flush()


def _check_teller(session: Session, guard: Guard, told: Told) -> None:
    home = people.household(session, guard, told.household_id)
    if told.claimant_id not in {None, home.id}:
        own = people.household(session, guard, guard.require_household())
        if not own.is_informant or not own.group_name or own.group_name != home.group_name:
            raise NotOwnHousehold(words("户卡只能报自家的事。别家的事，请那家自己报，或者告诉网格员。"))
    if told.again_of is not None:
        refused = session.get(Deed, (guard.market_id, told.again_of))
        if refused is None or refused.state != "refused" or refused.household_id != home.id:
            raise NotRefused(words("只有本户退回的那一件才能补了再报。请从“我家报的事”里点进去。"))


def current_rule(session: Session, guard: Guard, rule_id: UUID) -> queries.RuleRecord:
    """Return a rule of the version that stands; raise ``RuleNotCurrent``, or ``Refused`` where there is none yet."""
    standing = queries.current_version(session, guard)
    if standing is None:
        raise Refused(words("本村还没有细则。请主任或记录员先定细则。"))
    for rule in queries.rules(session, guard, standing.id):
        if rule.id == rule_id:
            return rule
    raise RuleNotCurrent(words("这一项不在现在的第 {number} 版细则里。请刷新页面，重新选。"), number=standing.number)


def _check_words(told: Told, photos: Sequence[StoredPhoto]) -> None:
    if len(told.member_name) > LONGEST_MEMBER:
        raise DeedWordsWrong(words("做事的人名字太长，最多 {count} 个字。"), count=LONGEST_MEMBER)
    if len(told.words) > LONGEST_WORDS:
        raise DeedWordsWrong(words("经过写得太长，最多 {count} 个字。"), count=LONGEST_WORDS)
    if len(photos) > MOST_PHOTOS:
        raise TooManyPhotos(words("一件好事最多留 {count} 张照片，请挑最清楚的。"), count=MOST_PHOTOS)


def _check_new(session: Session, guard: Guard, rule: queries.RuleRecord, told: Told) -> None:
    twice = session.scalar(
        select(Deed.id).where(
            Deed.market_id == guard.market_id,
            Deed.household_id == told.household_id,
            Deed.rule_code == rule.code,
            Deed.done_on == told.done_on,
            Deed.member_name == told.member_name,
            Deed.state.in_(["claimed", "accepted"]),
        )
    )
    if twice is not None:
        raise SameDeedTwice(
            words("这户这一天的“{name}”已经记过了。是另一个人做的，请写上名字；次数不对，请撤回那一件重记。"),
            name=rule.name,
        )


def _check_same(session: Session, row: Deed, told: Told, photos: Sequence[StoredPhoto]) -> None:
    kept = session.scalars(
        select(DeedPhoto.sha256)
        .where(DeedPhoto.market_id == row.market_id, DeedPhoto.deed_id == row.id)
        .order_by(DeedPhoto.position)
    ).all()
    known = Told(*(getattr(row, field.name) for field in fields(Told)))
    if known != told or list(kept) != [photo.sha256 for photo in photos]:
        raise KeyReused
