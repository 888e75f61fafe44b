"""Secrets of people: passwords and PINs as argon2id hashes, card keys that say which village issued them. Pure."""

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106's second profile, argon2-cffi's own: about 50 ms, so guessing at the door is slow.
_PASSWORDS = PasswordHasher()
# A whole village's cards are hashed at once, on an old PC: OWASP's smallest profile. The throttle guards the PIN.
_PINS = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BITS = 5
_VILLAGE_CHARACTERS = 8
_VILLAGE_DIGITS = 12
_RANDOM_CHARACTERS = 16
_PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class CardSecret:
    """What a new household card holds: its key for the QR, its PIN to print once, the PIN's hash to keep."""

    card_key: str
    pin: str
    pin_hash: str


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _PASSWORDS.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the hashed one; None takes as long as any other, so that names stay unknown."""
    return _matches(_PASSWORDS, password_hash or _stand_in(), password) and password_hash is not None


def password_is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _PASSWORDS.check_needs_rehash(password_hash)


def pin_matches(pin_hash: str | None, pin: str) -> bool:
    """Return whether a PIN is the hashed one; None takes as long as any other."""
    return _matches(_PINS, pin_hash or _stand_in_pin(), pin) and pin_hash is not None


def new_card(village_code: str) -> CardSecret:
    """Make a card: 8 characters for the village, 16 random ones (80 bits), and a PIN of 6 random digits."""
    random_part = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARACTERS))
    pin = "".join(secrets.choice("0123456789") for _ in range(_PIN_DIGITS))
    return card_of(village_code, random_part, pin)


def card_of(village_code: str, random_part: str, pin: str) -> CardSecret:
    """Return the card of a given random part and PIN: what is known beforehand fits a demonstration only."""
    return CardSecret(_village_part(village_code) + random_part, pin, _PINS.hash(pin))


def new_cards(village_code: str, count: int) -> Sequence[CardSecret]:
    """Make many cards, hashing on all cores."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda _: new_card(village_code), range(count)))


def village_of_card(card_key: str) -> str | None:
    """Return the code of the village that issued a card; None for what is no card key."""
    key = card_key.upper()
    if len(key) != _VILLAGE_CHARACTERS + _RANDOM_CHARACTERS or not set(key) <= set(_ALPHABET):
        return None
    number = 0
    for character in key[:_VILLAGE_CHARACTERS]:
        number = number << _BITS | _ALPHABET.index(character)
    code = str(number).zfill(_VILLAGE_DIGITS)
    return code if len(code) == _VILLAGE_DIGITS else None


def card_key_in(code: str) -> str | None:
    """Return the card key in what was scanned or typed: the card's whole address, or the key alone."""
    key = code.strip().upper().rstrip("/").rpartition("/C/")[2]
    return key if village_of_card(key) else None


def _village_part(village_code: str) -> str:
    number = int(village_code)
    return "".join(
        _ALPHABET[number >> _BITS * place & 2**_BITS - 1] for place in range(_VILLAGE_CHARACTERS - 1, -1, -1)
    )


def _matches(hasher: PasswordHasher, known_hash: str, secret: str) -> bool:
    try:
        return hasher.verify(known_hash, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _stand_in() -> str:
    return _PASSWORDS.hash(secrets.token_hex())


@cache
def _stand_in_pin() -> str:
    return _PINS.hash(secrets.token_hex())
