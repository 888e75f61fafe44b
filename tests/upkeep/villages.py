"""A village's own installation with quarters behind it, a county's to move into, and what both say."""

import io
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from PIL import Image
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from love_market.app import create_app
from love_market.clock import village_instant
from love_market.config import Settings
from love_market.counter.rules import BasketLine
from love_market.counter.slips import service as slips
from love_market.counter.slips.rules import typing_of
from love_market.db import db, new_id, reading, transaction
from love_market.deeds import evidence
from love_market.deeds import queries as deeds
from love_market.deeds import service as deeds_service
from love_market.places import queries as places
from love_market.plays import stage
from love_market.plays.stage import Cast
from love_market.stock import queries as stock
from love_market.upkeep.tables import of_markets
from love_market.vouchers import keys as signing_keys
from love_market.vouchers import loss, queries, token
from love_market.vouchers.queries import VoucherFace
from tests.plays.shell import ROSTER, SCORES, VILLAGE, Installation, play_words

QUARTERS = ("2026Q3", "2026Q4", "2027Q1")
NEXT = "2027Q2"
TODAY = date(2027, 5, 10)
"""A day after the third quarter's market day, in the fourth."""


@dataclass(frozen=True)
class House:
    """An installation, opened."""

    session: Session
    settings: Settings
    market_id: UUID
    cast: Cast


@dataclass(frozen=True)
class Pair:
    """A village that moved, the county it moved into, the rows it had before, and what the command said."""

    village: Installation
    county: Installation
    before: dict[str, list[str]]
    told: str


@contextmanager
def inside(at: Installation) -> Iterator[House]:
    """Open an installation that serves the village, as its pages do, to write in one transaction."""
    settings = Settings.from_environment(at.environment)
    with create_app(settings).app_context():
        try:
            with transaction() as session:
                market_id = places.village(session, VILLAGE).market_id
                cast = stage.assemble_cast(session, stage.program(market_id, VILLAGE), at=village_instant(TODAY, 9))
                yield House(session, settings, market_id, cast)
        finally:
            db.engine.dispose()


def play(at: Installation, quarter: str, households: int = 8) -> None:
    """Play a quarter of the village's first households."""
    books = {path: fewer(path, at.folder / f"{households}-{path.name}", households) for path in (ROSTER, SCORES)}
    words = play_words(at.folder / f"out-{quarter}", roster=books[ROSTER], scores=books[SCORES], quarter=quarter)
    answer = at.type(*words)
    assert answer.exit_code == 0, answer.output


def fewer(original: Path, to: Path, households: int) -> Path:
    """Write a workbook without the lines after so many households."""
    book = openpyxl.load_workbook(original)
    sheet = book.worksheets[0]
    last = next(row for row, cell in enumerate(sheet["A"], 1) if cell.value == households)
    sheet.delete_rows(last + 1, sheet.max_row)
    book.save(to)
    return to


def furnish(at: Installation) -> None:
    """Give a played village what no play makes.

    A paper lost twice, a deed with a photo that lies in the folder, and slips of a blackout: typed once, and spoiled.
    """
    with inside(at) as house:
        now = village_instant(TODAY, 10)
        lost = unspent(house)[0]
        for _ in range(2):
            lost_again = loss.reissue(
                house.session,
                house.cast.chair,
                lost.id,
                reason="丢了",
                secret=house.settings.secret_key,
                at=now,
                key=new_id(),
            )
            lost = queries.face(house.session, house.cast.chair, lost_again, at=now)
        photo = io.BytesIO()
        Image.new("RGB", (40, 30), "green").save(photo, "JPEG")
        folder = evidence.folder_of(house.settings.instance, house.market_id)
        version = deeds.current_version(house.session, house.cast.recorder)
        assert version is not None
        rules = deeds.rules(house.session, house.cast.recorder, version.id)
        deeds_service.record(
            house.session,
            house.cast.recorder,
            key=new_id(),
            household_id=lost.household_id,
            rule_id=next(rule.id for rule in rules if rule.points > 0),
            done_on=TODAY,
            at=now,
            words="扫了村口的路",
            photos=evidence.keep(folder, [evidence.Upload("路.jpg", photo.getvalue())]),
        )
        good = stock.goods(house.session, house.cast.clerk)[0]
        line = BasketLine(good.id, 1, good.points_price)
        pad = slips.make_pad(house.session, house.cast.clerk, key=new_id(), count=5, at=now)
        said = typing_of(TODAY, lost.id, [line], good.points_price)
        slips.type_first(house.session, house.cast.clerk, pad, 1, said, at=now)
        slips.spoil(house.session, house.cast.clerk, pad, 2, reason="撕破了", at=now)


def unspent(house: House) -> Sequence[VoucherFace]:
    """Return the vouchers that still hold points, by serial number."""
    now = village_instant(TODAY, 10)
    found = [
        face
        for batch in queries.batches(house.session, house.cast.chair)
        for face in queries.vouchers_of_batch(house.session, house.cast.chair, batch.id)
        if face.balance_points and queries.face(house.session, house.cast.chair, face.id, at=now).refusal is None
    ]
    return sorted(found, key=lambda face: face.serial_no)


def printed(house: House, face: VoucherFace) -> str:
    """Return what a voucher's QR code says on paper that this installation prints."""
    private = signing_keys.private_keys(house.session, house.market_id, house.settings.secret_key)[face.signing_key_id]
    claims = token.Claims(house.market_id, face.id, face.face_points, face.expires_on)
    return token.voucher_url(house.settings.base_url, token.sign(private, claims))


def copy_of(at: Installation, folder: Path) -> Installation:
    """Return another installation with the same database, secret and photos."""
    other = at.copy(folder)
    for photo in at.folder.glob("evidence/**/*.jpg"):
        there = other.folder / photo.relative_to(at.folder)
        there.parent.mkdir(parents=True)
        there.write_bytes(photo.read_bytes())
    return other


def secret_in(folder: Path) -> str:
    """Put an installation's secret where it lies, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret_key").write_text(secrets.token_urlsafe(48))
    return (folder / "secret_key").read_text()


def move_words(county: Installation, *more: str) -> Sequence[str | Path]:
    """Return the words that move a village into a county."""
    return ("move", "--to", county.url, "--to-instance", county.folder, *more)


def rows_of(at: Installation) -> dict[str, list[str]]:
    """Return every row of every market's table, but for the key that each house seals for itself, and where it went."""
    with create_app(Settings.from_environment(at.environment)).app_context():
        try:
            with reading() as session:
                return {table.name: sorted(map(str, _rows(session, table))) for table in of_markets()}
        finally:
            db.engine.dispose()


def _rows(session: Session, table: Table) -> Sequence[tuple[Any, ...]]:
    kept = [
        column for column in table.columns if column.name not in {"sealed_private_key", "moved_to", "closed_number"}
    ]
    return [tuple(row) for row in session.execute(select(*kept))]


def moved(village: Installation, county: Installation, *more: str) -> str:
    """Move a village into a county; return what was said."""
    answer = village.type(*move_words(county, *more))
    assert answer.exit_code == 0, answer.output
    return answer.output


def refused(village: Installation, county: Installation, *more: str) -> str:
    """Ask for a move that is refused, see that both sides stay as they were, and return the sentence."""
    before = county.counts(), village.counts(), village.rows("SELECT moved_to FROM market")
    answer = village.type(*move_words(county, *more))
    assert answer.exit_code == 1, answer.output
    assert (county.counts(), village.counts(), village.rows("SELECT moved_to FROM market")) == before
    return answer.output
