"""Both sides of a comparison: the server's rules in Python, and the till's scripts in one long-lived node process."""

import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from love_market.counter.rules import BasketLine, Decision, Offline, decide
from love_market.errors import LoveMarketError
from love_market.stock.offers import Offer
from love_market.vouchers.rules import Acting, Held, State
from tests.counter.vectors.shapes import Answer, Asked

SCRIPT = Path(__file__).with_name("till.js")


def server(asked: Asked) -> Answer:
    """Return what the server decides."""
    try:
        return _answer(
            decide(
                [BasketLine(UUID(line["good_id"]), line["quantity"], line["points_each"]) for line in asked["basket"]],
                _by_id(asked["goods"], _offer),
                [UUID(one) for one in asked["voucher_ids"]],
                _by_id(asked["vouchers"], _held),
                date.fromisoformat(asked["today"]),
                minimum_points=asked["minimum_points"],
                offline=_offline(asked["offline"]),
                acting=_acting(asked["acting"]),
            )
        )
    except LoveMarketError as error:
        return {"error": type(error).__name__, "sentence": str(error)}


class Till:
    """A node process that decides by the rules that it was given last."""

    def __enter__(self) -> Self:
        self._node = subprocess.Popen(
            ["node", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
        )
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._node.communicate()
        assert self._node.returncode == 0

    def use(self, rules: Mapping[str, Any]) -> list[str]:
        """Decide by these rules from now on; return the operators that the till knows."""
        known: list[str] = self._say({"rules": rules})
        return known

    def __call__(self, asked: Asked) -> Answer:
        """Return what the till decides; ``{"broken": …}`` where it cannot."""
        answer: Answer = self._say({"asked": asked})
        return answer

    def _say(self, said: Mapping[str, Any]) -> Any:  # noqa: ANN401 whatever the line holds
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(said, ensure_ascii=False) + "\n")
        return json.loads(self._node.stdout.readline())


def _by_id(rows: Mapping[str, Any], make: Callable[[UUID, Any], Any]) -> dict[UUID, Any]:
    return {UUID(one): make(UUID(one), row) for one, row in rows.items()}


def _offer(good_id: UUID, row: Mapping[str, Any]) -> Offer:
    return Offer(
        id=good_id,
        name=row["name"],
        spec="",
        unit_name=row["unit_name"],
        picture="",
        points_price=row["points_price"],
        withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC) if row["withdrawn"] else None,
        priced_at=None,
        minimum_points=0,
        lots=tuple((UUID(lot["id"]), _day(lot["expires_on"]), lot["quantity"]) for lot in row["lots"]),
    )


def _held(voucher_id: UUID, row: Mapping[str, Any]) -> Held:
    return Held(
        id=voucher_id,
        serial_no="",
        state=State(row["state"]),
        state_reason=row["state_reason"],
        expires_on=date.fromisoformat(row["expires_on"]),
        household_id=UUID(row["household_id"]),
        head_name="",
        balance_points=row["balance_points"],
        known=row["known"],
    )


def _offline(row: Mapping[str, Any] | None) -> Offline | None:
    if row is None:
        return None
    ends = row["lease_ends_at"]
    return Offline(
        now=datetime.fromisoformat(row["now"]),
        latest_at=datetime.fromisoformat(row["latest_at"]),
        lease_ends_at=datetime.fromisoformat(ends) if ends else None,
        cut_off=row["cut_off"],
        limit_points=row["limit_points"],
    )


def _acting(row: Mapping[str, Any] | None) -> Acting | None:
    return None if row is None else Acting(row["name"], [UUID(one) for one in row["households"]], row["limit"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _answer(decision: Decision) -> Answer:
    return {
        "total_points": decision.total_points,
        "payments": [one._asdict() | {"voucher_id": str(one.voucher_id)} for one in decision.payments],
        "takes": [one._asdict() | {"good_id": str(one.good_id), "lot_id": str(one.lot_id)} for one in decision.takes],
    }
