"""The backup's keys: one that locks and may lie anywhere, one that opens and is kept in a safe, on paper too.

They are X25519 keys as the age format has them (age-encryption.org/v1), so that without this program `age -d` opens a
backup as well. The machine that makes backups needs the locking key only: who takes that machine cannot read them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

from love_market.errors import Invalid, Refused, words
from love_market.upkeep.files import sync_folder

_PREFIX = "AGE-SECRET-KEY-1"
# Bech32's letters (BIP 173): no 1, B, I or O, which are read one for another.
_LETTERS = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
_GROUP, _GROUPS_A_LINE = 4, 4
_ROWS = "甲乙丙丁戊己"


class KeyNotReadable(Invalid):
    """A key file or a key on paper cannot be understood."""


class KeyExists(Refused):
    """A key is never written over another."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a key file holds: ``recipients`` lock (always known), ``identities`` open (empty in a locking file)."""

    recipients: tuple[x25519.Recipient, ...]
    identities: tuple[x25519.Identity, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The locking keys as text, in their order; no secret."""
        return tuple(str(recipient) for recipient in self.recipients)


def read_keys(path: Path) -> Keys:
    """Read a key file: a line each, secret (``AGE-SECRET-KEY-1…``) or locking (``age1…``); # begins a remark.

    Raises ``KeyNotReadable``.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        identities = tuple(x25519.Identity.from_str(line) for line in lines if line.upper().startswith(_PREFIX))
        recipients = [x25519.Recipient.from_str(line) for line in lines if not line.upper().startswith(_PREFIX)]
    except FileNotFoundError as error:
        sentence = words("没有钥匙文件 {path}。先做一把：love-market backup --new-key 文件名。")
        raise KeyNotReadable(sentence, path=path) from error
    except (IdentityError, RecipientError, UnicodeDecodeError) as error:
        sentence = words("{path} 不是备份的钥匙，或者抄坏了。请换一份；都坏了，就照纸上的重打一遍：--key-from-paper。")
        raise KeyNotReadable(sentence, path=path) from error
    recipients += [identity.to_public() for identity in identities]
    if not recipients:
        raise KeyNotReadable(words("{path} 里没有钥匙。"), path=path)
    return Keys(tuple(recipients), identities)


def opening_keys(path: Path) -> Keys:
    """Read a key file that can open backups; raise ``KeyNotReadable`` for one that only locks."""
    keys = read_keys(path)
    if not keys.identities:
        sentence = words("{path} 只能锁、不能开。请用没有 .pub 的那一个，或者照纸上的重打一遍：--key-from-paper。")
        raise KeyNotReadable(sentence, path=path)
    return keys


def new_key(path: Path) -> str:
    """Make a key at ``path``, its locking half at ``path.pub``; return its form on paper. Raise ``KeyExists``."""
    identity = x25519.Identity.generate()
    _write(path, identity)
    return on_paper(str(identity))


def key_from_paper(path: Path, lines: Sequence[str]) -> None:
    """Write the key that was copied from paper; raise ``KeyNotReadable`` with the line that is wrong."""
    _write(path, x25519.Identity.from_str(from_paper(lines)))


def on_paper(secret: str) -> str:
    """Return a secret key as lines of groups of four, each line with its name and a check letter.

    Example: ``甲  Q5JN 6XKN YS0Y 73HT  校验 A``.
    """
    return "\n".join(
        f"{_ROWS[number]}  {' '.join(_groups(row))}  校验 {_check(number, row)}"
        for number, row in enumerate(_rows(secret.removeprefix(_PREFIX)))
    )


def from_paper(lines: Sequence[str]) -> str:
    """Return the secret key that lines say; case, spaces, the line's name and the word 校验 do not matter.

    Raises ``KeyNotReadable`` naming the first line that does not agree with its check letter.
    """
    data = ""
    given = [line for line in lines if line.strip()]
    for number, line in enumerate(given):
        row = "".join(letter for letter in line.upper() if letter.isascii() and letter.isalnum())
        if len(row) < 2 or set(row) - set(_LETTERS) or _check(number, row[:-1]) != row[-1]:  # noqa: PLR2004 and its check
            sentence = words("第 {number} 行抄得不对，请和纸上的一个一个对一遍。字母里没有 B、I、O，数字里没有 1。")
            raise KeyNotReadable(sentence, number=number + 1)
        data += row[:-1]
    try:
        return str(x25519.Identity.from_str(_PREFIX + data))
    except IdentityError as error:
        raise KeyNotReadable(words("行数不对，或者次序乱了：纸上有几行就抄几行，从“甲”开始。")) from error


def _rows(data: str) -> list[str]:
    size = _GROUP * _GROUPS_A_LINE
    return [data[start : start + size] for start in range(0, len(data), size)]


def _groups(row: str) -> list[str]:
    return [row[start : start + _GROUP] for start in range(0, len(row), _GROUP)]


def _check(number: int, row: str) -> str:
    """Return a row's check letter: any one letter wrong, two neighbours exchanged, or another row's place shows.

    Weights are odd, so each is invertible modulo 32, and neighbours' differ by 2, which hides only letters 16 apart.
    """
    total = sum((2 * place + 1) * _LETTERS.index(letter) for place, letter in enumerate(row, start=number))
    return _LETTERS[total % len(_LETTERS)]


def _write(path: Path, identity: x25519.Identity) -> None:
    public = path.with_name(f"{path.name}.pub")
    recipient = str(identity.to_public())
    secret = (
        "# 爱心超市备份的钥匙：能锁也能开。锁进柜子，另抄一份在纸上；丢了它，备份谁也打不开。\n"
        f"# public key: {recipient}\n{identity}\n"
    )
    locking = f"# 爱心超市备份的锁：只能锁、不能开，可以放在服务器上。\n{recipient}\n"
    if public.exists():
        raise KeyExists(words("{path} 已经有了，钥匙从不覆盖。请换一个文件名。"), path=public)
    for place, text, mode in ((path, secret, 0o600), (public, locking, 0o644)):
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            raise KeyExists(words("{path} 已经有了，钥匙从不覆盖。请换一个文件名。"), path=place) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    sync_folder(path.absolute().parent)
