"""Awarded points and vouchers for tests, made by the real services."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from love_market.clock import Quarter, village_date
from love_market.db import new_id
from love_market.ledger import queries as books
from love_market.ledger.rules import Draft
from love_market.points import legs
from love_market.points import service as points
from love_market.vouchers import keys, queries, service, token
from love_market.vouchers.queries import VoucherFace
from tests.builders import Village
from tests.databases import SECRET

BASE_URL = "http://127.0.0.1:8000"


def award(session: Session, village: Village, awards: Mapping[UUID, int], at: datetime) -> None:
    """Award points out of a budget granted for just that."""
    appraisal_id = new_id()
    budget = sum(awards.values())
    points.grant(session, village.chair, appraisal_id, budget, at=at, key=new_id(), reason="额度")
    points.award(session, village.chair, appraisal_id, list(awards.items()), at=at, key=new_id(), reason="认定")


def issue(session: Session, village: Village, at: datetime, *, key: UUID | None = None) -> UUID:
    """Issue vouchers for all points that wait; return the batch's id."""
    quarter = str(Quarter.of(village_date(at)).previous())
    return service.issue(session, village.chair, quarter=quarter, secret=SECRET, at=at, key=key or new_id()).batch_id


def vouchers(session: Session, village: Village, points_each: Sequence[int], at: datetime) -> list[VoucherFace]:
    """Award and issue vouchers of these points to the village's households, in their order; return their faces."""
    award(session, village, dict(zip(village.households, points_each, strict=False)), at)
    issued = queries.vouchers_of_batch(session, village.chair, issue(session, village, at))
    of_household = {one.household_id: one for one in issued}
    return [of_household[household] for household in village.households[: len(points_each)]]


def token_of(session: Session, market_id: UUID, voucher: VoucherFace) -> str:
    """Return the token that the voucher's paper carries."""
    private_key = keys.private_keys(session, market_id, SECRET)[voucher.signing_key_id]
    claims = token.Claims(market_id, voucher.id, voucher.face_points, voucher.expires_on)
    return token.sign(private_key, claims)


def url_of(session: Session, market_id: UUID, voucher: VoucherFace) -> str:
    """Return what the voucher's QR code says."""
    return token.voucher_url(BASE_URL, token_of(session, market_id, voucher))


def balance(session: Session, market_id: UUID, voucher_id: UUID) -> int:
    """Return what the books hold on a voucher."""
    return books.balances(session, market_id, "voucher", [voucher_id]).get(voucher_id, 0)


def spending(village: Village, voucher_id: UUID, points: int, at: datetime) -> Draft:
    """Return the entry by which the counter takes points from a voucher, without its goods."""
    return Draft("redeem", at, village.clerk.actor, "兑换", new_id(), legs.spend([(voucher_id, points)]), input=str(at))


def token_of_nobody() -> str:
    """Return a well-made token of a market that no books here know."""
    return token.sign(token.new_signing_key(), token.Claims(new_id(), new_id(), 35, date(2027, 4, 30)))
