"""The main job as one command: a whole quarter of the shared workbooks, its books, its papers, and what breaks it."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.databases import Database
from tests.plays.books import points_on_paper, redemptions_that_do_not_match, sums_of
from tests.plays.shell import SCORES, Installation, installation, play_words, run, tamper

pytestmark = pytest.mark.slow

STEPS = (
    "农户入册",
    "评分录入",
    "扣分告知认定",
    "评议",
    "公示",
    "认定",
    "发券打印",
    "领券签字",
    "进货",
    "兑换",
    "撤销",
    "盘点",
    "核对账本",
)
PAPERS = {"notice.pdf", "vouchers.pdf", "sign-for.pdf", "summary.json"}
VOUCHERS = """
    SELECT household.number, voucher.serial_no, voucher.face_points, voucher.expires_on
    FROM voucher JOIN household ON household.market_id = voucher.market_id AND household.id = voucher.household_id
    ORDER BY voucher.serial_no
"""
OTHER_DIGIT = "CASE substr({0}, 1, 1) WHEN 'f' THEN '0' ELSE 'f' END || substr({0}, 2)"
AWARDS = """
    SELECT household.number, sum(leg.amount) FROM leg
    JOIN household ON household.market_id = leg.market_id AND household.id = leg.destination_owner
    WHERE leg.source_kind = 'budget' GROUP BY household.market_id, household.id ORDER BY household.number
"""


def summary_of(at: Installation, out: str = "out") -> dict[str, object]:
    kept: dict[str, object] = json.loads((at.folder / out / "summary.json").read_text(encoding="utf-8"))
    return kept


def test_the_summary_says_what_the_books_say(played: tuple[Installation, list[str]]) -> None:
    at, _ = played
    summary, sums = summary_of(at), sums_of(at)
    stands = at.value("SELECT count(*) FROM redemption WHERE undone_at IS NULL")
    head = at.rows("SELECT head_number, head_hash FROM book")[0]
    assert isinstance(summary.pop("seconds"), float)
    assert summary == {
        "households": 126,
        "members": 359,
        "scores": 431,
        "points_awarded": 3032,
        "vouchers": 121,
        "points_redeemed": sums.points["redeemed"],
        "points_outstanding": sums.points["voucher"],
        "redemptions": stands,
        "goods_given": sums.goods["given"],
        "entries": head[0],
        "head_hash": head[1],
        "verified": True,
    }
    assert {path.name for path in (at.folder / "out").iterdir()} == PAPERS


def test_points_and_goods_add_up_by_the_raw_legs(played: tuple[Installation, list[str]]) -> None:
    at, _ = played
    sums = sums_of(at)
    assert sums.balances_agree
    assert sums.awarded == sums.issued == 3032
    assert sums.issued == sum(sums.points[kind] for kind in ("redeemed", "voucher", "lapsed", "void"))
    assert sums.points["household"] == 0
    assert redemptions_that_do_not_match(at) == []
    received = -(sums.goods["supplier"] + sums.goods["donor"])
    assert received == sum(sums.goods[kind] for kind in ("shelf", "given", "spoiled", "variance"))
    assert sums.goods["variance"] == 1, "one piece was missing at the count"
    reversed_entries = at.rows("SELECT number FROM entry WHERE kind = 'reverse' AND reverses IS NOT NULL")
    assert len(reversed_entries) == 3
    assert at.value("SELECT count(*) FROM redemption WHERE undone_at IS NOT NULL") == 3
    assert at.value("SELECT count(DISTINCT voucher_id) FROM redemption_voucher") / 121 == pytest.approx(0.6, abs=0.02)


def test_every_household_is_awarded_what_its_paper_says_under_the_caps(played: tuple[Installation, list[str]]) -> None:
    at, _ = played
    assert dict(at.rows(AWARDS)) == points_on_paper(SCORES)


def test_each_step_is_told_with_its_count_and_seconds(played: tuple[Installation, list[str]]) -> None:
    _, lines = played
    assert [line.split("\t")[0] for line in lines[:-1]] == list(STEPS)
    assert all(len(line.split("\t")) == 3 and line.endswith(" s") for line in lines[:-1])
    assert lines[-1].endswith("summary.json  verified: true")


def test_books_verify_agrees_with_the_same_head(played: tuple[Installation, list[str]]) -> None:
    at, _ = played
    answer = at.type("books", "verify")
    assert answer.exit_code == 0
    assert f"{summary_of(at)['entries']} entries\thead {summary_of(at)['head_hash']}\tverified: true" in answer.output


def test_played_again_nothing_is_new(played: tuple[Installation, list[str]], tmp_path: Path) -> None:
    at = played[0].copy(tmp_path / "again")
    before = at.counts()
    answer = at.type(*play_words(at.folder / "out"))
    assert answer.exit_code == 0, answer.output
    assert at.counts() == before
    first, again = summary_of(played[0]), summary_of(at)
    assert first | {"seconds": 0} == again | {"seconds": 0}


def test_killed_at_three_moments_it_ends_as_if_it_had_not_been(
    played: tuple[Installation, list[str]], database: Database, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"moments of kill -9 drawn by seed {seed}\n")
    chance = random.Random(seed)
    at = installation(tmp_path / "killed", database)
    for _ in range(3):
        kill_within(at, play_words(at.folder / "out"), chance)
        assert at.type("books", "verify").exit_code == 0
    run(at, *play_words(at.folder / "out"))
    whole, after = summary_of(played[0]), summary_of(at)
    same = ("households", "members", "scores", "points_awarded", "vouchers", "verified")
    assert {name: after[name] for name in same} == {name: whole[name] for name in same}
    assert at.rows(AWARDS) == played[0].rows(AWARDS)
    assert at.rows(VOUCHERS) == played[0].rows(VOUCHERS)
    assert sums_of(at).balances_agree
    assert redemptions_that_do_not_match(at) == []


def kill_within(at: Installation, words: Sequence[str | Path], chance: random.Random) -> None:
    """Start a command and kill it a random while after a random line of its output, before its last ones."""
    with at.start(*words) as process:
        assert process.stdout is not None
        for _ in range(chance.randint(0, len(STEPS) - 4)):
            process.stdout.readline()
        try:
            process.wait(timeout=chance.uniform(0, 0.6))
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "UPDATE leg SET amount = amount + 1 WHERE entry_number = 40 AND position = 1",
            "entry 40: hash does not match",
        ),
        ("UPDATE entry SET reason = reason || ' ' WHERE number = 7", "entry 7: hash does not match"),
        (f"UPDATE entry SET hash = {OTHER_DIGIT.format('hash')} WHERE number = 99", "entry 99: "),
        ("DELETE FROM leg WHERE entry_number = 50 AND position = 1", "entry 50: "),
        ("UPDATE account SET balance = balance + 1 WHERE kind = 'redeemed'", ": balance of redeemed"),
        (
            f"UPDATE book SET head_hash = {OTHER_DIGIT.format('head_hash')}",
            "entry 99: the book's head is not its last entry",
        ),
    ],
)
def test_what_is_altered_behind_the_program_s_back_is_named(
    played: tuple[Installation, list[str]], tmp_path: Path, sql: str, told: str
) -> None:
    at = played[0].copy(tmp_path / "altered")
    tamper(at, sql)
    answer = at.type("books", "verify")
    assert answer.exit_code == 1
    assert told in answer.output
    assert "verified: false" in answer.output
