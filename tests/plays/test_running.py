"""Opening the doors: a real database from the shell, a demonstration where there is nothing, and never one as other."""

import errno
from pathlib import Path

import pytest

from love_market.plays.cast_of_demonstration import CARD, PASSWORD
from tests.databases import Database
from tests.plays.shell import ROSTER, SCORES, VILLAGE, Installation, installation, meeting, play_words

FIRST = ("init", "--name", "卫县", "--sign-in-name", "wei")
GOOD = "a long enough pass\n" * 2


@pytest.fixture
def at(database: Database, tmp_path: Path) -> Installation:
    """An installation whose database says nothing yet."""
    return installation(tmp_path / "instance", database)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that were to be served, instead of serving for ever."""
    ports: list[int] = []
    monkeypatch.setattr("waitress.serve", lambda _app, *, port, **_kept: ports.append(port))
    return ports


def said_to_be(at: Installation) -> list[tuple[int]]:
    return at.rows("SELECT demonstration FROM installation")


def test_a_real_database_begins_with_one_overseer_and_nobody_else(at: Installation, database: Database) -> None:
    answer = at.type(*FIRST, answers=GOOD)
    assert answer.exit_code == 0, answer.output
    assert "密码（至少 10 位）" in answer.output
    assert "a long enough pass" not in answer.output
    assert at.rows("SELECT sign_in_name FROM staff") == [("wei",)]
    assert at.rows("SELECT place_code, role FROM role_grant") == [("140221", "county_overseer")]
    assert (said_to_be(at), at.counts()["household"], at.counts()["market"]) == ([(0,)], 0, 0)
    assert b"a long enough pass" not in database.kept(at.url)


def test_a_short_password_begins_nothing(at: Installation) -> None:
    before = at.counts()
    answer = at.type(*FIRST, answers="short\nshort\n")
    assert answer.exit_code == 1
    assert "密码至少" in answer.output
    assert at.counts() == before


def test_a_second_beginning_is_refused_in_words(at: Installation) -> None:
    at.type(*FIRST, answers=GOOD)
    answer = at.type("init", "--name", "龙县", "--sign-in-name", "long", answers=GOOD)
    assert answer.exit_code == 1
    assert "这个数据库早就开好了，不用再来一次。" in answer.output
    assert at.rows("SELECT sign_in_name FROM staff") == [("wei",)]


def test_people_may_be_taken_in_before_the_first_overseer(at: Installation) -> None:
    at.type("import-roster", "--village", VILLAGE, ROSTER)
    assert at.type(*FIRST, answers=GOOD).exit_code == 0
    assert (said_to_be(at), at.counts()["staff"]) == ([(0,)], 1)


def test_migrating_a_database_that_stands_keeps_it(at: Installation) -> None:
    at.type("import-roster", "--village", VILLAGE, ROSTER)
    before = at.counts()
    assert [at.type("migrate").exit_code for _ in range(2)] == [0, 0]
    assert at.counts() == before


def test_no_demonstration_is_put_on_top_of_a_real_village(at: Installation, served: list[int]) -> None:
    at.type("import-roster", "--village", VILLAGE, ROSTER)
    before = at.counts()
    answer = at.type("run")
    assert answer.exit_code == 0, answer.output
    assert ("演示" in answer.output, served) == (False, [8000])
    assert at.counts() == before
    assert before["staff"] == 0


def test_an_empty_database_becomes_a_demonstration_once(at: Installation, served: list[int]) -> None:
    first = at.type("run")
    counts = at.counts()
    again = at.type("run")
    assert (first.exit_code, again.exit_code, len(served)) == (0, 0, 2)
    assert "放一个演示村" in first.output
    assert "放一个演示村" not in again.output
    assert (said_to_be(at), at.counts()) == ([(1,)], counts)
    for line in (f"演示账号（密码都是 {PASSWORD}）：", "记录员\trecorder", "主任\tchair", CARD):
        assert line in again.output
    assert at.rows("SELECT state FROM appraisal ORDER BY quarter") == [("confirmed",), ("notice",), ("scoring",)]
    assert at.type("books", "verify").exit_code == 0
    refused = at.type(*FIRST, answers=GOOD)
    assert (refused.exit_code, "已经定为演示" in refused.output) == (1, True)


def test_a_demonstration_cut_off_while_loading_is_never_real_and_goes_on(
    at: Installation, served: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("love_market.plays.market_day.undo_some", power_cut)
        assert at.type("run").exit_code == 1
    assert (said_to_be(at), served) == ([(1,)], [])
    assert at.type(*FIRST, answers=GOOD).exit_code == 1
    assert at.type("run").exit_code == 0
    assert at.rows("SELECT state FROM appraisal ORDER BY quarter") == [("confirmed",), ("notice",), ("scoring",)]
    assert at.value("SELECT count(*) FROM redemption WHERE undone_at IS NOT NULL") == 3
    assert at.type("books", "verify").exit_code == 0


def test_a_played_village_can_be_looked_at_by_the_demonstration_s_staff(
    played: tuple[Installation, list[str]], tmp_path: Path, served: list[int]
) -> None:
    at = played[0].copy(tmp_path / "played")
    households = at.counts()["household"]
    answer = at.type("run")
    assert answer.exit_code == 0, answer.output
    assert "记录员\trecorder" in answer.output
    assert (CARD in answer.output, served) == (False, [8000])
    assert (at.counts()["household"], said_to_be(at)) == (households, [(1,)])


def test_scores_after_the_notice_began_are_refused_whole(
    played: tuple[Installation, list[str]], tmp_path: Path
) -> None:
    at = played[0].copy(tmp_path / "played")
    before = at.counts()
    for options in ((), ("--dry-run",)):
        answer = at.type("import-scores", "--village", VILLAGE, "--quarter", "2026Q3", *options, SCORES)
        assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1), answer.output
        assert "不能再改" in answer.output
    assert at.counts() == before


def test_a_quarter_that_was_opened_and_scored_from_the_shell_is_played_to_its_end(at: Installation) -> None:
    at.type("import-roster", "--village", VILLAGE, ROSTER)
    at.type("import-scores", "--village", VILLAGE, "--quarter", "2026Q3", *meeting(), SCORES)
    for quarter in ("2026Q3", "2026Q4"):
        answer = at.type(*play_words(at.folder / "out", quarter=quarter))
        assert answer.exit_code == 0, answer.output
    assert at.rows("SELECT quarter, state FROM appraisal ORDER BY quarter") == [
        ("2026Q3", "confirmed"),
        ("2026Q4", "confirmed"),
    ]
    assert said_to_be(at) == [(0,)]
    assert at.type("books", "verify").exit_code == 0


def test_a_port_that_is_taken_is_told_with_what_to_type(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_words: object, **_more: object) -> None:
        raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr("waitress.serve", taken)
    at.type("import-roster", "--village", VILLAGE, ROSTER)
    answer = at.type("run")
    assert (answer.exit_code, "8000 端口用不了" in answer.output, "PORT=8080" in answer.output) == (1, True, True)


def test_run_says_what_it_does(at: Installation) -> None:
    answer = at.type("run", "--help")
    assert answer.exit_code == 0
    assert "没有数据就先放一个演示村" in answer.output
