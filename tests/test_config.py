from pathlib import Path

import pytest

from love_market.config import Settings
from love_market.errors import Invalid


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environment = {"LOVE_MARKET_INSTANCE": str(tmp_path / "instance")}
    first, again = Settings.from_environment(environment), Settings.from_environment(environment)
    assert first.secret_key == again.secret_key
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0
    assert first.database_url.endswith("instance/love_market.sqlite3")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "八千"),
        ("PORT", "70000"),
        ("BASE_URL", "love.example"),
        ("BASE_URL", "https://love.example/village"),
        ("BASE_URL", "https://love_market.example"),
        ("SECRET_KEY", "short"),
    ],
)
def test_nonsense_is_refused_at_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Invalid):
        Settings.from_environment({"LOVE_MARKET_INSTANCE": str(tmp_path), name: value})


def test_https_is_read_off_the_address(tmp_path: Path) -> None:
    environment = {"LOVE_MARKET_INSTANCE": str(tmp_path), "BASE_URL": "https://love.example/"}
    assert Settings.from_environment(environment).https
    assert Settings.from_environment(environment).base_url == "https://love.example"
