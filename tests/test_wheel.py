"""The wheel that a village's PC gets: made from the checkout, it runs outside it with its pages inside."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
BUILD = (*PIP, "wheel", "--no-deps", "--no-build-isolation")

LEAST_BYTES = {
    "/": 500,
    "/static/web/love.css": 500,
    "/static/vendor/barcode-detector.js": 10_000,
    "/static/vendor/ed25519.js": 5_000,
    "/static/vendor/zxing_reader.wasm": 1_000_000,
}

# Run with only the unpacked wheel to import from: where the package lies, and what some addresses answer.
VISIT = """
import json, sys
import love_market
from love_market.upkeep.migrating import migrate as upgrade
from love_market.app import create_app

app = create_app()
with app.app_context():
    upgrade()
client = app.test_client()
answers = {path: client.get(path, follow_redirects=True) for path in sys.argv[1:]}
print(json.dumps({
    "package": love_market.__file__,
    "answers": {path: [answer.status_code, len(answer.data)] for path, answer in answers.items()},
}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel unpacked into it, as pip does it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run((*BUILD, "--wheel-dir", folder, CHECKOUT), check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run((*PIP, "install", "--no-deps", "--no-index", "--target", folder / "site", wheel), check=True)
    return folder / "site"


def outside(site: Path, *command: str | Path) -> str:
    """Run a command in a folder away from the checkout, with the unpacked wheel first to be found."""
    away = site.parent / "away"
    away.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site), "LOVE_MARKET_INSTANCE": str(away)}
    done = subprocess.run(
        (sys.executable, *command), cwd=away, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_is_there(site: Path) -> None:
    assert "0.1.0" in outside(site, site / "bin/love-market", "--version")


def test_pages_styles_and_the_scanner_come_with_it(site: Path) -> None:
    told = json.loads(outside(site, "-c", VISIT, *LEAST_BYTES))
    assert Path(told["package"]).is_relative_to(site)
    for path, (status, size_bytes) in told["answers"].items():
        assert status == 200, path
        assert size_bytes > LEAST_BYTES[path], path


def test_no_wheel_is_made_without_what_git_leaves_out(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "deploy/build_hook.py", "love_market/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    done = subprocess.run(
        (*BUILD, "--wheel-dir", tmp_path / "dist", tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Type 'make assets' first." in done.stderr
    assert not list(tmp_path.glob("dist/*.whl"))
