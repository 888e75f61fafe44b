"""The files of ``deploy/`` that no test can run: they are well formed, and they say the same as each other."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from love_market.config import Settings
from tests.cluster.county import PATIENCE
from tests.cluster.machine import DEPLOY
from tests.cluster.processes import program

PATRONI = yaml.safe_load((DEPLOY / "patroni" / "patroni.yml").read_text())
COMPOSE = yaml.safe_load((DEPLOY / "compose" / "county.yaml").read_text())
ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
ENVIRONMENTS = [
    "love-market.env.example",
    "etcd.env.example",
    "patroni/patroni.env.example",
    "compose/compose.env.example",
]


def environment(name: str) -> dict[str, str]:
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_a_healthy_leader_keeps_its_lock_and_what_is_acknowledged_stands_on_two_machines() -> None:
    dcs = PATRONI["bootstrap"]["dcs"]
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert (dcs["synchronous_mode"], dcs["failsafe_mode"], dcs["synchronous_node_count"]) == (True, True, 1)
    parameters = dcs["postgresql"]["parameters"]
    assert (parameters["synchronous_commit"], parameters["wal_log_hints"]) == ("on", "on")
    assert "statement_timeout" not in parameters


def test_the_patroni_that_loses_what_was_acknowledged_is_not_installed() -> None:
    assert "patroni[etcd3]>=4.1,<5" in (DEPLOY / "patroni" / "requirements.txt").read_text()
    unit = (DEPLOY / "systemd" / "love-market-patroni.service").read_text()
    assert "/opt/patroni/bin/patroni" in unit


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_a_unit_is_understood_by_systemd(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    # The program is not installed on the machine that tests.
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text()))
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


def test_logs_are_rotated(tmp_path: Path) -> None:
    log, state = tmp_path / "requests.log", tmp_path / "state"
    log.write_text("{}\n")
    me = f"{os.getuid()} {os.getgid()}"
    rule = (DEPLOY / "logrotate" / "love-market").read_text()
    rule = rule.replace("/var/log/love-market/", f"{tmp_path}/").replace("love-market adm", me)
    (tmp_path / "rule").write_text(rule.replace("su love-market love-market", f"su {me}"))
    command = [program("logrotate", "logrotate"), "--force", "--state", str(state), str(tmp_path / "rule")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.glob("requests.log-*"))) == 1
    assert log.read_text() == ""


def test_the_settings_of_an_app_server_are_taken_by_the_program(tmp_path: Path) -> None:
    given = environment("love-market.env.example") | {"LOVE_MARKET_INSTANCE": str(tmp_path)}
    settings = Settings.from_environment(given)
    assert settings.https
    assert settings.database_url.endswith(f"target_session_attrs=read-write&{PATIENCE}")


def test_no_password_stands_in_the_repository() -> None:
    for name in ENVIRONMENTS:
        for key, value in environment(name).items():
            if re.search("PASSWORD|SECRET|TOKEN$", key) and key != "ETCD_INITIAL_CLUSTER_TOKEN":
                assert value.startswith("change-me"), (name, key)
            if "@" in value:
                assert re.search(r"://\w+:change-me-\d@", value), (name, key)


def test_containers_and_machines_are_set_up_alike() -> None:
    services: dict[str, dict[str, Any]] = COMPOSE["services"]
    machines = {"etcd1", "etcd2", "etcd3", "pg1", "pg2", "pg3", "app1", "app2", "nginx"}
    assert set(services) == machines | {"migrate", "rollups"}
    of_compose = {*environment("compose/compose.env.example"), *services["pg1"]["environment"]}
    assert set(environment("patroni/patroni.env.example")) <= of_compose
    apps = {*environment("compose/compose.env.example"), *services["app1"]["environment"]}
    assert set(environment("love-market.env.example")) - {"LOG_FILE"} <= apps
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"] or "certificates" in source or (DEPLOY / "compose" / source).exists()
            assert known, volume


def test_a_container_without_an_address_of_its_own_is_not_reached_from_outside() -> None:
    exposed = {name for name, service in COMPOSE["services"].items() if "ports" in service}
    assert exposed == {"nginx"}
    assert COMPOSE["networks"]["books"] == {"internal": True}


def test_alarms_ask_for_figures_that_exist_and_say_what_happened_in_chinese() -> None:
    known = {name for family in REGISTRY.collect() for name in (family.name, *(s.name for s in family.samples))}
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    for rule in rules:
        ours = re.findall(r"love_market_\w+", rule["expr"])
        # A figure with labels has no sample before it is first counted.
        assert not [name for name in ours if re.sub("_(total|bucket)$", "", name) not in known], rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert re.search("[一-鿿]", rule["annotations"]["summary"])


def test_every_alarm_is_explained_in_the_runbook() -> None:
    runbook = (DEPLOY / "runbook.md").read_text()
    alarms = [rule["alert"] for group in ALERTS["groups"] for rule in group["rules"]]
    assert not [alarm for alarm in alarms if f"`{alarm}`" not in runbook]
