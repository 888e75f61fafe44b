"""The limit of a close: the same rows by the bare driver, and the same papers by the libraries alone."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from love_market.paper import press, qr
from love_market.paper.fonts import available_families, system_fonts
from love_market.paper.shelves import templates_dir
from love_market.vouchers import sheet
from love_market.vouchers.papers import BatchPapers
from love_market.vouchers.token import peek, token_from_scan

# In the order in which foreign keys allow them; each with what tells a village's close from the rest.
WRITTEN = {
    "entry": "market_id = %(market)s AND number = ANY(%(numbers)s)",
    "account": (
        "market_id = %(market)s AND (kind = 'household' AND owner IN (SELECT id FROM household WHERE market_id ="
        " %(market)s AND village_code = %(village)s) OR kind = 'voucher' AND owner IN"
        " (SELECT id FROM voucher WHERE market_id = %(market)s AND batch_id = ANY(%(batches)s)))"
    ),
    "leg": "market_id = %(market)s AND entry_number = ANY(%(numbers)s)",
    "voucher_batch": "market_id = %(market)s AND id = ANY(%(batches)s)",
    "voucher": "market_id = %(market)s AND batch_id = ANY(%(batches)s)",
}


@dataclass(frozen=True)
class VillageRows:
    """What a village's close wrote: rows by table with their columns, and what it changed in rows that were there."""

    market_id: UUID
    appraisal_id: UUID
    columns: Mapping[str, list[str]]
    types: Mapping[str, list[int]]
    rows: Mapping[str, list[tuple[Any, ...]]]
    award_number: int
    head: tuple[int, str]
    budget: int
    changed: int
    """How many rows of the notice were confirmed."""

    @property
    def count(self) -> int:
        """How many rows in all: inserted, and confirmed on the notice."""
        return sum(map(len, self.rows.values())) + self.changed


def read_rows(url: str, market_id: UUID, village_code: str, quarter: str) -> VillageRows:
    """Read what a village's close wrote, to write it again elsewhere."""
    with psycopg.connect(url) as connection:
        appraisal_id, changed, award_number = connection.execute(
            "SELECT a.id, count(*), max(r.award_entry_number) FROM appraisal a JOIN appraisal_row r ON r.market_id ="
            " a.market_id AND r.appraisal_id = a.id WHERE a.market_id = %s AND village_code = %s AND quarter = %s"
            " GROUP BY a.id",
            (market_id, village_code, quarter),
        ).fetchone() or (None, 0, 0)
        batches = connection.execute(
            "SELECT id, entry_number FROM voucher_batch WHERE market_id = %s AND village_code = %s AND quarter = %s",
            (market_id, village_code, quarter),
        ).fetchall()
        asked = {
            "market": market_id,
            "village": village_code,
            "batches": [batch for batch, _ in batches],
            "numbers": [award_number, *(number for _, number in batches)],
        }
        columns, types, rows = {}, {}, {}
        for table, condition in WRITTEN.items():
            found = connection.execute(f"SELECT * FROM {table} WHERE {condition}", asked)
            columns[table] = [column.name for column in found.description or ()]
            types[table] = [column.type_code for column in found.description or ()]
            rows[table] = found.fetchall()
        head = connection.execute(
            "SELECT number, hash FROM entry WHERE market_id = %s AND number = ANY(%s) ORDER BY number DESC LIMIT 1",
            (market_id, asked["numbers"]),
        ).fetchone()
        budget = connection.execute(
            "SELECT balance FROM account WHERE market_id = %s AND kind = 'budget' AND owner = %s",
            (market_id, appraisal_id),
        ).fetchone()
    assert appraisal_id is not None and head is not None and budget is not None  # noqa: S101 PT018 it was closed
    return VillageRows(
        market_id, appraisal_id, columns, types, rows, award_number, (head[0], head[1]), budget[0], changed
    )


def write_rows(connection: psycopg.Connection[Any], told: VillageRows) -> float:
    """Write them with COPY, in binary, in one durable transaction; return the seconds it took."""
    begun = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM book WHERE market_id = %s FOR UPDATE", (told.market_id,))
        for table, rows in told.rows.items():
            names = ", ".join(told.columns[table])
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(told.types[table])
                for row in rows:
                    copy.write_row(row)
        cursor.execute(
            "UPDATE account SET balance = %s WHERE market_id = %s AND kind = 'budget' AND owner = %s",
            (told.budget, told.market_id, told.appraisal_id),
        )
        cursor.execute(
            "UPDATE appraisal_row SET state = 'confirmed', award_entry_number = %s"
            " WHERE market_id = %s AND appraisal_id = %s",
            (told.award_number, told.market_id, told.appraisal_id),
        )
        cursor.execute(
            "UPDATE appraisal SET state = 'confirmed' WHERE market_id = %s AND id = %s",
            (told.market_id, told.appraisal_id),
        )
        cursor.execute(
            "UPDATE book SET head_number = %s, head_hash = %s WHERE market_id = %s", (*told.head, told.market_id)
        )
    return time.perf_counter() - begun


@dataclass(frozen=True)
class PaperSeconds:
    """How long the libraries alone take for a batch: signatures, codes, two documents.

    ``processor`` is the processor's time for the same, the codes drawn our way.
    """

    signing: float
    library_codes: float
    typesetting: float
    processor: float


def lay_out(content: BatchPapers, at: datetime) -> PaperSeconds:
    """Sign, draw and typeset exactly what a batch's papers hold, with nothing of the program around it."""
    key, payloads = Ed25519PrivateKey.generate(), [_payload(one.url) for one in content.vouchers]
    begun, spent = time.perf_counter(), time.process_time()
    for payload in payloads:
        key.sign(payload)
    signed, signed_spent = time.perf_counter(), time.process_time() - spent
    for one in content.vouchers:
        code = QRCode(version=8, error_correction=ERROR_CORRECT_M, mask_pattern=qr.MASK_PATTERN)
        code.add_data(QRData(one.url.encode(), mode=MODE_ALPHA_NUM), optimize=0)
        code.make(fit=False)
        code.get_matrix()
    drawn, spent = time.perf_counter(), time.process_time()
    for one in content.vouchers:
        _ = qr.qr_code(one.url).svg
    codes_spent = time.process_time() - spent
    documents = [_told(lambda: content.sheet(at)), _told(lambda: content.sign_for(at))]
    ready, spent = time.perf_counter(), time.process_time()
    for template, told in documents:
        typst.compile(
            templates_dir() / f"{template}.typ",
            root=templates_dir(),
            font_paths=system_fonts(),
            sys_inputs=told,
            timestamp=int(at.timestamp()),
            pdf_tags=False,
        )
    done, set_spent = time.perf_counter(), time.process_time() - spent
    press.forget()
    return PaperSeconds(signed - begun, drawn - signed, done - ready, signed_spent + codes_spent + set_spent)


def _payload(url: str) -> bytes:
    """Return the bytes that a voucher's signature covers: as many as its claims have."""
    token = token_from_scan(url)
    assert token is not None  # noqa: S101 we made it
    claims = peek(token)
    return b"\x01" + claims.market_id.bytes + claims.voucher_id.bytes + claims.face_points.to_bytes(3) + b"\0\0"


def _told(make: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401
    """Return the template and the inputs that a paper would be typeset with."""
    caught: list[tuple[str, Mapping[str, object]]] = []

    def catch(template: str, data: Mapping[str, object], _at: datetime) -> bytes:
        caught.append((template, data))
        return b""

    usual, sheet.typeset = sheet.typeset, catch  # type: ignore[assignment]
    try:
        make()
    finally:
        sheet.typeset = usual
    template, data = caught[0]
    fonts = json.dumps(available_families()._asdict())
    return template, {"data": json.dumps(data, ensure_ascii=False), "fonts": fonts}
