"""Clerks at work while something is done to the machines below them; then the books are held to what they were told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from time import monotonic

import click

from tests.cluster.county import County
from tests.cluster.processes import until
from tests.cluster.shops import furnished, served
from tests.ordeal.audit import audit
from tests.ordeal.clerks import Acknowledged, Crew
from tests.ordeal.scene import Scene

CLERKS, MARKETS = 16, 4
# How much is redeemed before a blow and after it. Waiting is for conditions; the seconds are only where it gives up.
BEFORE, AFTER = 40, 60
_PATIENCE_SECONDS = 120
_VOUCHERS_A_BLOW = 40


@dataclass
class Trial:
    """The program on a county's database; each blow has a crew of its own, with vouchers of its own."""

    county: County
    scene: Scene
    url: str
    seed: int
    blows: int
    told: list[Acknowledged] = field(default_factory=list)
    gaps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def clerks(self, name: str) -> Iterator[Crew]:
        """Let 16 clerks redeem; inside, strike. Afterwards everything they were told is in the books, once."""
        crew = Crew(self._own_vouchers(), self.url, CLERKS, self.seed, patience=_PATIENCE_SECONDS)
        with crew:
            self.redeemed(crew, BEFORE)
            struck = monotonic()
            yield crew
            self.redeemed(crew, AFTER)
        self.told += crew.acknowledged
        self.gaps[name] = _longest_gap(crew, struck)
        retries = dict(crew.retries)
        done = len(crew.acknowledged)
        click.echo(f"{name}: longest gap in writes {self.gaps[name]:.1f} s; {done} acknowledged, asked again {retries}")
        assert not crew.errors, crew.errors
        found = audit(self.county.url(), self.told)
        assert found.clean, found.faults

    def redeemed(self, crew: Crew, count: int) -> None:
        """Wait until so many more redemptions were begun and acknowledged from now on."""
        began = monotonic()
        self._wait(crew, lambda: sum(one.began > began for one in list(crew.acknowledged)) >= count, "redemptions")

    def redeemed_for(self, crew: Crew, seconds: float) -> None:
        """Wait until clerks have been told 成交 for so long from now on."""
        began = monotonic()
        self._wait(crew, lambda: crew.acknowledged[-1].at - began > seconds, f"{seconds:g} s of redemptions")

    def _wait(self, crew: Crew, enough: Callable[[], bool], what: str) -> None:
        def found() -> bool:
            assert not crew.errors, crew.errors
            assert crew.working, "all vouchers are spent"
            return enough()

        until(found, _PATIENCE_SECONDS, what)

    def _own_vouchers(self) -> Scene:
        at = len(self.gaps)
        return Scene(tuple(replace(shop, vouchers=shop.vouchers[at :: self.blows]) for shop in self.scene.markets))


@contextmanager
def trial(county: County, folder: Path, seed: int, *, blows: int) -> Iterator[Trial]:
    """Furnish a county's database and serve the program on it."""
    scene = furnished(county, folder, markets=MARKETS, households=_VOUCHERS_A_BLOW * blows)
    with served(county.url(), folder) as program:
        yield Trial(county, scene, program.url, seed, blows)


def _longest_gap(crew: Crew, since: float) -> float:
    """Return the longest time in which nobody was told 成交, from shortly before the blow on."""
    times = sorted(one.at for one in crew.acknowledged)
    before = max((at for at in times if at <= since), default=since)
    after = [before, *(at for at in times if at > since)]
    return max(late - early for early, late in pairwise(after))
