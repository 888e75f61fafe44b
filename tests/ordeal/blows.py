"""Blow after blow on a working county: each is struck in the middle of redemptions, repaired, and audited."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.databases import Cluster, start_cluster
from tests.ordeal.auditor import Auditor
from tests.ordeal.clerks import Acknowledged, Crew
from tests.ordeal.mischief import STAGES
from tests.ordeal.servers import Server

_PATIENCE_SECONDS = 120


class Victim(Protocol):
    """What is struck. ``strike`` says how it died; ``repair`` brings it back, ``heal`` for good."""

    readable_when_dead: bool
    dies_by_itself: bool

    def strike(self, rng: random.Random) -> str: ...
    def repair(self, rng: random.Random) -> None: ...
    def heal(self) -> None: ...


@dataclass
class App:
    """The application: all its processes killed at once, or (every third time, where it has them) one worker only."""

    server: Server
    readable_when_dead: bool = True
    dies_by_itself: bool = False
    _worker_only: bool = False

    def strike(self, rng: random.Random) -> str:
        """Kill it."""
        self._worker_only = rng.random() < 1 / 3 and self.server.kill_worker(rng.randrange(2))
        if self._worker_only:
            return f"a worker of {self.server.server} killed"
        self.server.kill()
        return f"{self.server.server} killed"

    def repair(self, _rng: random.Random) -> None:
        """Start it again; a master starts another worker by itself."""
        if not self._worker_only:
            self.server.start()

    def heal(self) -> None:
        """It is well already."""


@dataclass
class Embedded:
    """An application with its database inside: it dies by itself, at a chosen place within a transaction."""

    server: Server
    readable_when_dead: bool = True
    dies_by_itself: bool = True
    _how: str = ""
    _stage: int = 0

    def strike(self, rng: random.Random) -> str:
        """Wait until it has died; the first time it has not been told to yet."""
        if not self._how:
            self.server.kill()
            return "killed"
        assert self.server.ended_by_itself(_PATIENCE_SECONDS), f"it should have died {self._how}"
        return f"died {self._how}"

    def repair(self, rng: random.Random) -> None:
        """Start it again, doomed: the stages in turn, the rest at random."""
        stage, transaction = STAGES[self._stage % len(STAGES)], rng.randint(2, 12)
        self._stage += 1
        statement, microseconds = rng.randint(1, 12), int(10 ** rng.uniform(0.5, 4))
        self.server.start(
            {
                "what": "die",
                "stage": stage,
                "transaction": transaction,
                "statement": statement,
                "microseconds": microseconds,
            }
        )
        exactly = {"statement": f" {statement}", "committing": f" after {microseconds} µs"}.get(stage, "")
        self._how = f"in transaction {transaction} at {stage}{exactly}"

    def heal(self) -> None:
        """Start it without a doom."""
        self.server.kill()
        self.server.start()


@dataclass
class DatabaseServer:
    """PostgreSQL: the postmaster and all its children killed at once; it recovers from its log when started again."""

    cluster: Cluster
    readable_when_dead: bool = False
    dies_by_itself: bool = False

    def strike(self, _rng: random.Random) -> str:
        """Kill it."""
        self.cluster.kill()
        return "postmaster and children killed"

    def repair(self, _rng: random.Random) -> None:
        """Start it again; returns when it has recovered."""
        self.cluster = start_cluster(self.cluster.folder, fsync=True)

    def heal(self) -> None:
        """It is well already."""


@dataclass
class Toll:
    """What a campaign came to, in numbers; each blow is when it fell and when it had fallen, by the monotonic clock."""

    rounds: int = 0
    seconds: float = 0.0
    booked_unanswered: int = 0
    slowest_repair_seconds: float = 0.0
    blows: list[tuple[float, float]] = field(default_factory=list)

    def met(self, acknowledged: Sequence[Acknowledged]) -> int:
        """Count the redemptions on their way at a blow: asked before it fell, answered after it had fallen.

        How often a clerk had to ask says less: a server whose database died asks it again itself, and a server that is
        still starting refuses too.
        """
        return sum(any(one.began < fell and done < one.at for fell, done in self.blows) for one in acknowledged)


def strike_again_and_again(
    victim: Victim, crew: Crew, auditor: Auditor, *, rounds: int, rng: random.Random, says: Callable[[str], object]
) -> Toll:
    """Strike so many times while a crew redeems; audit what is new each time, and stop at the first thing wrong.

    Each blow waits until some redemptions were acknowledged since the last, then a random moment more. The audit looks
    at the books as the dead left them, or after they were opened again, as it happens.
    """
    toll, begun = Toll(), time.monotonic()
    for number in range(1, rounds + 1):
        if not victim.dies_by_itself:
            _until_acknowledged(crew, len(crew.acknowledged) + rng.randint(2, 10))
            threading.Event().wait(rng.uniform(0, 0.03))  # the moment of the blow is what is random
        began = time.monotonic()
        how, struck = victim.strike(rng), time.monotonic()
        toll.blows.append((struck if victim.dies_by_itself else began, struck))
        faults, looked = [], victim.readable_when_dead and rng.random() < 1 / 2
        if looked:
            faults = auditor.look(crew.acknowledged, crew.working)
            toll.booked_unanswered += auditor.booked_unanswered
        victim.repair(rng)
        if not victim.dies_by_itself:
            _until_acknowledged(crew, len(crew.acknowledged) + 1)
        down = time.monotonic() - struck
        if not looked:
            faults = auditor.look(crew.acknowledged, crew.working)
        toll.rounds, toll.slowest_repair_seconds = number, max(toll.slowest_repair_seconds, down)
        again = "started" if victim.dies_by_itself else "answered"
        says(
            f"{number}/{rounds} {how}; {again} again after {down:.2f} s; {len(crew.acknowledged)} acknowledged,"
            f" {sum(crew.retries.values())} asked again, {faults or 'audit clean'}"
        )
        assert not faults, faults
    toll.seconds = time.monotonic() - begun
    return toll


def _until_acknowledged(crew: Crew, count: int) -> None:
    """Wait until so many redemptions were acknowledged in all."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while len(crew.acknowledged) < count:
        assert not crew.errors, crew.errors
        assert crew.working, "the clerks ran out of vouchers"
        assert time.monotonic() < give_up, f"nothing was acknowledged for {_PATIENCE_SECONDS} s: {crew.retries}"
        time.sleep(0.002)
