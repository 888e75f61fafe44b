"""Machines fail while 16 clerks redeem: whatever was acknowledged is in the books afterwards, once, and they verify.

The short form kills the leader, on loopback and with short times. ``make ordeal`` does all that can happen to three
machines, with the times of ``deploy/patroni/patroni.yml``, each in a network of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.cluster.county import County, county
from tests.cluster.ground import Ground, Loopback, Networks, networks
from tests.cluster.probe import Probe
from tests.cluster.processes import until
from tests.cluster.trial import Trial, trial
from tests.ordeal.campaign import Rounds

pytestmark = pytest.mark.ordeal

# A shorter loop, to start sooner; a lock that lasts less than 20 s is refused.
QUICK = {"ttl": 20, "loop_wait": 1, "retry_timeout": 5}
# Longer than the leader's lock lasts, and than its Patroni tries.
A_WHILE_SECONDS = 30
HANGS_SECONDS = 5


def test_nothing_acknowledged_is_lost_when_machines_fail(tmp_path: Path, rounds: Rounds, ordeal_seed: int) -> None:
    strikes = STRIKES[: rounds(1, len(STRIKES))]
    short = len(strikes) == 1
    with (
        _ground(short=short) as ground,
        county(ground, QUICK if short else None) as machines,
        trial(machines, tmp_path, ordeal_seed, blows=len(strikes)) as shops,
    ):
        for strike in strikes:
            strike(machines, ground, shops)
    assert len(shops.gaps) == len(strikes)


@contextmanager
def _ground(*, short: bool) -> Iterator[Ground]:
    if short:
        yield Loopback()
    else:
        with networks() as ground:
            yield ground


def killed(machines: County, _ground: Ground, shops: Trial) -> None:
    leader = machines.await_whole()
    with shops.clerks("leader killed"):
        leader.kill_database()
        machines.await_leader(other_than=leader)
    leader.start_patroni()


def switched_over(machines: County, _ground: Ground, shops: Trial) -> None:
    leader = machines.await_whole()
    with shops.clerks("switchover"):
        machines.switch_over()
        machines.await_leader(other_than=leader)


def cut_off(machines: County, ground: Ground, shops: Trial) -> None:
    """The leader is cut off from the others, while clients still reach all three."""
    assert isinstance(ground, Networks)
    leader = machines.await_whole()
    at = machines.machines.index(leader)
    with shops.clerks("leader cut off, clients still reach it") as crew, Probe(leader) as probe:
        ground.cut_off(at)
        try:
            struck = monotonic()
            machines.await_leader(other_than=leader)
            shops.redeemed(crew, 20)
        finally:
            ground.join(at)
    # What was on its way is answered in the first moment; from then on nobody follows the old leader.
    assert not probe.after(struck + 1), "two machines took writes at the same time"


def unplugged(machines: County, ground: Ground, shops: Trial) -> None:
    """The leader's cable is pulled: connections to it hang."""
    assert isinstance(ground, Networks)
    leader = machines.await_whole()
    at = machines.machines.index(leader)
    with shops.clerks("leader unplugged, connections hang") as crew:
        ground.pull_cable(at)
        try:
            machines.await_leader(other_than=leader)
            shops.redeemed(crew, 20)
        finally:
            ground.plug_in(at)


def frozen(machines: County, _ground: Ground, shops: Trial) -> None:
    """The leader's Patroni hangs and its PostgreSQL goes on: two that seem to lead, and no watchdog resets the machine.

    Whoever still reaches the old one waits for its replica, which has left it. A watchdog would end that; here it lasts
    until Patroni goes on.
    """
    leader = machines.await_whole()
    with shops.clerks("leader's Patroni hangs 5 s longer, its PostgreSQL goes on"), Probe(leader) as probe:
        leader.freeze_patroni()
        try:
            machines.await_leader(other_than=leader)
            promoted = monotonic()
            until(lambda: monotonic() > promoted + HANGS_SECONDS, 2 * HANGS_SECONDS, "time")
        finally:
            leader.thaw_patroni()
    assert not probe.after(promoted + 1), "two machines took writes at the same time"


def dead(machines: County, _ground: Ground, shops: Trial) -> None:
    """All that runs on the leader's machine is killed, its member of etcd too."""
    leader = machines.await_whole()
    with shops.clerks("leader killed with its etcd member"):
        leader.kill_etcd()
        leader.kill_database()
        machines.await_leader(other_than=leader)
    machines.start_etcd(leader)
    leader.start_patroni()


def etcd_member_lost(machines: County, _ground: Ground, shops: Trial) -> None:
    leader = machines.await_whole()
    with shops.clerks("one etcd member lost, the leader's own") as crew:
        leader.kill_etcd()
        shops.redeemed_for(crew, A_WHILE_SECONDS)
    machines.start_etcd(leader)


def etcd_lost(machines: County, _ground: Ground, shops: Trial) -> None:
    """Two members of etcd are lost, so nobody can be elected; but all machines see each other."""
    leader = machines.await_whole()
    lost = [machine for machine in machines.machines if machine is not leader]
    with shops.clerks("two etcd members lost, the machines see each other") as crew:
        for machine in lost:
            machine.kill_etcd()
        shops.redeemed_for(crew, A_WHILE_SECONDS)
    machines.start_etcd(*lost)


STRIKES: tuple[Callable[[County, Ground, Trial], None], ...] = (
    killed,
    switched_over,
    cut_off,
    unplugged,
    frozen,
    dead,
    etcd_member_lost,
    etcd_lost,
)
