"""Three machines that are one database: started, watched, switched over, and cleared away."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.ground import MACHINES, Ground
from tests.cluster.machine import PASSWORD, Machine, own_patroni
from tests.cluster.processes import free_ports, give_to_postgres, until

NAMES = ("pg1", "pg2", "pg3")
DOORS = ("etcd", "peer", "rest", "postgresql")
STANDARD_PORTS = (2379, 2380, 8008, 5432)
# What the program says in its DSN to leave a dead machine quickly; the same as in deploy/love-market.env.example.
PATIENCE = "connect_timeout=2&tcp_user_timeout=5000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
_START_SECONDS = 90


@dataclass
class County:
    """The three machines."""

    machines: list[Machine]

    def url(self, role: str = "love_market") -> str:
        """Return the program's database URL: all three hosts, whichever may be written to."""
        hosts = "&".join(f"host={machine.address('postgresql')}" for machine in self.machines)
        return f"postgresql+psycopg://{role}:{PASSWORD}@/love_market?{hosts}&target_session_attrs=read-write&{PATIENCE}"

    def members(self) -> list[dict[str, Any]]:
        """Return the cluster's members as the leader sees them: who was cut off may still see what was before."""
        leader = self.leader()
        answer = leader.ask("/cluster") if leader else None
        found: list[dict[str, Any]] = answer["members"] if answer else []
        return found

    def leader(self, *, other_than: Machine | None = None) -> Machine | None:
        """Return the machine that holds the leader's lock and says so itself, if there is one."""
        for machine in self.machines:
            if machine is not other_than and machine.ask("/leader") is not None:
                return machine
        return None

    def await_leader(self, *, other_than: Machine | None = None, seconds: float = 60) -> Machine:
        """Return the leader, as soon as there is one."""
        return until(lambda: self.leader(other_than=other_than), seconds, "a leader")

    def await_whole(self, seconds: float = _START_SECONDS) -> Machine:
        """Wait until one leads, two follow, one of them synchronously; return the leader."""
        until(self._whole, seconds, "three machines in step")
        return self.await_leader()

    def _whole(self) -> bool:
        members = self.members()
        roles = sorted(member["role"] for member in members if member["state"] in {"running", "streaming"})
        leads = {member.get("timeline") for member in members}
        return roles == ["leader", "replica", "sync_standby"] and len(leads) == 1

    def switch_over(self) -> None:
        """Hand the lead over, as before maintenance; asked again where a busy machine was too slow to agree."""
        done = "uccessfully switched over"
        until(lambda: done in self.machines[0].ctl("switchover", "--force", "love-market"), 60, done)

    @property
    def _peers(self) -> str:
        return ",".join(f"{machine.name}=http://{machine.address('peer')}" for machine in self.machines)

    def start_etcd(self, *machines: Machine) -> None:
        """Start members of etcd, or start them again."""
        for machine in machines:
            machine.start_etcd(self._peers)

    def start(self, dcs: Mapping[str, Any]) -> None:
        """Start etcd, then Patroni, on all three; return when the database is whole."""
        etcds = ",".join(machine.address("etcd") for machine in self.machines)
        self.start_etcd(*self.machines)
        for machine in self.machines:
            machine.write_configuration(etcds, dcs)
            machine.start_patroni()
        self.await_whole()

    def logs(self) -> str:
        """Return the end of what each machine said, to be read when a test failed."""
        logs = [(machine.name, log) for machine in self.machines for log in sorted(machine.folder.glob("*.log"))]
        ends = [(name, log.name, log.read_text().splitlines()[-30:]) for name, log in logs]
        return "\n".join(f"--- {name} {log}\n" + "\n".join(end) for name, log, end in ends)

    def stop(self) -> None:
        """End everything."""
        for machine in self.machines:
            machine.stop()


@contextmanager
def county(ground: Ground, dcs: Mapping[str, Any] | None = None) -> Iterator[County]:
    """Three machines, running and in step; ``dcs`` overrides what ``deploy/patroni/patroni.yml`` says of timing."""
    folder = Path(tempfile.mkdtemp(prefix="lm-county-"))
    folder.chmod(0o755)
    ports = [STANDARD_PORTS] * MACHINES if ground.alone else [free_ports(len(DOORS)) for _ in range(MACHINES)]
    machines = [
        Machine(
            f"pg{at + 1}", host, ground.inside(at), dict(zip(DOORS, ports[at], strict=True)), folder / f"pg{at + 1}"
        )
        for at, host in enumerate(ground.hosts)
    ]
    own_patroni(folder)
    for machine in machines:
        machine.folder.mkdir()
    give_to_postgres(*(machine.folder for machine in machines))
    here = County(machines)
    try:
        here.start(dcs or {})
        yield here
    except BaseException:
        print(here.logs())  # noqa: T201 pytest shows it beneath the failure
        raise
    finally:
        here.stop()
        shutil.rmtree(folder, ignore_errors=True)
