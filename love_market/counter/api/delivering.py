"""Delivering what happened without a network: a till's own records, each signed by it, from the till or from a file."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from love_market.counter import records
from love_market.counter.api.schemas import MOST_POINTS, MOST_VOUCHERS, Basket, Points, ProxySent
from love_market.counter.records import BookedRecord, Redeemed, Shown, Undone
from love_market.counter.rules import RecordForged
from love_market.db import transaction
from love_market.errors import LoveMarketError, words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.tills.access import device_guard, is_signed
from love_market.tills.rules import LONGEST_NAME
from love_market.vouchers.token import TOKEN_LENGTH
from love_market.web.api import WHOLE, Given, Instant, Sent, Text, bp, example, operation
from love_market.web.clock import now
from love_market.web.errors import sentence_of

MOST_RECORDS = 100
MOST_IN_A_FILE = 1000
LONGEST_RECORD = 30_000


class Record(Sent):
    """A record exactly as the till wrote and signed it: JSON in a string (``RedeemedThere`` or ``UndoneThere``).

    The signature is made as a request's (see the scheme ``till``), over ``love-market record 1``, a new line, the body.
    """

    body: Annotated[
        Text, Field(min_length=2, max_length=LONGEST_RECORD, json_schema_extra={"contentMediaType": "application/json"})
    ]
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}$")]


class Delivery(Sent):
    """Records in the order they were made."""

    model_config = example(
        records=[{"body": '{"kind":"redeem","number":7}', "signature": "A" * 86}],
    )

    records: Annotated[tuple[Record, ...], Field(min_length=1, max_length=MOST_RECORDS)]


class RecordsFile(Sent):
    """A till's file of records that wait in it, as ``static/counter/sending.js`` saves it."""

    what: Literal["love-market records 1"]
    till_id: UUID
    till_name: Annotated[str, Field(max_length=LONGEST_NAME)]
    village_code: Annotated[str, Field(pattern=r"^\d{12}$")]
    saved_at: Instant
    records: Annotated[tuple[Record, ...], Field(min_length=1, max_length=MOST_IN_A_FILE)]


class Outcome(Given):
    """What became of a record: ``booked``, ``disputed`` (booked, with reasons), or ``refused`` (nothing was booked)."""

    key: UUID | None
    outcome: Literal["booked", "disputed", "refused"]
    entry_number: int | None
    reasons: tuple[str, ...]
    error: str


class Delivered(Given):
    """What became of each record, in their order."""

    outcomes: tuple[Outcome, ...]


class PaidThere(Sent):
    """A voucher that paid at the till: how much, and its balance there before and after; how it was shown."""

    id: UUID
    amount_points: Annotated[int, Field(ge=1, le=MOST_POINTS), WHOLE]
    before_points: Points
    after_points: Points
    token: Annotated[Text, Field(max_length=TOKEN_LENGTH)] | None = None
    code: Annotated[Text, Field(max_length=20)] | None = None


class OfTill(Sent):
    """What every record says: which till, its number there, its key, when, and who kept the counter."""

    till_id: UUID
    number: Annotated[int, Field(ge=1, le=2**53), WHOLE]
    key: UUID
    at: Instant
    clerk_id: UUID


class RedeemedThere(OfTill):
    """A basket was handed out."""

    kind: Literal["redeem"]
    vouchers: Annotated[tuple[PaidThere, ...], Field(min_length=1, max_length=MOST_VOUCHERS)]
    basket: Basket
    proxy: ProxySent | None = None

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        if sum(one.amount_points for one in self.vouchers) > MOST_POINTS:
            raise ValueError(MOST_POINTS)
        return self

    def told(self) -> Redeemed:
        """Return the record as the counter's services know it."""
        return Redeemed(
            till_id=self.till_id,
            number=self.number,
            key=self.key,
            at=self.at,
            clerk_id=self.clerk_id,
            payments=tuple((one.id, one.amount_points) for one in self.vouchers),
            shown=tuple(Shown(one.id, one.token, one.code) for one in self.vouchers),
            basket=tuple(line.line() for line in self.basket),
            proxy=None if self.proxy is None else self.proxy.proxy(),
        )


class UndoneThere(OfTill):
    """A redemption of the same day was taken back."""

    kind: Literal["undo"]
    redemption_id: UUID
    reason: Annotated[Text, Field(min_length=1, max_length=100)]

    def told(self) -> Undone:
        """Return the record as the counter's services know it."""
        return Undone(
            till_id=self.till_id,
            number=self.number,
            key=self.key,
            at=self.at,
            clerk_id=self.clerk_id,
            redemption_id=self.redemption_id,
            reason=self.reason,
        )


_RECORD: TypeAdapter[RedeemedThere | UndoneThere] = TypeAdapter(
    Annotated[RedeemedThere | UndoneThere, Field(discriminator="kind")]
)


@bp.post("/v/<village:village_code>/records")
@operation(
    "Deliver what happened at a till, each record once.",
    sent=Delivery,
    given=Delivered,
    door="till or staff",
    besides=(RedeemedThere, UndoneThere),
)
def deliver(village_code: str, sent: Delivery) -> Delivered:
    """Book records in their order, each in a transaction of its own; a record that was booked before stays as it is.

    Each record is proved by its till's signature, so that a file of them may be brought in at any till, or by the
    committee.
    """
    guard = device_guard(village_code)[0] if is_signed() else staff_guard(village_code, Role.CLERK, *COMMITTEE)
    return Delivered(outcomes=tuple(_outcome(taken(guard, record)) for record in sent.records))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a record: ``told`` is what it says, None where it cannot be read; booked, or refused with why."""

    told: Redeemed | Undone | None
    booked: BookedRecord | None
    refusal: LoveMarketError | None = None


def taken(guard: Guard, record: Record) -> Taken:
    """Book one record in a transaction of its own, or say why nothing was booked."""
    told: Redeemed | Undone | None = None
    try:
        told = _read(record)
        with transaction() as session:
            booked = records.book(session, guard, told, body=record.body, signature=record.signature, at=now())
    except LoveMarketError as error:
        return Taken(told, None, error)
    return Taken(told, booked)


def _outcome(one: Taken) -> Outcome:
    key = None if one.told is None else one.told.key
    if one.booked is None:
        reasons = (sentence_of(one.refusal),) if one.refusal else ()
        error = type(one.refusal).__name__
        return Outcome(key=key, outcome="refused", entry_number=None, reasons=reasons, error=error)
    return Outcome(
        key=key,
        outcome="disputed" if one.booked.reasons else "booked",
        entry_number=one.booked.entry_number,
        reasons=one.booked.reasons,
        error="",
    )


def _read(record: Record) -> Redeemed | Undone:
    try:
        return _RECORD.validate_json(record.body).told()
    except ValidationError as error:
        raise RecordForged(words("这一条记录读不出来，什么都没有记。请把文件交给村委会看。")) from error
