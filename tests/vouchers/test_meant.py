"""The one voucher that somebody means: by its code, its scan, its serial number or the end of it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from love_market.vouchers import queries
from love_market.vouchers.rules import SerialUnclear, ShortCodeMistyped, VoucherUnknown
from love_market.vouchers.token import show_short_code
from tests.builders import Village
from tests.conftest import Clock
from tests.vouchers import made


def test_a_voucher_is_meant_by_its_code_its_scan_or_its_serial_number(
    session: Session, village: Village, clock: Clock
) -> None:
    _, face = made.vouchers(session, village, (35, 20), clock())
    scanned = made.url_of(session, village.market_id, face)
    for text in (show_short_code(face.short_code), scanned, face.serial_no, " 2026－3－0002 ", "3-0002", "0002", "2"):
        found = queries.meant(session, village.clerk, text, at=clock())
        assert (found.id, found.refusal) == (face.id, None), text


def test_the_end_of_a_serial_number_has_to_mean_one(session: Session, village: Village, clock: Clock) -> None:
    (first,) = made.vouchers(session, village, (35,), clock())
    clock.at += timedelta(days=92)
    (second,) = made.vouchers(session, village, (20,), clock())
    assert (first.serial_no, second.serial_no) == ("2026-3-0001", "2026-4-0001")
    with pytest.raises(SerialUnclear, match="有好几张：2026-4-0001、2026-3-0001"):
        queries.meant(session, village.clerk, "0001", at=clock())
    assert queries.meant(session, village.clerk, "3-0001", at=clock()).id == first.id


def test_what_names_none_is_refused(session: Session, village: Village, clock: Clock) -> None:
    with pytest.raises(ShortCodeMistyped):
        queries.meant(session, village.clerk, "0001", at=clock())
    made.vouchers(session, village, (35,), clock())
    for text in ("孔", "", "2026-3-0002", "0002"):
        with pytest.raises(ShortCodeMistyped):
            queries.meant(session, village.clerk, text, at=clock())
    with pytest.raises(VoucherUnknown):
        queries.meant(session, village.clerk, "00000000-0", at=clock())
