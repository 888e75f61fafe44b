"""Where the three machines stand: on one loopback with ports of their own, or each in a network of its own.

A network of its own (a Linux namespace on a bridge, made by ``ip``; root's work) can be cut off from the others while
its clients still reach it, or lose its cable, so that nothing says that it is gone. Loopback needs no privilege.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

MACHINES = 3


class Ground(Protocol):
    """Three machines' addresses, and how to run a command on one of them."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines' addresses."""
        ...

    @property
    def alone(self) -> bool:
        """Whether each machine has its address for itself, so that all may use the same ports."""
        ...

    def inside(self, machine: int) -> list[str]:
        """Return what stands before a command that runs on a machine, counted from 0."""
        ...


@dataclass(frozen=True)
class Loopback:
    """All three on 127.0.0.1."""

    hosts: tuple[str, ...] = ("127.0.0.1",) * MACHINES
    alone: bool = False

    def inside(self, machine: int) -> list[str]:
        """Run a command as it is."""
        return []


@dataclass(frozen=True)
class Networks:
    """Three namespaces on a bridge; the test itself stands on the bridge, where clients are.

    Their addresses are loopback's (127.0.0.0/8), routed over the bridge: nothing sent to one can ever leave this host,
    not even when the bridge is gone.
    """

    tag: str = field(default_factory=lambda: f"lm{os.getpid() % 1_000_000}")
    subnet: str = field(default_factory=lambda: f"127.213.{os.getpid() % 250}")
    alone: bool = True

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines' addresses."""
        return tuple(f"{self.subnet}.{11 + machine}" for machine in range(MACHINES))

    def inside(self, machine: int) -> list[str]:
        """Run a command in the machine's network; the process stays the one that was started."""
        return ["nsenter", f"--net=/run/netns/{self.tag}n{machine}"]

    def cut_off(self, machine: int) -> None:
        """Nothing passes any more between a machine and the two others; clients still reach all three."""
        self._between(machine, "add")

    def join(self, machine: int) -> None:
        """Undo ``cut_off``."""
        self._between(machine, "del")

    def pull_cable(self, machine: int) -> None:
        """Nothing passes to or from a machine: connections to it hang, as when its power is cut."""
        _ip("link", "set", f"{self.tag}v{machine}", "down")

    def plug_in(self, machine: int) -> None:
        """Undo ``pull_cable``."""
        _ip("link", "set", f"{self.tag}v{machine}", "up")

    def _between(self, machine: int, verb: str) -> None:
        for other in set(range(MACHINES)) - {machine}:
            for here, there in ((machine, other), (other, machine)):
                route = f"{self.hosts[there]}/32"
                _run(*self.inside(here), "ip", "route", verb, "blackhole", route, "table", "local")

    def build(self) -> None:
        """Make the bridge and the namespaces."""
        bridge = f"{self.tag}b"
        _ip("link", "add", bridge, "type", "bridge")
        self._address((), bridge, f"{self.subnet}.1")
        for machine, host in enumerate(self.hosts):
            inner, outer = f"{self.tag}n{machine}", f"{self.tag}v{machine}"
            _ip("netns", "add", inner)
            _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", inner)
            _ip("link", "set", outer, "master", bridge, "up")
            _run(*self.inside(machine), "ip", "link", "set", "lo", "up")
            self._address(self.inside(machine), "eth0", host)

    def _address(self, inside: Sequence[str], line: str, host: str) -> None:
        """Give a line its address, and let the subnet's be reached over it rather than at home."""
        _run(*inside, "sh", "-c", f"echo 1 > /proc/sys/net/ipv4/conf/{line}/route_localnet")
        _run(*inside, "ip", "addr", "add", f"{host}/24", "dev", line)
        _run(*inside, "ip", "link", "set", line, "up")
        _run(*inside, "ip", "route", "add", f"{self.subnet}.0/24", "dev", line, "src", host, "table", "local")

    def tear_down(self) -> None:
        """Remove whatever ``build`` made."""
        for machine in range(MACHINES):
            _ip("link", "del", f"{self.tag}v{machine}", must=False)
            _ip("netns", "del", f"{self.tag}n{machine}", must=False)
        _ip("link", "del", f"{self.tag}b", must=False)


@contextmanager
def networks() -> Iterator[Networks]:
    """Three networks, gone afterwards. Needs root; fails with what to type otherwise."""
    if os.geteuid() != 0:
        raise PermissionError("Cutting a machine off takes networks of its own, which root makes: sudo make ordeal")
    ground = Networks()
    try:
        ground.build()
        yield ground
    finally:
        ground.tear_down()


def _ip(*words: str, must: bool = True) -> None:
    _run("ip", *words, must=must)


def _run(*words: str, must: bool = True) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if must and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
