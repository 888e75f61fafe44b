"""The backup's keys, in files and on paper."""

from pathlib import Path

import pytest

from love_market.upkeep.keys import (
    KeyExists,
    KeyNotReadable,
    from_paper,
    key_from_paper,
    new_key,
    opening_keys,
    read_keys,
)


def test_a_key_written_on_paper_comes_back_from_it(tmp_path: Path) -> None:
    paper = new_key(tmp_path / "key")
    key_from_paper(tmp_path / "again", [line.lower() for line in paper.splitlines()])
    again = opening_keys(tmp_path / "again")
    assert [str(one) for one in again.identities] == [str(one) for one in opening_keys(tmp_path / "key").identities]
    assert again.names == read_keys(tmp_path / "key.pub").names


def test_a_secret_key_is_its_owners_only(tmp_path: Path) -> None:
    new_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_the_locking_half_holds_no_secret_and_opens_nothing(tmp_path: Path) -> None:
    new_key(tmp_path / "key")
    assert "SECRET" not in (tmp_path / "key.pub").read_text()
    with pytest.raises(KeyNotReadable, match="只能锁"):
        opening_keys(tmp_path / "key.pub")


def test_every_single_wrong_letter_on_paper_is_named_by_its_line(tmp_path: Path) -> None:
    lines = new_key(tmp_path / "key").splitlines()
    for number, line in enumerate(lines):
        for place, letter in enumerate(line):
            if letter.isascii() and letter.isalnum():
                wrong = [*lines[:number], f"{line[:place]}{'Q' if letter != 'Q' else 'P'}{line[place + 1 :]}"]
                with pytest.raises(KeyNotReadable, match=f"第 {number + 1} 行"):
                    from_paper([*wrong, *lines[number + 1 :]])


def test_rows_left_out_or_exchanged_are_refused(tmp_path: Path) -> None:
    lines = new_key(tmp_path / "key").splitlines()
    for wrong in (lines[:-1], lines[1:], [lines[1], lines[0], *lines[2:]], []):
        with pytest.raises(KeyNotReadable):
            from_paper(wrong)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    new_key(tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    for name in ("key", "key.pub"):
        with pytest.raises(KeyExists):
            new_key(tmp_path / name)
    (tmp_path / "lost.pub").touch()
    with pytest.raises(KeyExists):
        new_key(tmp_path / "lost")
    assert (tmp_path / "key").read_bytes() == before
    assert not (tmp_path / "lost").exists()


@pytest.mark.parametrize("content", ["", "# nothing\n", "age1nonsense", "AGE-SECRET-KEY-1NONSENSE", "\xff\xfe"])
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_bytes(content.encode("latin-1"))
    with pytest.raises(KeyNotReadable):
        read_keys(tmp_path / "key")
    with pytest.raises(KeyNotReadable, match="--new-key"):
        read_keys(tmp_path / "absent")


def test_several_locks_in_one_file_let_each_key_open(tmp_path: Path) -> None:
    for name in ("village", "county"):
        new_key(tmp_path / name)
    both = "".join((tmp_path / f"{name}.pub").read_text() for name in ("village", "county"))
    (tmp_path / "both.pub").write_text(both)
    assert len(read_keys(tmp_path / "both.pub").recipients) == 2
