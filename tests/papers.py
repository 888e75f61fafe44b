"""Reading printed papers back with programs other than those that made them: poppler, zxing-cpp and zbar."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image


def pictures(pdf: bytes, folder: Path, dpi: int) -> list[Path]:
    """Return the pages of a PDF as a black-and-white printer of so many dots an inch would draw them."""
    (folder / "paper.pdf").write_bytes(pdf)
    for old in folder.glob("page-*.pgm"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "paper.pdf", "page"], cwd=folder, check=True)
    return sorted(folder.glob("page-*.pgm"))


def size(picture: Path) -> tuple[int, int]:
    """Return a picture's width and height in dots."""
    with Image.open(picture) as image:
        return image.size


def text(pdf: bytes, folder: Path) -> str:
    """Return what a reader's search finds in a PDF, laid out as on the page."""
    (folder / "paper.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-layout", "paper.pdf", "-"], cwd=folder, check=True, capture_output=True, text=True
    )
    return told.stdout


def fonts(pdf: bytes, folder: Path) -> dict[str, bool]:
    """Return the fonts of a PDF and whether each is embedded."""
    (folder / "paper.pdf").write_bytes(pdf)
    told = subprocess.run(["pdffonts", "paper.pdf"], cwd=folder, check=True, capture_output=True, text=True)
    return {line.split()[0]: line.split()[-5] == "yes" for line in told.stdout.splitlines()[2:]}


def codes_by_zxing(picture: Path) -> list[str]:
    """Return what zxing-cpp reads from all QR codes of a picture, sorted."""
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image)
        return sorted(one.text for one in found if one.format == zxingcpp.BarcodeFormat.QRCode)


def codes_by_zbar(picture: Path) -> list[str]:
    """Return what zbar reads from all QR codes of a picture, sorted."""
    told = subprocess.run(
        ["zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", str(picture)],
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(told.stdout.split())
