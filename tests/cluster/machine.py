"""One machine of the county: a member of etcd, and PostgreSQL under Patroni, set up from ``deploy/patroni``."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import processes
from tests.server import binaries

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PASSWORD = "made-for-the-tests"
_ANSWERS_WITHIN_SECONDS = 1.0


PATRONI, PATRONICTL = "from patroni.__main__ import main; main()", "from patroni.ctl import ctl; ctl()"


def python(program: str) -> list[str]:
    """Return how to run one of Patroni's programs, in the version that is locked here: see ``own_patroni``."""
    return [sys.executable if os.geteuid() else "/usr/bin/python3", "-c", program]


def own_patroni(folder: Path) -> None:
    """Copy the locked Patroni to where user postgres can read it; Debian's package brings what it stands on.

    Not Debian 12's own, 3.0.2: with etcd's v3 interface a leader that was cut off and comes back overwrites the lock of
    the one that was elected meanwhile, takes over again, and what the other acknowledged is gone (mended in 3.0.3:
    https://github.com/patroni/patroni/pull/2689). ``test_machines_fail.cut_off`` shows it.
    """
    spec = find_spec("patroni")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    shutil.copytree(next(iter(spec.submodule_search_locations)), folder / "patroni")


@dataclass
class Machine:
    """A machine: where it listens, its folder, and its two processes, Patroni and etcd."""

    name: str
    host: str
    inside: list[str]
    ports: Mapping[str, int]
    folder: Path
    etcd: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    patroni: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def address(self, what: str) -> str:
        """Return host and port of one of ``etcd peer rest postgresql``."""
        return f"{self.host}:{self.ports[what]}"

    @property
    def data(self) -> Path:
        """The folder of its PostgreSQL."""
        return self.folder / "data"

    # ------------------------------------------------------------------------------------------------------- etcd

    def start_etcd(self, peers: str) -> None:
        """Start its member; ``peers`` names all of them as etcd wants it. A member that was there comes back."""
        client, peer = (f"http://{self.address(what)}" for what in ("etcd", "peer"))
        command = [*self.inside, *processes.as_postgres(), processes.program("etcd", "etcd-server")]
        command += [f"--name={self.name}", f"--data-dir={self.folder / 'etcd'}", "--logger=zap", "--log-level=warn"]
        command += [f"--listen-client-urls={client}", f"--advertise-client-urls={client}"]
        command += [f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"]
        command += [f"--initial-cluster={peers}", "--initial-cluster-token=love-market"]
        self.etcd = processes.start(command, log=self.folder / "etcd.log")

    def kill_etcd(self) -> None:
        """``kill -9`` its member."""
        assert self.etcd is not None
        self.etcd.kill()
        self.etcd.wait()

    # ---------------------------------------------------------------------------------------------------- Patroni

    def write_configuration(self, etcds: str, dcs: Mapping[str, Any]) -> None:
        """Write what Patroni reads: the file of ``deploy/``, with the paths of this test; ``dcs`` overrides."""
        settings = yaml.safe_load((DEPLOY / "patroni" / "patroni.yml").read_text())
        settings["bootstrap"]["post_init"] = str(self._own_copy(DEPLOY / "patroni" / "post-init.sh"))
        settings["bootstrap"]["dcs"].update(dcs)
        settings["postgresql"]["parameters"] = {"unix_socket_directories": str(self.folder)}
        self.configuration.write_text(yaml.safe_dump(settings))
        self.environment = {
            "PATRONI_NAME": self.name,
            "PATRONI_ETCD3_HOSTS": etcds,
            "PATRONI_RESTAPI_LISTEN": self.address("rest"),
            "PATRONI_RESTAPI_CONNECT_ADDRESS": self.address("rest"),
            "PATRONI_POSTGRESQL_LISTEN": self.address("postgresql"),
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": self.address("postgresql"),
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(binaries()),
            "PATRONI_POSTGRESQL_PGPASS": str(self.folder / "pgpass"),
            "PATRONI_RESTAPI_USERNAME": "patroni",
            "PATRONI_RESTAPI_PASSWORD": PASSWORD,
            "LOVE_MARKET_OWNER_PASSWORD": PASSWORD,
            "LOVE_MARKET_DATABASE_PASSWORD": PASSWORD,
            "PYTHONPATH": str(self.folder.parent),
            "PATH": f"{binaries()}:{os.environ['PATH']}",
            "HOME": str(self.folder),
        }
        for role, user in (("SUPERUSER", "postgres"), ("REPLICATION", "replicator"), ("REWIND", "rewinder")):
            self.environment |= {f"PATRONI_{role}_USERNAME": user, f"PATRONI_{role}_PASSWORD": PASSWORD}

    @property
    def configuration(self) -> Path:
        """The file that Patroni reads."""
        return self.folder / "patroni.yml"

    def start_patroni(self) -> None:
        """Start Patroni, which starts PostgreSQL: the first one makes the cluster, the others copy it."""
        command = [*self.inside, *processes.as_postgres(), *python(PATRONI), str(self.configuration)]
        self.patroni = processes.start(command, log=self.folder / "patroni.log", environment=self.environment)

    def postgresql_pids(self) -> list[int]:
        """Return the postmaster and everything it started; none where it does not run."""
        try:
            postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, 0)
        except (FileNotFoundError, IndexError, ProcessLookupError):
            return []
        return [postmaster, *processes.children(postmaster)]

    def kill_database(self) -> None:
        """``kill -9`` Patroni and all its PostgreSQL processes, as a machine dies."""
        assert self.patroni is not None
        self.patroni.kill()
        processes.kill(self.postgresql_pids())
        self.patroni.wait()

    def freeze_patroni(self) -> None:
        """Stop Patroni's clock; its PostgreSQL goes on answering, and nobody there knows whether it is leader."""
        assert self.patroni is not None
        self.patroni.send_signal(signal.SIGSTOP)

    def thaw_patroni(self) -> None:
        """Let it go on."""
        assert self.patroni is not None
        self.patroni.send_signal(signal.SIGCONT)

    def ask(self, path: str) -> dict[str, Any] | None:
        """Ask Patroni's REST interface; nothing where it is silent or says no."""
        try:
            with urllib.request.urlopen(
                f"http://{self.address('rest')}{path}", timeout=_ANSWERS_WITHIN_SECONDS
            ) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def ctl(self, *words: str) -> str:
        """Run ``patronictl`` on this machine."""
        command = [*self.inside, *python(PATRONICTL), "-c", str(self.configuration), *words]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd="/", timeout=90
        )
        if done.returncode:
            raise RuntimeError(f"patronictl {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """End everything that was started here, at once: its folder goes with it."""
        for process in (self.patroni, self.etcd):
            if process is not None:
                process.kill()
                process.wait()
            processes.kill(self.postgresql_pids())

    def _own_copy(self, file: Path) -> Path:
        copy = self.folder / file.name
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o755)
        return copy
