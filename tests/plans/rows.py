"""The rows of one market's history, quarter after quarter, as text for COPY: no database here.

A household is awarded 50 points a quarter and gets them in one voucher, which is spent in ``times`` redemptions of one
good each. Twenty lots come in each quarter and are used up by its end. The last quarter is half spent, and the one
after it is being scored.
"""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from love_market.clock import Quarter
from love_market.vouchers.token import new_short_code

Row = tuple[str, tuple[object, ...]]
GOODS, RULES, FACE = 20, 5, 50
POINTS = "0" * 32
RULE_VERSION, RULE, HOUSEHOLD, APPRAISAL, BATCH, VOUCHER, LOT, REDEMPTION, DEED, GOOD, KEY, SIGN_IN = range(1, 13)
COLUMNS = {
    "household": "market_id id village_code number head_name group_name grid_name phone member_count note created_at",
    "rule_version": "market_id id village_code number adopted_at adopted_by note",
    "rule": "market_id id version_id code category name points unit_name cap_points cap_period evidence position",
    "good": "market_id id name spec unit_name points_price picture low_stock_quantity tracks_expiry position"
    " created_at",
    "signing_key": "market_id id public_key sealed_private_key made_at",
    "appraisal": "market_id id village_code quarter rule_version_id state budget_points opened_by opened_at"
    " submitted_at notice_begins_at notice_ends_at head_number head_hash confirmed_at confirmed_by revision",
    "appraisal_row": "market_id appraisal_id household_id state points lines award_entry_number",
    "score": "market_id appraisal_id household_id rule_id points entered_by entered_at",
    "deed": "market_id id village_code household_id member_name rule_id rule_code done_on times points words state"
    " recorded_by recorded_at refusal",
    "voucher_batch": "market_id id village_code quarter expires_on issued_at issued_by entry_number",
    "voucher": "market_id id batch_id household_id signing_key_id serial_no short_code face_points expires_on state"
    " state_reason state_changed_at handed_over_at handed_over_to",
    "lot": "market_id id good_id lot_no source source_name unit_cost_fen quantity_received received_at entry_number"
    " emptied_at",
    "redemption": "market_id id entry_number clerk_id redeemed_at total_points undone_reason",
    "redemption_good": "market_id redemption_id position good_id lot_id quantity points_each",
    "redemption_voucher": "market_id redemption_id voucher_id amount_points balance_after_points",
    "account": "market_id kind owner unit floor balance",
    "entry": "market_id number kind at actor reason key input_hash previous_hash hash",
    "leg": "market_id entry_number position unit source_kind source_owner destination_kind destination_owner amount",
    "household_session": "market_id id household_id begun_at ended_at",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How big a market's history is; ``times`` is how often a voucher is used before it is spent."""

    households: int
    quarters: int
    times: int

    @property
    def legs(self) -> int:
        """How many legs it comes to, about."""
        return self.quarters * (GOODS + 2 * self.households * (1 + self.times))


def made(kind: int, market: int, number: int) -> str:
    """Return an id of the history, in hex: of a kind of thing, in a market, by its number."""
    return f"{kind:04x}{market:08x}{number:020x}"


def text_of(at: datetime) -> str:
    """Return an instant as both databases read it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Market:
    """Tells one market's history."""

    def __init__(
        self, number: int, market_id: str, village_code: str, staff_id: str, shape: Shape, at: datetime
    ) -> None:
        self.number, self.id, self.village_code, self.staff_id, self.shape, self.at = (
            *(number, market_id, village_code, staff_id),
            *(shape, at),
        )
        self.entries = 0
        self.actor = f"staff:{staff_id}"
        quarter = Quarter.of(at.date()).previous()  # the one that is scored now
        self.scored, self.quarters = quarter, list[Quarter]()
        for _ in range(shape.quarters):
            quarter = quarter.previous()
            self.quarters.insert(0, quarter)

    def rows(self) -> Iterator[Row]:
        """Yield all rows; the book's head is ``entries`` afterwards."""
        yield from self._standing()
        for index, quarter in enumerate(self.quarters):
            yield from self._quarter(index, quarter)
        yield from self._scoring()
        yield from self._accounts()

    def id_of(self, kind: int, number: int) -> str:
        return made(kind, self.number, number)

    def _standing(self) -> Iterator[Row]:
        begun = text_of(datetime(self.quarters[0].year, 1, 1, tzinfo=UTC))
        here, version = (self.id, self.village_code), self.id_of(RULE_VERSION, 1)
        for n in range(self.shape.households):
            name = f"{'孔姚蒋郑曾吕傅张武刘'[n % 10]}{n:04}"
            household = (self.id, self.id_of(HOUSEHOLD, n), self.village_code, f"{n + 1:03}", name)
            yield "household", (*household, f"{n % 4 + 1}组", "", "", 3, "", begun)
            yield "household_session", (self.id, self.id_of(SIGN_IN, n), self.id_of(HOUSEHOLD, n), begun, begun)
        yield "rule_version", (here[0], version, here[1], 1, begun, self.actor, "")
        for n in range(RULES):
            period = ("quarter", "year", "event", "quarter", "quarter")[n]
            rule = (self.id, self.id_of(RULE, n), version, f"rule-{n}", "dedication", f"规则{n}", -5 if n == 4 else 10)
            yield "rule", (*rule, "次", 20, period, "", n)
        for n in range(GOODS):
            good = (self.id, self.id_of(GOOD, n), f"商品{n}", "", "件", FACE // self.shape.times)
            yield "good", (*good, "other", 1, False, n, begun)
        yield "signing_key", (self.id, self.id_of(KEY, 1), "00" * 32, "00" * 100, begun)

    def _quarter(self, index: int, quarter: Quarter) -> Iterator[Row]:
        opened = datetime.combine(quarter.last_day, datetime.min.time(), UTC) + timedelta(days=1)
        confirmed, is_last = opened + timedelta(days=20), index == len(self.quarters) - 1
        appraisal, batch = self.id_of(APPRAISAL, index), self.id_of(BATCH, index)
        homes = range(self.shape.households)
        at = text_of(opened)
        ended, rules = text_of(confirmed), self.id_of(RULE_VERSION, 1)
        done = (self.id, appraisal, self.village_code, str(quarter), rules, "confirmed", FACE * len(homes), self.actor)
        yield "appraisal", (*done, at, at, at, ended, 1, "0" * 64, ended, self.actor, 1)
        award = yield from self._entry("award", confirmed, [
            (POINTS, "budget", appraisal, "household", self.id_of(HOUSEHOLD, n), FACE) for n in homes
        ])  # fmt: skip
        lines = json.dumps([{"rule_id": "x", "code": "rule-0", "name": "规则0", "category": "dedication", "entered": 50,
                             "counted": 50, "from_deeds": 10}], ensure_ascii=False)  # fmt: skip
        issued = confirmed + timedelta(hours=2)
        issue = yield from self._entry("issue", issued, [
            (POINTS, "household", self.id_of(HOUSEHOLD, n), "voucher", self._voucher(index, n), FACE) for n in homes
        ])  # fmt: skip
        expires = date.fromordinal(issued.date().toordinal() + 180)
        made_batch = (self.id, batch, self.village_code, str(quarter), expires, text_of(issued))
        yield "voucher_batch", (*made_batch, self.actor, issue)
        spent_at = issued + timedelta(days=60)
        for n in homes:
            home, state = self.id_of(HOUSEHOLD, n), "handed_over" if is_last and n % 2 else "spent"
            yield "appraisal_row", (self.id, appraisal, home, "confirmed", FACE, lines, award)
            voucher = (self.id, self._voucher(index, n), batch, home, self.id_of(KEY, 1))
            serial = f"{quarter.year}-{quarter.number}-{n + 1:04}"
            code = new_short_code() if is_last else f"{index:04}{n:05}"
            changed = text_of(issued if state == "handed_over" else spent_at)
            yield "voucher", (*voucher, serial, code, FACE, expires, state, "", changed, text_of(issued), "")
            deed = (self.id, self.id_of(DEED, index * 100_000 + n), self.village_code, home, "", self.id_of(RULE, 0))
            day = quarter.first_day + timedelta(days=n % 80)
            recorded = (self.staff_id, f"{day}T08:00:00.000000Z", "")
            state = ("refused", "withdrawn", "accepted")[min(n % 10, 2)]
            yield "deed", (*deed, "rule-0", day, 1, 10, "", state, *recorded)
        yield from self._market_days(index, issued, is_last=is_last)

    def _market_days(self, index: int, issued: datetime, *, is_last: bool) -> Iterator[Row]:
        homes, times = self.shape.households, self.shape.times
        made_at = [issued + timedelta(hours=1 + 1400 * n // (homes * times)) for n in range(homes * times)]
        for good in range(GOODS):
            lot, pieces = self._lot(index, good), len(range(good, homes * times, GOODS))
            received = issued + timedelta(minutes=good)
            number = yield from self._entry("receive", received, [
                (self.id_of(GOOD, good), "supplier", POINTS, "shelf", lot, pieces)
            ])  # fmt: skip
            emptied = None if is_last else text_of(issued + timedelta(days=70))
            what = (self.id, lot, self.id_of(GOOD, good), "", "bought", "批发部", 100, max(pieces, 1))
            yield "lot", (*what, text_of(received), number, emptied)
        for turn in range(times):
            for home in range(homes):
                if is_last and home % 2 and turn:
                    continue
                n = turn * homes + home
                at = made_at[n]
                if is_last and n >= homes * times - homes // 8:
                    at = self.at - timedelta(minutes=n % 50 + 1)
                yield from self._redemption(index, n, home, turn, at)

    def _redemption(self, index: int, n: int, home: int, turn: int, at: datetime) -> Iterator[Row]:
        good, each, times = n % GOODS, FACE // self.shape.times, self.shape.times
        redemption, voucher = self.id_of(REDEMPTION, index * 1_000_000 + n), self._voucher(index, home)
        number = yield from self._entry("redeem", at, [
            (POINTS, "voucher", voucher, "redeemed", POINTS, each),
            (self.id_of(GOOD, good), "shelf", self._lot(index, good), "given", POINTS, 1),
        ], key=redemption)  # fmt: skip
        yield "redemption", (self.id, redemption, number, self.staff_id, text_of(at), each, "")
        yield "redemption_good", (self.id, redemption, 1, self.id_of(GOOD, good), self._lot(index, good), 1, each)
        yield "redemption_voucher", (self.id, redemption, voucher, each, each * (times - turn - 1))

    def _scoring(self) -> Iterator[Row]:
        begun, appraisal = text_of(self.at - timedelta(days=7)), self.id_of(APPRAISAL, 10_000)
        quarter = (self.id, appraisal, self.village_code, str(self.scored), self.id_of(RULE_VERSION, 1), "scoring")
        yield "appraisal", (*quarter, 99_999, self.actor, begun, *[None] * 7, 1)
        for n in range(3):
            deed = (self.id, self.id_of(DEED, 99_000_000 + n), self.village_code, self.id_of(HOUSEHOLD, n), "")
            waits = (self.id_of(RULE, 0), "rule-0", self.scored.last_day, 1, 10, "", "claimed", self.staff_id)
            yield "deed", (*deed, *waits, begun, "")
        for n in range(0, self.shape.households, 2):
            home = self.id_of(HOUSEHOLD, n)
            for rule in range(RULES):
                points = -5 if rule == 4 else 10
                yield "score", (self.id, appraisal, home, self.id_of(RULE, rule), points, self.actor, begun)

    def _accounts(self) -> Iterator[Row]:
        homes, last = self.shape.households, self.shape.quarters - 1
        spent, each = 0, FACE // self.shape.times
        for index in range(self.shape.quarters):
            yield "account", (self.id, "budget", self.id_of(APPRAISAL, index), POINTS, 0, 0)
            for n in range(homes):
                left = FACE - each if index == last and n % 2 and self.shape.times > 1 else 0
                spent += FACE - left
                yield "account", (self.id, "voucher", self._voucher(index, n), POINTS, 0, left)
            for good in range(GOODS):
                left = 0 if index < last else self._left(good)
                yield "account", (self.id, "shelf", self._lot(index, good), self.id_of(GOOD, good), 0, left)
        for n in range(homes):
            yield "account", (self.id, "household", self.id_of(HOUSEHOLD, n), POINTS, 0, 0)
        for kind, balance in (("redeemed", spent), ("funding", -FACE * homes * self.shape.quarters)):
            yield "account", (self.id, kind, POINTS, POINTS, None if kind == "funding" else 0, balance)
        for good in range(GOODS):
            pieces = len(range(good, homes * self.shape.times, GOODS)) * self.shape.quarters
            given = pieces - self._left(good)
            yield "account", (self.id, "given", POINTS, self.id_of(GOOD, good), 0, given)
            yield "account", (self.id, "supplier", POINTS, self.id_of(GOOD, good), None, -pieces)

    def _left(self, good: int) -> int:
        """Return what is left of the last quarter's lot: what the households that are not through would have taken."""
        homes, times = self.shape.households, self.shape.times
        return sum(n % homes % 2 == 1 and n >= homes for n in range(good, homes * times, GOODS))

    def _voucher(self, index: int, household: int) -> str:
        return self.id_of(VOUCHER, index * 100_000 + household)

    def _lot(self, index: int, good: int) -> str:
        return self.id_of(LOT, index * 100 + good)

    def _entry(
        self, kind: str, at: datetime, legs: list[tuple[str, str, str, str, str, int]], key: str = ""
    ) -> Generator[Row, None, int]:
        self.entries += 1
        number, digest = self.entries, f"{self.entries:064x}"
        key = key or self.id_of(KEY, 1000 + number)
        yield "entry", (self.id, number, kind, text_of(at), self.actor, kind, key, digest, digest, digest)
        for position, leg in enumerate(legs, 1):
            yield "leg", (self.id, number, position, *leg)
        return number
