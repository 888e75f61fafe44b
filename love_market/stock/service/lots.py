"""Writing lots: receive, write off, and take either back."""

from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import village_date
from love_market.errors import words
from love_market.ledger import queries as books
from love_market.ledger import service as ledger
from love_market.ledger.rules import BalanceTooLow, Draft, NoSuchEntry, Posted
from love_market.people.rules import Guard
from love_market.stock import legs, queries
from love_market.stock.models import Good, Lot
from love_market.stock.rules import (
    LARGEST_COST_FEN,
    SOURCES,
    EntryNotOurs,
    ExpiredAlready,
    ExpiryMissing,
    GoodInvalid,
    GoodWithdrawn,
    MoneyWrong,
    NoSuchGood,
    TooFewGoods,
    check_quantity,
    check_reason,
    is_expired,
    tidy,
)
from love_market.stock.service.aside import take_out

_LONGEST_LOT_NO, _LONGEST_SOURCE_NAME = 40, 80


class LotFacts(TypedDict):
    """What is said of a lot: ``source`` is bought or donated, ``source_name`` the supplier or donor."""

    good_id: UUID
    quantity: int
    source: str
    source_name: NotRequired[str]
    lot_no: NotRequired[str]
    expires_on: NotRequired[date | None]
    unit_cost_fen: NotRequired[int]


def receive(session: Session, guard: Guard, *, key: UUID, at: datetime, **facts: Unpack[LotFacts]) -> UUID:
    """Receive a lot (入库) onto the shelf; return its id, which is ``key``.

    Raises ``NoSuchGood``, ``GoodWithdrawn``, ``QuantityWrong``, ``ExpiryMissing``, ``ExpiredAlready``, ``MoneyWrong``,
    ``GoodInvalid``, and ``KeyReused``.
    """
    ledger.lock_book(session, guard.market_id)
    values = _checked(facts)
    good = session.get(Good, (guard.market_id, values["good_id"]))
    if good is None:
        raise NoSuchGood(words("没有这样商品。"))
    before = session.get(Lot, (guard.market_id, key))
    if before is None:
        _refuse_unfit(good, values, village_date(at))
    moved = legs.receive(values["source"], good.id, key, values["quantity"])
    reason = " ".join(filter(None, [SOURCES[values["source"]], values.get("source_name"), values.get("lot_no")]))
    draft = Draft("receive", at, guard.actor, reason, key, moved, input=_said(values))
    posted = ledger.post(session, guard.market_id, draft)
    if before is None:
        row = Lot(market_id=guard.market_id, id=key, good_id=good.id, entry_number=posted.number, received_at=at)
        row.quantity_received, row.source = values["quantity"], values["source"]
        row.source_name, row.lot_no = values.get("source_name", ""), values.get("lot_no", "")
        row.expires_on, row.unit_cost_fen = values.get("expires_on"), values.get("unit_cost_fen", 0)
        session.add(row)
        session.flush()
    return key


def write_off(
    session: Session, guard: Guard, *, key: UUID, lot_id: UUID, quantity: int, reason: str, at: datetime
) -> Posted:
    """Write off (报损) so many of a lot; raise ``NoSuchLot``, ``QuantityWrong``, ``ReasonMissing``, ``TooFewGoods``."""
    ledger.lock_book(session, guard.market_id)
    lot, why = queries.lot(session, guard, lot_id), check_reason(reason)
    moved = legs.write_off(lot.good_id, lot.id, check_quantity(quantity))
    draft = Draft("write_off", at, guard.actor, why, key, moved, input=[str(lot_id), quantity, why])
    try:
        return ledger.post(session, guard.market_id, draft)
    except BalanceTooLow as error:
        raise TooFewGoods(
            words("{name}这批只剩 {left} {unit_name}，不能报损 {wanted} {unit_name}。"),
            name=lot.title,
            unit_name=lot.unit_name,
            wanted=quantity,
            left=lot.quantity,
        ) from error


def take_back(session: Session, guard: Guard, number: int, *, reason: str, at: datetime, key: UUID) -> Posted:
    """Take back (冲正) a receipt or a write-off that was entered by mistake, whole and once.

    Raises ``NoSuchEntry``, ``EntryNotOurs``, ``ReasonMissing``, ``AlreadyReversed``, and ``TooFewGoods`` where some of
    the lot has left the shelf since.
    """
    ledger.lock_book(session, guard.market_id)
    why, entry = check_reason(reason), books.entry(session, guard.market_id, number)
    if entry is None:
        raise NoSuchEntry(words("账本里没有第 {number} 笔。"), number=number)
    if entry.kind not in {"receive", "write_off"}:
        raise EntryNotOurs(words("第 {number} 笔不是入库，也不是报损，不能在这里冲正。"), number=number)
    take_out(session, guard.market_id, [leg.source.owner for leg in entry.legs if leg.source.kind == "shelf"])
    try:
        return ledger.reverse(session, guard.market_id, number, at=at, actor=guard.actor, reason=why, key=key)
    except BalanceTooLow as error:
        lot = queries.lot(session, guard, error.address.owner)
        raise TooFewGoods(
            words("{name}这批入库 {wanted} {unit_name}，架上只剩 {left} {unit_name}，不能整批冲正。请改用报损或盘点。"),
            name=lot.title,
            unit_name=lot.unit_name,
            wanted=error.amount,
            left=error.balance,
        ) from error


def _checked(facts: LotFacts) -> LotFacts:
    values = facts.copy()
    check_quantity(facts["quantity"])
    if facts["source"] not in SOURCES:
        raise GoodInvalid(words("请选买入或捐赠。"))
    values["source_name"], values["lot_no"] = tidy(facts.get("source_name", "")), tidy(facts.get("lot_no", ""))
    if len(values["source_name"]) > _LONGEST_SOURCE_NAME or len(values["lot_no"]) > _LONGEST_LOT_NO:
        raise GoodInvalid(
            words("供货单位或捐赠人最多 {name} 个字，批号最多 {lot} 个字。"),
            name=_LONGEST_SOURCE_NAME,
            lot=_LONGEST_LOT_NO,
        )
    if not 0 <= facts.get("unit_cost_fen", 0) <= LARGEST_COST_FEN:
        raise MoneyWrong(words("单价要在 0 到 10 万元之间。"))
    return values


def _refuse_unfit(good: Good, values: LotFacts, today: date) -> None:
    expires_on = values.get("expires_on")
    if good.withdrawn_at is not None:
        raise GoodWithdrawn(words("{name}已经下架。要入库，请先把它重新上架。"), name=good.name)
    if good.tracks_expiry and expires_on is None:
        raise ExpiryMissing(words("{name}要记保质期：请填写包装上的到期日。"), name=good.name)
    if expires_on is not None and is_expired(expires_on, today):
        raise ExpiredAlready(
            words("这批{name}的保质期到 {expires_on}，已经过了，不能入库。"), name=good.name, expires_on=expires_on
        )


def _said(values: LotFacts) -> list[object]:
    return [
        str(values["good_id"]),
        values["quantity"],
        values["source"],
        values.get("source_name", ""),
        values.get("lot_no", ""),
        str(values.get("expires_on") or ""),
        values.get("unit_cost_fen", 0),
    ]
