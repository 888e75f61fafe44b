"""Clerks who redeem over HTTP as fast as they are answered, and who ask the same key again until they are.

What a clerk was told 成交 is written down with its key, its time and its words; ``audit`` holds the books to it.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self
from uuid import uuid4

from tests.ordeal.line import Line, LineBroken
from tests.ordeal.scene import Paper, Scene, Shop

_MOST_OF_ONE = 999
_SERVER_FAILED = 500
_DONE = 200


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A redemption that a clerk was told is done.

    ``began`` and ``at`` are ``time.monotonic()`` when it was first asked and when it was answered; ``tries`` counts how
    often it was asked; ``paid`` is what each voucher paid as the clerk reckons, and ``goods`` what was handed out.
    ``told_at`` is the answer's time by the calendar's clock, in seconds since 1970.
    """

    key: str
    market_id: str
    total_points: int
    left_points: int
    paid: tuple[tuple[str, int], ...]
    goods: tuple[tuple[str, int, int], ...]
    began: float
    at: float
    tries: int
    told_at: float


class Crew:
    """Some clerks at work: clerk ``i`` stands in market ``i`` modulo the markets, with vouchers nobody else has.

    ``by_token`` names a voucher by its scanned token beside its id. ``lines`` bounds how many goods a basket has;
    ``two_vouchers`` is how often two vouchers pay; ``hand`` is how many vouchers a clerk has in play at once (None:
    all of them), so that few are soon emptied. ``patience`` is how many seconds a key is asked again before its clerk
    gives up, which is an error; ``timeout`` how long one answer may take. Errors are what no working server says: a
    refusal (every basket is affordable), another answer to a key asked again, no answer at all.
    """

    def __init__(
        self,
        scene: Scene,
        base_url: str,
        clerks: int = 16,
        seed: int = 0,
        *,
        by_token: bool = False,
        lines: tuple[int, int] = (1, 3),
        two_vouchers: float = 0.1,
        hand: int | None = None,
        patience: float = 120.0,
        timeout: float = 10.0,
    ) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.errors: list[str] = []
        self.retries = Counter[str]()
        self.asked_again = 0
        self.began = self.ended = 0.0
        self.by_token, self.lines, self.two_vouchers = by_token, lines, two_vouchers
        self.hand, self.patience, self.timeout = hand, patience, timeout
        self._going_home = threading.Event()
        shops = [scene.markets[number % len(scene.markets)] for number in range(clerks)]
        beside = Counter(shop.market_id for shop in shops)
        self._clerks = [
            _Clerk(
                self,
                base_url,
                shop,
                shop.vouchers[number // len(scene.markets) :: beside[shop.market_id]],
                random.Random(f"{seed}-{number}"),
            )
            for number, shop in enumerate(shops)
        ]
        self._threads = [threading.Thread(target=clerk.work, daemon=True) for clerk in self._clerks]

    def start(self) -> Self:
        """Open the shops."""
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Begin no more redemptions; return once every key that was asked is answered."""
        self._going_home.set()
        for thread in self._threads:
            thread.join()
        self.ended = time.monotonic()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        if kind is not None:
            self.patience = 0  # what is wrong is known already: nobody need wait for answers
        self.stop()

    @property
    def working(self) -> int:
        """How many clerks are still at work: one whose vouchers are all spent, or who met an error, went home."""
        return sum(thread.is_alive() for thread in self._threads)

    @property
    def longest_gap_seconds(self) -> float:
        """The longest time in which nobody was told 成交, from the opening to now or to the close."""
        if not self.began:
            return 0.0
        times = [self.began, *sorted(one.at for one in list(self.acknowledged)), self.ended or time.monotonic()]
        return max(after - before for before, after in pairwise(times))

    @property
    def going_home(self) -> threading.Event:
        """Set once no more redemptions shall begin."""
        return self._going_home


class _Clerk:
    """One clerk: what is left on the vouchers is reckoned here too, so every refusal is somebody's mistake."""

    def __init__(self, crew: Crew, base_url: str, shop: Shop, papers: Sequence[Paper], rng: random.Random) -> None:
        self._crew, self._shop, self._rng = crew, shop, rng
        self._line = Line(base_url, shop, crew.timeout)
        self._left = {paper.id: paper.face_points for paper in papers}
        self._papers = list(papers)

    def work(self) -> None:
        last: tuple[dict[str, object], Any] | None = None
        try:
            while self._papers and not self._crew.going_home.is_set():
                papers, basket, paid = self._choose()
                said = self._said(papers, basket)
                began = time.monotonic()
                answer, tries = self._until_answered(said)
                self._write_down(said, answer, basket, paid, began, tries)
                if tries > 1 and last is not None:
                    self._ask_again(*last)
                last = said, answer
        except _Wrong as error:
            self._crew.errors.append(str(error))
        finally:
            self._line.close()

    def _choose(self) -> tuple[list[Paper], list[tuple[str, int, int]], list[tuple[str, int]]]:
        """Choose vouchers and a basket ``(good, quantity, points each)`` that they can pay, and who pays what."""
        hand = self._papers[: self._crew.hand]
        two = len(hand) > 1 and self._rng.random() < self._crew.two_vouchers
        papers = self._rng.sample(hand, 2 if two else 1)
        have = sum(self._left[paper.id] for paper in papers)
        goods = self._rng.sample(self._shop.goods, min(self._rng.randint(*self._crew.lines), len(self._shop.goods)))
        basket = [(good.id, self._rng.randint(1, 2), good.price) for good in goods]
        if sum(quantity * price for _, quantity, price in basket) > have:
            cheapest = min(self._shop.goods, key=lambda good: good.price)
            basket = [(cheapest.id, min(have // cheapest.price, _MOST_OF_ONE), cheapest.price)]
        owed, paid = sum(quantity * price for _, quantity, price in basket), []
        for paper in papers:
            if part := min(owed, self._left[paper.id]):
                paid.append((paper.id, part))
                owed -= part
        return papers, basket, paid

    def _said(self, papers: Sequence[Paper], basket: Sequence[tuple[str, int, int]]) -> dict[str, object]:
        said: dict[str, object] = {
            "key": str(uuid4()),  # not from the seed: a second trial on the same books asks for other things
            "voucher_ids": [paper.id for paper in papers],
            "basket": [{"good_id": good, "quantity": count, "points_each": each} for good, count, each in basket],
        }
        return said | {"tokens": [paper.token for paper in papers]} if self._crew.by_token else said

    def _until_answered(self, said: dict[str, object]) -> tuple[Any, int]:
        """Ask until the server has answered; anything that leaves open whether it is done is asked again."""
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                status, answer = self._line.ask(said)
            except LineBroken as error:
                why = str(error)
            else:
                if status == _DONE and answer is not None:
                    return answer, tries
                if status < _SERVER_FAILED:
                    raise _Wrong(f"{said['key']} was refused with {status} after {tries} tries: {answer}")
                why = str(status)
            self._crew.retries[why] += 1
            if time.monotonic() > began + self._crew.patience:
                raise _Wrong(f"{said['key']} was never answered; last: {why}")
            time.sleep(self._rng.uniform(0.01, 0.05))  # a clerk's own patience: nothing here can be waited for

    def _write_down(
        self,
        said: dict[str, object],
        answer: Any,  # noqa: ANN401 whatever the server said
        basket: Sequence[tuple[str, int, int]],
        paid: Sequence[tuple[str, int]],
        began: float,
        tries: int,
    ) -> None:
        for paper_id, points in paid:
            self._left[paper_id] -= points
        if not all(self._left[paper_id] for paper_id, _ in paid):
            self._papers = [paper for paper in self._papers if self._left[paper.id]]
        total, left = sum(points for _, points in paid), sum(self._left[paper_id] for paper_id, _ in paid)
        if (answer["id"], answer["total_points"], answer["left_points"]) != (said["key"], total, left):
            raise _Wrong(f"{said['key']} should have taken {total} and left {left}: {answer}")
        of_this = (str(said["key"]), self._shop.market_id, total, left, tuple(paid), tuple(basket))
        self._crew.acknowledged.append(Acknowledged(*of_this, began, time.monotonic(), tries, time.time()))

    def _ask_again(self, said: dict[str, object], before: Any) -> None:  # noqa: ANN401
        """Ask what was answered before the line broke: the answer must be the same, word for word."""
        answer, _ = self._until_answered(said)
        self._crew.asked_again += 1
        if answer != before:
            raise _Wrong(f"{said['key']} was answered {before} and now {answer}")


class _Wrong(Exception):
    """What no working server does."""
