"""Sealed files: what was changed, cut or not written whole is never taken for whole."""

import io
import random
from contextlib import nullcontext
from pathlib import Path

import pytest

from love_market.upkeep import sealed
from love_market.upkeep.keys import Keys, new_key, read_keys
from love_market.upkeep.sealed import Damaged, seal, unseal

CONTENT = b"".join(number.to_bytes(4) for number in range(50_000))  # four chunks, which do not compress to one


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    new_key(tmp_path / "key")
    return read_keys(tmp_path / "key")


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("content", [b"", b"x", CONTENT])
def test_what_is_sealed_comes_back(tmp_path: Path, keys: Keys, content: bytes, *, packed: bool) -> None:
    told = seal(io.BytesIO(content), tmp_path / "f.age", keys.recipients, packed=packed)
    opened = io.BytesIO()
    assert unseal(tmp_path / "f.age", opened, keys.identities, packed=packed) == told.content_sha256
    assert (opened.getvalue(), (tmp_path / "f.age").stat().st_size) == (content, told.size_bytes)


def test_every_flipped_byte_every_cut_and_every_addition_is_refused(tmp_path: Path, keys: Keys) -> None:
    seal(io.BytesIO(CONTENT), tmp_path / "f.age", keys.recipients, packed=False)
    whole = (tmp_path / "f.age").read_bytes()
    places = {*range(400), *random.Random(7).sample(range(len(whole)), 60), len(whole) - 1}
    wrong = [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in places]
    wrong += [whole[:length] for length in (0, 10, 150, 400, len(whole) // 2, len(whole) - 1)]
    header = whole.index(b"\n--- ") + 48 + 16
    wrong += [whole[: header + 65552], whole + b"x", whole[: header + 65552] + whole[header + 2 * 65552 :]]
    for content in wrong:
        (tmp_path / "f.age").write_bytes(content)
        with pytest.raises(Damaged):
            unseal(tmp_path / "f.age", io.BytesIO(), keys.identities, packed=False)


def test_another_key_opens_nothing(tmp_path: Path, keys: Keys) -> None:
    seal(io.BytesIO(CONTENT), tmp_path / "f.age", keys.recipients)
    new_key(tmp_path / "other")
    with pytest.raises(Damaged, match="钥匙不对"):
        unseal(tmp_path / "f.age", io.BytesIO(), read_keys(tmp_path / "other").identities)


class Full:
    """A target or source that fails as a disk does."""

    def read(self, _size: int) -> bytes:
        raise OSError(5, "Input/output error")

    def write(self, _data: bytes) -> object:
        raise OSError(28, "No space left on device")


def test_an_error_of_source_or_target_comes_through_and_nothing_is_left(tmp_path: Path, keys: Keys) -> None:
    with pytest.raises(OSError, match="Input/output"):
        seal(Full(), tmp_path / "f.age", keys.recipients)
    assert [path.name for path in tmp_path.iterdir() if "age" in path.name] == []
    seal(io.BytesIO(b"few"), tmp_path / "f.age", keys.recipients)
    with pytest.raises(OSError, match="No space"):
        unseal(tmp_path / "f.age", Full(), keys.identities)


@pytest.mark.parametrize("content", [b"few", CONTENT])
def test_an_error_while_the_last_bytes_are_written_is_not_passed_over(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(sealed, "whole_file", lambda _path: nullcontext(Full()))
    with pytest.raises(OSError, match="No space"):
        seal(io.BytesIO(content), tmp_path / "f.age", keys.recipients)
