import io
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image

from love_market.db import new_id, reading, transaction
from love_market.people.rules import Guard
from love_market.stock import queries
from tests import builders
from tests.builders import Village
from tests.conftest import Clock
from tests.stock import made


@pytest.fixture
def clerk(client: FlaskClient, village: Village) -> Guard:
    builders.sign_in(client, village.clerk)
    return village.clerk


@pytest.fixture
def vinegar(clerk: Guard, clock: Clock) -> UUID:
    with transaction() as session:
        return made.good(session, clerk, clock())


def picture(fmt: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "maker"
    Image.new("RGB", size, "#b3261e").save(target, fmt, exif=exif)
    return target.getvalue()


def test_a_photo_is_kept_small_and_bare(
    client: FlaskClient, clerk: Guard, stock: str, vinegar: UUID, tmp_path: Path
) -> None:
    facts = {"name": "陈醋", "spec": "800毫升", "unit_name": "瓶", "points_price": "7", "low_stock_quantity": "5"}
    for _ in range(2):
        data = facts | {"key": str(new_id()), "photo": (io.BytesIO(picture("JPEG")), "醋.jpg")}
        assert client.post(f"{stock}/goods/{vinegar}/edit", data=data).status_code == 302
    (kept,) = (tmp_path / "goods" / clerk.market_id.hex).iterdir()
    with Image.open(kept) as photo:
        assert (photo.format, max(photo.size), dict(photo.getexif())) == ("JPEG", 640, {})
    with reading() as session:
        good = queries.good(session, clerk, vinegar)
    assert good.picture == f"photo:{kept.stem}"
    assert f"/goods/{kept.name}" in client.get(stock).text
    answer = client.get(f"/goods/{kept.name}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    answer.close()
    again = facts | {"key": str(new_id()), "picture": good.picture, "points_price": "8"}
    assert client.post(f"{stock}/goods/{vinegar}/edit", data=again).status_code == 302
    with reading() as session:
        assert queries.good(session, clerk, vinegar).picture == good.picture


@pytest.mark.parametrize(
    "sent", [b"not a photo", b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:200], picture("GIF")]
)
def test_what_is_no_photo_is_refused(
    client: FlaskClient, clerk: Guard, stock: str, vinegar: UUID, sent: bytes, tmp_path: Path
) -> None:
    facts = {"name": "陈醋", "spec": "换了", "unit_name": "瓶", "points_price": "7", "low_stock_quantity": "5"}
    data = facts | {"key": str(new_id()), "photo": (io.BytesIO(sent), "醋.jpg")}
    answer = client.post(f"{stock}/goods/{vinegar}/edit", data=data)
    assert answer.status_code == 422
    assert "这不是能用的照片" in answer.text
    with reading() as session:
        assert queries.good(session, clerk, vinegar).spec == "800毫升"
    assert not (tmp_path / "goods").exists()


def test_photos_are_found_by_their_name_only(client: FlaskClient) -> None:
    for name in ("0" * 64, "*", "..%2F..%2Fsecret_key"):
        assert client.get(f"/goods/{name}.jpg").status_code == 404
