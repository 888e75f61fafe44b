"""What makes a test an ordeal: how many rounds, and with which seed. See README.md.

``tests/conftest.py`` offers the option and the fixtures to all tests.
"""

import os
import random
from collections.abc import Callable

import click
import pytest

Rounds = Callable[[int, int], int]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--ordeal full`` runs every ordeal in full; the environment's ``ORDEAL`` does the same."""
    parser.addoption(
        "--ordeal",
        choices=("short", "full"),
        default=os.environ.get("ORDEAL", "short"),
        help="how long ordeals are: a few rounds each, or all of them",
    )


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Rounds:
    """Give ``rounds(short, full)``: the number of rounds that this run asks for."""
    full = request.config.getoption("--ordeal") == "full"
    return lambda short, all_of_them: all_of_them if full else short


@pytest.fixture
def ordeal_seed(request: pytest.FixtureRequest) -> int:
    """Give the seed of this ordeal, printed; ``ORDEAL_SEED`` in the environment repeats one."""
    seed = int(os.environ.get("ORDEAL_SEED") or random.SystemRandom().randrange(1_000_000))
    click.echo(f"\n{request.node.nodeid}: ORDEAL_SEED={seed}")
    return seed
