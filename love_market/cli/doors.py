"""What every command stands on: an open application, the common options, how a long step is shown."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.exc import ArgumentError, DBAPIError
from tqdm import tqdm

from love_market.app import create_app
from love_market.config import Settings
from love_market.db import db
from love_market.errors import LoveMarketError
from love_market.upkeep import migrating

INSUFFICIENT_PRIVILEGE = "42501"
MEETING = click.option(
    "--meeting",
    "told",
    type=(click.DateTime(["%Y-%m-%d"]), int, int, int, int, int),
    default=None,
    metavar="日期 代表 到会 赞成 反对 弃权",
    help="通过细则的村民代表会议，比如 2026-07-02 30 26 24 1 1。",
)
_Thing = TypeVar("_Thing")
DATABASE = click.option("--database", default="", metavar="URL", help="数据库，默认 instance/ 里的 SQLite。")
VILLAGE = click.option("--village", "village_code", required=True, metavar="CODE", help="村的区划代码，12 位。")
QUARTER = click.option("--quarter", "quarter_text", required=True, metavar="2026Q3", help="季度。")
WORKBOOK = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def opened(database: str) -> Iterator[Settings]:
    """Open an application on a migrated database; an error of ours ends the command with its sentence and status 1."""
    try:
        settings = Settings.from_environment(database_url=database)
        app = create_app(settings)
        with app.app_context():
            try:
                open_database()
                yield settings
            finally:
                db.engine.dispose()
    except LoveMarketError as error:
        raise click.ClickException(str(error)) from error
    except ArgumentError as error:
        raise click.ClickException(f"数据库的地址看不懂：{error}") from error


def open_database() -> None:
    """Bring the database to this version's tables; end the command where it cannot be opened."""
    try:
        migrating.migrate()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE:
            raise click.ClickException(
                "数据库的表要先升级，这个角色改不了表。请用表的主人运行：love-market migrate --database 主人的地址"
            ) from error
        raise click.ClickException(f"数据库打不开：{error.orig}") from error


def progress(things: Sequence[_Thing], name: str) -> Iterable[_Thing]:
    """Show how far a long step is, on standard error, where somebody watches."""
    return tqdm(things, desc=name, file=sys.stderr, disable=None, leave=False)
