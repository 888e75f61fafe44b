"""Making a batch's vouchers: ids and short codes that nobody can guess, and that come out the same when done again.

Both are drawn from the installation's secret and from what the voucher is for. An issue that was cut off before it
stood in the books makes the very same vouchers when it is run again, so the books end with the same hash; and whoever
lacks the secret learns nothing from one voucher about the next.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from love_market.vouchers.service.rows import taken_short_codes
from love_market.vouchers.token import SHORT_CODE_BITS, short_code_of

_ID_BYTES = 10
_CODE_BYTES = SHORT_CODE_BITS // 8


class Mint:
    """What draws the ids and codes of one batch; a household and a position tell its vouchers apart."""

    def __init__(self, secret: str, market_id: UUID, batch_id: UUID, at: datetime) -> None:
        info = b"love-market voucher ids 1"
        self._key = HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
        self._batch = market_id.bytes + batch_id.bytes
        self._milliseconds = (int(at.timestamp()) * 1000 + at.microsecond // 1000).to_bytes(6)

    def draw(self, household_id: UUID, position: int, attempt: int = 0) -> tuple[UUID, str]:
        """Return a voucher's id and short code; a further ``attempt`` is for a code that another voucher has.

        The id is a UUIDv7 of the batch's instant, its 74 random bits drawn from the secret.
        """
        message = self._batch + household_id.bytes + position.to_bytes(4) + attempt.to_bytes(4)
        drawn = hmac.digest(self._key, message, "sha256")
        raw = bytearray(self._milliseconds + drawn[:_ID_BYTES])
        raw[6] = (raw[6] & 0x0F) | 0x70
        raw[8] = (raw[8] & 0x3F) | 0x80
        return UUID(bytes=bytes(raw)), short_code_of(int.from_bytes(drawn[_ID_BYTES : _ID_BYTES + _CODE_BYTES]))


def minted(session: Session, mint: Mint, market_id: UUID, wanted: Sequence[tuple[UUID, int]]) -> list[tuple[UUID, str]]:
    """Return an id and a short code for each ``(household_id, position)``; no code twice, none that the market has."""
    made = [mint.draw(household_id, position) for household_id, position in wanted]
    holders: dict[str, int] = {}
    new, attempt = dict(enumerate(code for _, code in made)), 0
    while new:
        taken = taken_short_codes(session, market_id, new.values())
        again = [index for index, code in new.items() if code in taken or holders.setdefault(code, index) != index]
        attempt += 1
        new = {index: mint.draw(*wanted[index], attempt)[1] for index in again}
        for index, code in new.items():
            made[index] = (made[index][0], code)
    return made
