"""Photos: what is let in, what is left out, and that nothing half-done stays."""

import io
from pathlib import Path

import pytest
from PIL import Image

from love_market.deeds import evidence
from love_market.deeds.evidence import PhotoLost, PhotoNotReadable, PhotoTooLarge, TooManyPhotos, Upload


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    """Return a photo's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def telling_jpeg() -> bytes:
    """Return a JPEG, to be turned upright, that tells where it was taken, by whom, with what."""
    photo = Image.new("RGB", (60, 20), "white")
    photo.paste("black", (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter to the right
    exif[0x010F] = "SecretPhone"
    exif[0x8825] = {1: "N", 2: (40.0, 21.0, 0.0), 3: "E", 4: (113.0, 44.0, 0.0)}
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>", dpi=(72, 72))
    return out.getvalue()


def test_what_a_photo_says_about_itself_is_left_out_and_it_stands_upright(tmp_path: Path) -> None:
    given = telling_jpeg()
    assert b"SecretPhone" in given
    with Image.open(io.BytesIO(given)) as before:
        assert before.getexif().get_ifd(0x8825)[2] == (40.0, 21.0, 0.0)
    (kept,) = evidence.keep(tmp_path, [Upload("院子.jpg", given)])
    content = evidence.path_of(tmp_path, kept.sha256).read_bytes()
    assert b"Exif" not in content
    for secret in (b"SecretPhone", b"SecretComment", b"SecretXmp"):
        assert secret not in content
    with Image.open(io.BytesIO(content)) as after:
        assert after.format == "JPEG"
        assert not after.getexif()
        assert after.size == (kept.width_px, kept.height_px) == (20, 60)
        grey = after.convert("L").tobytes()
        assert grey[2 * 20 + 10] < 60, "the dark end is on top"
        assert grey[55 * 20 + 10] > 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_kinds_that_are_let_in(tmp_path: Path, kind: str) -> None:
    (kept,) = evidence.keep(tmp_path, [Upload("a", picture(kind))])
    with Image.open(evidence.path_of(tmp_path, kept.sha256)) as photo:
        assert photo.format == "JPEG"


def test_two_pictures_in_one_jpeg_as_some_phones_write(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    (kept,) = evidence.keep(tmp_path, [Upload("a.jpg", out.getvalue())])
    assert (kept.width_px, kept.height_px) == (40, 30)


def test_a_transparent_picture_stands_on_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    (kept,) = evidence.keep(tmp_path, [Upload("a.png", out.getvalue())])
    with Image.open(evidence.path_of(tmp_path, kept.sha256)) as photo:
        assert photo.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1600, 10)])
def test_long_sides_are_cut_to_1600(tmp_path: Path, size: tuple[int, int]) -> None:
    (kept,) = evidence.keep(tmp_path, [Upload("a.jpg", picture(size=size))])
    assert max(kept.width_px, kept.height_px) == 1600


def test_the_same_photo_is_kept_once(tmp_path: Path) -> None:
    first, second = evidence.keep(tmp_path, [Upload("a.jpg", picture()), Upload("b.jpg", picture())])
    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [f"{first.sha256}.jpg"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a photo",
        b"<script>alert(1)</script>",
        b"%PDF-1.7",
        b"PK\x03\x04 a workbook",
        b"GIF89a" + bytes(20),
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        picture()[: len(picture()) // 2],
        picture("PNG")[:60],
        b"\xff\xd8\xff\xe0" + bytes(200),
    ],
)
def test_one_lie_among_photos_and_nothing_is_stored(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "evidence"
    with pytest.raises(PhotoNotReadable) as caught:
        evidence.keep(folder, [Upload("好.jpg", picture()), Upload("假的.jpg", content)])
    assert "假的.jpg" in str(caught.value)
    assert not folder.exists()


def test_bounds(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    with pytest.raises(TooManyPhotos):
        evidence.keep(folder, [Upload("a.jpg", picture())] * 7)
    with pytest.raises(PhotoTooLarge):
        evidence.keep(folder, [Upload("a.jpg", picture() + bytes(evidence.MOST_BYTES))])
    assert not folder.exists()


@pytest.mark.parametrize("size", [(6000, 6000), (12_000, 12_000), (30_000, 30_000)])
def test_a_picture_that_would_unfold_is_refused_unopened(tmp_path: Path, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    assert len(out.getvalue()) < evidence.MOST_BYTES
    with pytest.raises(PhotoTooLarge):
        evidence.keep(tmp_path / "evidence", [Upload("bomb.png", out.getvalue())])


def test_a_lost_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PhotoLost):
        evidence.path_of(tmp_path, "0" * 64)


@pytest.mark.parametrize("size", [2_000, evidence.MOST_BYTES + 1])
def test_a_photo_of_an_iphone_is_told_by_its_name(tmp_path: Path, size: int) -> None:
    heic = (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(size))[:size]
    with pytest.raises(evidence.PhotoNotReadable, match="苹果手机"):
        evidence.keep(tmp_path, [evidence.Upload("IMG_0001.HEIC", heic)])
