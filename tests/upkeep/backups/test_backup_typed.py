"""Backups as an operator types them: what is said, in which language, with which status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from love_market.cli import main
from love_market.upkeep.store import HEADER, find_backup
from tests.databases import FILE
from tests.upkeep.backups.installations import Stand


def typed(stand: Stand, *words: str | Path, answers: str = "") -> Result:
    environment = {"LOVE_MARKET_INSTANCE": str(stand.instance), "DATABASE_URL": "", "SECRET_KEY": ""}
    result = CliRunner().invoke(main, [str(word) for word in words], input=answers, env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_key_a_backup_a_restore_and_a_drill(village_stand: Stand, tmp_path: Path) -> None:
    key, store, new = tmp_path / "new-key", tmp_path / "usb", tmp_path / "new"
    made = typed(village_stand, "backup", "--new-key", key)
    assert (made.exit_code, made.output.count("校验")) == (0, 4)
    assert "谁也打不开" in made.output
    rows = [line for line in made.output.splitlines() if "校验" in line]
    copied = typed(village_stand, "backup", "--key-from-paper", tmp_path / "copied", answers="\n".join(rows) + "\n\n")
    assert copied.exit_code == 0, copied.output
    words = ("backup", "--to", store, "--key", f"{key}.pub", "--keep", "2")
    assert [typed(village_stand, *words).exit_code for _ in range(2)] == [0, 0]
    backed_up = typed(village_stand, *words)
    assert "2 家超市" in backed_up.output
    assert "旧备份收走 1 份" in backed_up.output
    restored = typed(village_stand, "restore", "--from", store, "--key", tmp_path / "copied", "--instance", new)
    assert restored.exit_code == 0, restored.output
    assert "核对过了：2 家超市" in restored.output
    assert "可以开门了" in restored.output
    assert (new / FILE).exists()
    drilled = typed(village_stand, "drill", "--from", store, "--key", key, "--scratch", tmp_path / "scratch")
    said = json.loads(drilled.output.splitlines()[-1])
    assert (drilled.exit_code, said["ok"], said["rpo_seconds"], said["entries_behind"]) == (0, True, 0.0, 0)
    assert json.loads((store / "drills.jsonl").read_text()) == said


def test_what_is_wrong_is_one_sentence_and_status_1(village_stand: Stand, tmp_path: Path) -> None:
    at = ("--from", village_stand.store, "--instance", tmp_path / "new")
    typed(village_stand, "backup", "--new-key", tmp_path / "other")
    for words, told in (
        ((*at, "--key", tmp_path / "other"), "钥匙不对"),
        ((*at, "--key", village_stand.key.with_name("key.pub")), "只能锁、不能开"),
        ((*at, "--key", tmp_path / "absent"), "没有钥匙文件"),
        ((*at, "--key", village_stand.key, "--until", "昨天"), "要写成 2026-09-30 10:15 的样子"),
        ((*at, "--key", village_stand.key, "--until", "2020-01-01"), "最早的备份做完于"),
        (("--from", tmp_path / "absent", "--key", village_stand.key), "不在"),
        (
            ("--from", village_stand.store, "--key", village_stand.key, "--instance", village_stand.instance),
            "--replace",
        ),
    ):
        answer = typed(village_stand, "restore", *words)
        assert (answer.exit_code, answer.stderr.splitlines()[-1][:7]) == (1, "Error: "), answer.output
        assert told in answer.stderr
        assert "Traceback" not in answer.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("words", [("backup",), ("restore", "--from", "."), ("backup", "--to", ".")])
def test_without_a_key_the_line_to_type_is_said(village_stand: Stand, words: tuple[str, ...]) -> None:
    answer = typed(village_stand, *words)
    assert answer.exit_code == 2
    assert "钥匙" in answer.stderr


def test_a_failed_drill_ends_with_1_and_is_written_down(village_stand: Stand, tmp_path: Path) -> None:
    (find_backup(village_stand.store).folder / HEADER).write_text("{}")
    words = ("drill", "--from", village_stand.store, "--key", village_stand.key, "--log", tmp_path / "log")
    answer = typed(village_stand, *words, "--scratch", tmp_path / "scratch")
    assert answer.exit_code == 1
    assert "被改过" in json.loads((tmp_path / "log").read_text())["error"]
