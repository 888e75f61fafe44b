"""Moving a market out of a village's SQLite file into a county's PostgreSQL database: all of it, proved, or nothing.

Both transactions are open at once: the source's holds the file's write lock from the start, so nothing is booked there
meanwhile; the target's is committed first, then the source's, which says where the market went. Killed between the two,
the source does not know yet that it has moved: asked again, the move finds its market in the target and says it then.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.errors import Refused, words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.models import Book
from love_market.ledger.queries import Head
from love_market.ledger.verify import verify
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.places.models import Market
from love_market.upkeep import carrying, merging
from love_market.upkeep.carrying import Print, Row
from love_market.upkeep.carrying_photos import carry_photos, photos_of
from love_market.upkeep.tables import of_markets
from love_market.vouchers.models import SigningKey
from love_market.vouchers.rules import SigningKeyUnreadable
from love_market.vouchers.token import seal_key, unseal_key

Watch = Callable[[str, int, str], AbstractContextManager[Callable[[int], object]]]
"""Shows a long step: its name, how many of which unit there are to do; what it gives is told how many were done."""

# One move at a time in a target: whoever comes second waits and then finds what the first has brought.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7021944)"
# Sealed anew for the target, so it is another value there for the same key.
_SEALED = SigningKey.sealed_private_key.key


class BooksBroken(Refused):
    """A market's books do not verify, before or after the move."""


class KindsDiffer(Refused):
    """One database is a demonstration, the other is real."""


class NothingToMove(Refused):
    """The source has no market, or not the one that was named."""


class MovedElsewhere(Refused):
    """The market went to another database before."""


class BooksDiffer(Refused):
    """The target has this market with other books."""


class RowsDiffer(Refused):
    """What was written to the target is not what the source has."""


class SecretDiffers(Refused):
    """The secret that was given is not the target's."""


@dataclass(frozen=True, slots=True)
class House:
    """One side of a move: its open transaction, its secret, and its instance folder."""

    session: Session
    secret: str = field(repr=False)
    instance: Path


@dataclass(frozen=True, slots=True)
class Moved:
    """A market that is in the target: ``carried`` now, or before. ``head`` is the source's, ``rows`` all tables'."""

    market_id: UUID
    name: str
    head: Head
    rows: int
    photos: int
    carried: bool


def markets_of(session: Session, village_codes: Sequence[str]) -> Sequence[UUID]:
    """Return the markets that serve some villages, or all; raise ``NoSuchPlace`` or ``NothingToMove``."""
    if not village_codes:
        found = places.market_ids(session)
        if not found:
            raise NothingToMove(words("这个数据库里还没有爱心超市，没有什么可搬。"))
        return found
    chosen: dict[UUID, None] = {}
    for code in village_codes:
        place = places.place(session, code)
        if place.market_id is None:
            raise NothingToMove(words("{name}还没有开爱心超市，没有什么可搬。"), name=place.name)
        chosen[place.market_id] = None
    return list(chosen)


def move(
    source: House, target: House, market_ids: Sequence[UUID], *, to: str, renamed: Mapping[str, str], watch: Watch
) -> Sequence[Moved]:
    """Bring markets into the target, and let the source say that they went ``to`` there.

    The caller commits, the target first. A market that is in the target already, as it is here or gone on from there,
    is left as it is. Raises, before anything is committed: ``BooksBroken``, ``KindsDiffer``, ``SecretDiffers``,
    ``MovedElsewhere``, ``BooksDiffer``, ``RowsDiffer``, and what ``merging`` and ``vouchers.token.unseal_key`` raise.
    """
    target.session.execute(text(_ONE_AT_A_TIME))
    _same_kind(source.session, target.session)
    _secret_fits(target)
    return [_move_one(source, target, market_id, to, renamed, watch) for market_id in market_ids]


def _same_kind(source: Session, target: Session) -> None:
    here, there = bool(places.is_demonstration(source)), places.is_demonstration(target)
    if there is None:
        places_service.install(target, demonstration=here, at=utc_now())
    elif here != there:
        raise KindsDiffer(
            words("一边是演示用的，一边是正式的，不能搬到一起：演示的户和积分都是编的。请另备一个空的数据库。")
        )


def _secret_fits(target: House) -> None:
    """Try the target's secret on a key that is there, so that what is brought can be opened by whoever signs there."""
    known = target.session.scalar(select(SigningKey.sealed_private_key).limit(1))
    if known is None:
        return
    try:
        unseal_key(known, target.secret)
    except SigningKeyUnreadable as error:
        raise SecretDiffers(
            words("这不是县里的 SECRET_KEY：打不开那边已有的签名钥匙。请用 --to-instance 或 TO_SECRET_KEY 给出县里的。")
        ) from error


def _move_one(
    source: House, target: House, market_id: UUID, to: str, renamed: Mapping[str, str], watch: Watch
) -> Moved:
    name = places.market_name(source.session, market_id)
    head = _verified(source.session, market_id, name, watch)
    carried = target.session.get(Market, market_id) is None
    rows = 0
    if carried:
        _not_elsewhere(source.session, market_id, name)
        merging.bring(target.session, merging.arrivals(source.session, target.session, market_id, renamed))
        rows = _carry(source, target, market_id, name, watch)
        merging.route(source.session, target.session, market_id)
        if _verified(target.session, market_id, name, watch) != head:
            raise RowsDiffer(words("{name}搬过去的账和这里的不一样，什么也没有搬。请告诉管理员。"), name=name)
    else:
        _same_books(source.session, target.session, market_id, name)
    photos = photos_of(source.instance, market_id) if source.instance != target.instance else ()
    with watch(f"{name} 照片", len(photos), "张") as done:
        for _ in carry_photos(source.instance, target.instance, photos):
            done(1)
    _say_moved(source.session, market_id, head, to)
    return Moved(market_id, name, head, rows, len(photos), carried)


def _verified(session: Session, market_id: UUID, name: str, watch: Watch) -> Head:
    head = books.head(session, market_id)
    with watch(f"{name} 核对账本", head.number, "笔") as done:
        verdict = verify(session, market_id, done)
    if verdict.fault is not None:
        raise BooksBroken(
            words("{name}的账核对不上（第 {number} 笔：{what}），不能搬。请先用备份恢复，或告诉管理员。"),
            name=name,
            number=verdict.fault.number or "—",
            what=verdict.fault.what,
        )
    return head


def _not_elsewhere(session: Session, market_id: UUID, name: str) -> None:
    moved_to = session.get_one(Market, market_id).moved_to
    if moved_to is not None:
        raise MovedElsewhere(
            words("{name}早就搬到 {to} 了，那边接着记的账这里没有，不能再搬一次。"), name=name, to=moved_to
        )


def _same_books(source: Session, target: Session, market_id: UUID, name: str) -> None:
    """Let a market be that stands in the target with the source's last entry in its books, maybe gone on from there."""
    here, there = books.head(source, market_id), books.head(target, market_id)
    last = books.entry(target, market_id, here.number) if here.number else None
    if here.number == 0 or (last is not None and last.hash == here.hash):
        return
    raise BooksDiffer(
        words(
            "{name}在那边已经有一本不同的账：这里到第 {here} 笔，那边到第 {there} 笔，对不上。"
            "什么也没有动。请两边都先别记账，告诉管理员。"
        ),
        name=name,
        here=here.number,
        there=there.number,
    )


def _carry(source: House, target: House, market_id: UUID, name: str, watch: Watch) -> int:
    """Write all of the market's rows, then read them back: they are the source's to the last column, or it raises."""

    def reseal(row: Row) -> Row:
        return (
            row | {_SEALED: seal_key(unseal_key(row[_SEALED], source.secret), target.secret)} if _SEALED in row else row
        )

    total = sum(carrying.count(source.session, table, market_id) for table in of_markets())
    here = {table.name: Print(_SEALED) for table in of_markets()}
    with watch(f"{name} 搬运", total, "行") as done:
        for table in of_markets():
            for written in carrying.carry(source.session, target.session, table, market_id, reseal, here[table.name]):
                done(written)
    with watch(f"{name} 逐行对照", total, "行") as done:
        for table in of_markets():
            there = Print(_SEALED)
            for page in carrying.pages(target.session, table, market_id):
                there.add(page)
                done(len(page))
            if there != here[table.name]:
                raise RowsDiffer(
                    words("{name}的 {table} 搬过去以后不一样，什么也没有搬。请告诉管理员。"),
                    name=name,
                    table=table.name,
                )
    return total


def _say_moved(session: Session, market_id: UUID, head: Head, to: str) -> None:
    """Close the book where it stands, and let the market say where it went; said once, it stays."""
    market = session.get_one(Market, market_id)
    if market.moved_to is None:
        market.moved_to = to
        ledger.open_book(session, market_id)
        session.execute(update(Book).where(Book.market_id == market_id).values(closed_number=head.number))
        session.flush()
