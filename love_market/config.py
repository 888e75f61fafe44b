"""Frozen settings from the environment; refuses to start on nonsense."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from love_market.errors import Invalid, words

_SHORTEST_SECRET = 32
# Scheme and host, maybe a port: what a voucher's QR can hold in capitals, which is why a path is refused.
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs from one installation to the next.

    ``database_url`` is an SQLAlchemy URL; ``instance`` holds the database file, the secret and evidence photos;
    ``base_url`` is what voucher codes point to, as a villager's phone can reach it, without a trailing slash.
    ``log_format`` is ``json`` for a line a request and empty for errors only, ``log_file`` where the lines go, else
    standard error; with ``metrics_token`` the figures at ``/metrics`` may be asked for from another machine.
    """

    database_url: str
    secret_key: str
    instance: Path
    base_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    https: bool = False
    log_format: str = ""
    log_file: Path | None = None
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, database_url: str = "") -> Self:
        """Read ``DATABASE_URL SECRET_KEY LOVE_MARKET_INSTANCE BASE_URL PORT LOG_FORMAT LOG_FILE METRICS_TOKEN``.

        Raises ``Invalid`` on nonsense.
        """
        instance = Path(environment.get("LOVE_MARKET_INSTANCE", "instance")).absolute()
        instance.mkdir(parents=True, exist_ok=True)
        port = _port(environment.get("PORT", "8000"))
        base_url = environment.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
        if not _ADDRESS.fullmatch(base_url):
            raise Invalid(words("BASE_URL 要写成 https://网址 的样子，后面不带路径，现在是“{value}”。"), value=base_url)
        return cls(
            database_url=database_url
            or environment.get("DATABASE_URL")
            or f"sqlite:///{(instance / 'love_market.sqlite3').as_posix()}",
            secret_key=environment.get("SECRET_KEY") or _secret_in(instance),
            instance=instance,
            base_url=base_url,
            port=port,
            https=base_url.lower().startswith("https:"),
            log_format=environment.get("LOG_FORMAT", ""),
            log_file=Path(environment["LOG_FILE"]).absolute() if environment.get("LOG_FILE") else None,
            metrics_token=environment.get("METRICS_TOKEN", ""),
        )

    def __post_init__(self) -> None:
        if len(self.secret_key) < _SHORTEST_SECRET:
            raise Invalid(words("SECRET_KEY 太短，至少要 {count} 个字符。"), count=_SHORTEST_SECRET)
        if self.metrics_token and len(self.metrics_token) < _SHORTEST_SECRET:
            raise Invalid(words("METRICS_TOKEN 太短，至少要 {count} 个字符。"), count=_SHORTEST_SECRET)
        if self.log_format not in {"", "json"}:
            raise Invalid(words("LOG_FORMAT 只能是 json，或者不写，现在是“{value}”。"), value=self.log_format)


def _port(text: str) -> int:
    highest = 65535
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= highest:
        raise Invalid(words("PORT 要是 1 到 65535 的整数，现在是“{value}”。"), value=text)
    return int(text)


def _secret_in(instance: Path) -> str:
    """Return the installation's secret, made once and kept beside the database, readable by its owner only."""
    path = instance / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
