"""Making a batch's vouchers: ids and short codes that nobody can guess, and that come out the same when done again.

Both are drawn from the installation's secret and from what the voucher is for. An issue that was cut off before it
stood in the books makes the very same vouchers when it is run again, so the books end with the same hash; and whoever
lacks the secret learns nothing from one voucher about the next.
"""

import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from love_market.vouchers.service.rows import taken_short_codes
from love_market.vouchers.token import SHORT_CODE_BITS, short_code_of

_ID_BYTES = 10
_CODE_BYTES = SHORT_CODE_BITS // 8


class Mint:
    """What draws the ids and codes of one batch; ``of`` tells a batch's vouchers apart: household and position."""

    def __init__(self, secret: str, market_id: UUID, batch_id: UUID, at: datetime) -> None:
        info = b"love-market voucher ids 1"
        self._key = HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
        self._batch = market_id.bytes + batch_id.bytes
        self._milliseconds = (int(at.timestamp()) * 1000 + at.microsecond // 1000).to_bytes(6)

    def voucher_id(self, household_id: UUID, position: int) -> UUID:
        """Return a voucher's id: a UUIDv7 of the batch's instant, its 74 random bits drawn from the secret."""
        raw = bytearray(self._milliseconds + self._drawn(b"id", household_id, position, 0)[:_ID_BYTES])
        raw[6] = (raw[6] & 0x0F) | 0x70
        raw[8] = (raw[8] & 0x3F) | 0x80
        return UUID(bytes=bytes(raw))

    def short_codes(self, household_id: UUID, position: int) -> Iterator[str]:
        """Yield a voucher's short codes, the first to be taken unless another voucher has it."""
        for attempt in count():
            drawn = self._drawn(b"code", household_id, position, attempt)
            yield short_code_of(int.from_bytes(drawn[:_CODE_BYTES]))

    def _drawn(self, what: bytes, household_id: UUID, position: int, attempt: int) -> bytes:
        message = what + self._batch + household_id.bytes + position.to_bytes(2) + attempt.to_bytes(4)
        return hmac.digest(self._key, message, "sha256")


def unused_codes(session: Session, mint: Mint, market_id: UUID, wanted: Sequence[tuple[UUID, int]]) -> list[str]:
    """Return one short code for each ``(household_id, position)``, none twice and none that the market has."""
    codes: dict[str, int] = {}
    drawing = [mint.short_codes(household_id, position) for household_id, position in wanted]
    missing = list(range(len(wanted)))
    while missing:
        drawn = {index: next(drawing[index]) for index in missing}
        taken = taken_short_codes(session, market_id, drawn.values())
        missing = []
        for index, code in drawn.items():
            if code in taken or codes.setdefault(code, index) != index:
                missing.append(index)
    return sorted(codes, key=codes.__getitem__)
