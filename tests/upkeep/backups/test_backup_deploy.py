"""What deploy/ says about backups is what the program understands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from love_market.cli import main
from tests.plays.shell import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/love-market-[bpd][ahr][cio]*"))


def understood(words: list[str]) -> None:
    """Have a command's options read, and nothing done."""
    command = main.commands[words[0]]
    with click.Context(main) as above:
        command.make_context(words[0], words[1:], parent=above)


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.stem)
def test_a_unit_types_a_line_that_the_command_understands(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=\S+/love-market (.*)$", unit.read_text(), re.MULTILINE)
    understood(shlex.split(line))
    assert unit.with_suffix(".timer").is_file()


def test_the_runbook_types_lines_that_the_command_understands() -> None:
    text = (DEPLOY / "backup.md").read_text().replace("\\\n", " ")
    lines = re.findall(r"^ {4,}(?:\S+/)?love-market ((?:backup|restore|drill) .*?)(?: *#.*)?$", text, re.MULTILINE)
    assert {line.split()[0] for line in lines} == {"backup", "restore", "drill"}
    for line in lines:
        understood(shlex.split(line))


def test_the_archive_command_is_one_that_the_program_understands() -> None:
    text = (DEPLOY / "postgresql" / "archiving.conf").read_text()
    (line,) = re.findall(r"^archive_command = '\S+/(.*)'$", text, re.MULTILINE)
    words = shlex.split(line)
    assert words[0] in (CHECKOUT / "pyproject.toml").read_text()
    assert words[-2:] == ["%p", "%f"]
    said = subprocess.run(
        [sys.executable, "-c", "from love_market.upkeep.wal import main; main()", *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert (said.returncode, "pg_control" in said.stderr) == (1, True)
