"""What reviewers are pointed to: a photo used twice, also turned or shrunk, the same deed, another quarter."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from love_market.deeds import evidence, queries, service
from love_market.deeds.evidence import StoredPhoto, StoredSound, Upload
from love_market.deeds.queries import DeedRecord, Mark
from tests.builders import Village
from tests.conftest import Clock
from tests.deeds.conftest import DAY, Rules, home_of, record


def test_a_refused_claim_is_told_again(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    first = record(session, village, rules, clock, guard=home_of(village, 0), photos=[kept(scene(1))])
    service.refuse(session, village.grid_worker, first.id, reason="照片看不清", at=clock())
    sound = StoredSound("b" * 64, "webm")
    again = record(
        session, village, rules, clock, guard=home_of(village, 0), again_of=first.id,
        photos=[kept(scene(1))], sound=sound,
    )  # fmt: skip
    assert (again.state, again.again_of, again.sound_sha256) == ("claimed", first.id, sound.sha256)
    assert doubts(session, village, again) == [], "its own photo, shown again, is no second use"


FOLDER: list[Path] = []


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    FOLDER[:] = [tmp_path / "evidence"]


def scene(seed: int) -> Image.Image:
    """Draw a picture like no other: blocks of light and dark."""
    chance, image = random.Random(seed), Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(image)
    for _each in range(60):
        x, y = chance.randrange(800), chance.randrange(600)
        pen.rectangle(
            (x, y, x + chance.randrange(40, 240), y + chance.randrange(40, 200)), fill=chance.randrange(1 << 24)
        )
    return image


def kept(image: Image.Image, quality: int = 90) -> StoredPhoto:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return evidence.keep(FOLDER[0], [Upload("a.jpg", file.getvalue())])[0]


def copies(image: Image.Image) -> dict[str, Image.Image]:
    return {
        "resized": image.resize((500, 375)),
        "turned": image.transpose(Image.Transpose.ROTATE_90),
        "upside down and small": image.transpose(Image.Transpose.ROTATE_180).resize((320, 240)),
    }


def doubts(session: Session, village: Village, deed: DeedRecord) -> list[Mark]:
    return [each for each in queries.marks(session, village.chair, deed) if each.is_doubt]


def test_a_photo_used_twice_is_pointed_out(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    shown = scene(7)
    first = record(session, village, rules, clock, photos=[kept(scene(3)), kept(shown)])
    same = record(session, village, rules, clock, household_id=village.households[1], photos=[kept(shown)])
    (mark,) = doubts(session, village, same)
    assert mark.other is not None
    assert (mark.kind, mark.other.id, mark.position, mark.other_position) == ("same_photo", first.id, 1, 2)
    for number, (name, copy) in enumerate(copies(shown).items(), 2):
        alike = record(
            session, village, rules, clock, household_id=village.households[number], photos=[kept(copy, quality=60)]
        )
        marks = doubts(session, village, alike)
        assert ("alike_photo", first.id) in [(each.kind, each.other.id) for each in marks if each.other], name
    for seed in range(20, 40):
        other = record(
            session, village, rules, clock, household_id=village.households[9], member_name=str(seed), times=1,
            photos=[kept(scene(seed))],
        )  # fmt: skip
        photo_marks = [each for each in doubts(session, village, other) if each.position]
        assert photo_marks == [], "another picture is none of them"


def test_what_else_is_pointed_out(session: Session, village: Village, rules: Rules, clock: Clock) -> None:
    first = record(session, village, rules, clock)
    by_another = record(session, village, rules, clock, member_name="孔小满", photos=[kept(scene(1)), kept(scene(1))])
    marks = doubts(session, village, by_another)
    assert [(each.kind, each.other and each.other.id) for each in marks] == [
        ("photo_twice", None), ("same_deed", first.id)
    ]  # fmt: skip
    late = record(session, village, rules, clock, household_id=village.households[1], done_on=DAY.replace(month=6))
    (mark,) = queries.marks(session, village.chair, late)
    assert (mark.kind, str(mark.quarter)) == ("other_quarter", "2026Q2")
