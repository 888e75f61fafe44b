"""Growing beyond one file from the shell: moving a village into a county's database, spreading that by market."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from tqdm import tqdm

from love_market.app import create_app
from love_market.cli.doors import DATABASE, open_database, opened
from love_market.config import Settings
from love_market.db import db, transaction
from love_market.people.rules import sign_in_name_key
from love_market.upkeep import distribute
from love_market.upkeep.move import House, Moved, markets_of, move


@click.command("move")
@DATABASE
@click.option("--to", "to_url", required=True, metavar="URL", help="县里的数据库：postgresql://用户@主机/库名。")
@click.option("--village", "villages", multiple=True, metavar="CODE", help="只搬这个村的超市；默认都搬。")
@click.option(
    "--to-instance",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="县里那一套的 instance 目录（照片和 secret_key 在里面）；默认就用这里的。",
)
@click.option("--to-secret", envvar="TO_SECRET_KEY", default="", help="县里的 SECRET_KEY；最好写在 TO_SECRET_KEY 里。")
@click.option("--address", default="", metavar="网址", help="以后到哪里登录：搬走以后，这里的网页会这样告诉大家。")
@click.option("--rename", "renames", multiple=True, metavar="旧名=新名", help="登录名和县里的人重了，给村里的换一个。")
def move_markets(
    database: str,
    to_url: str,
    villages: Sequence[str],
    to_instance: Path | None,
    to_secret: str,
    address: str,
    renames: Sequence[str],
) -> None:
    """把村里的超市整个搬进县里的数据库：账先核对，搬完再核对，一笔不差才算数；这里从此不再记账。

    先关掉村里的网页再搬。断在哪里都可以再来一次。
    """
    with opened(database) as settings:
        to, renamed = address or _place_of(to_url), _renamed(renames)
        if make_url(settings.database_url).get_backend_name() != "sqlite":
            raise click.ClickException("只能从村里的 SQLite 搬出。这个数据库不是。")
        with transaction() as source, _target(to_url, to_instance, to_secret) as target_settings:
            here = House(source, settings.secret_key, settings.instance)
            moved = _moved(here, target_settings, villages, to, renamed)
    for each in moved:
        click.echo(_line(each, to))


@click.group()
def sql() -> None:
    """给数据库管理员的 SQL：只打印，不执行。"""


@sql.command("distribute")
@click.option("--role", default="love_market", show_default=True, help="程序登录数据库用的角色。")
def print_distribution(role: str) -> None:
    """打印把表按超市分到多台机器上的 Citus 语句；由这一版的表生成，一张不漏。"""
    click.echo(distribute.script(role), nl=False)


def _moved(
    here: House, target: Settings, villages: Sequence[str], to: str, renamed: Mapping[str, str]
) -> Sequence[Moved]:
    try:
        with transaction() as session:
            there = House(session, target.secret_key, target.instance)
            chosen = markets_of(here.session, villages)
            return move(here, there, chosen, to=to, renamed=renamed, watch=_watch)
    except DBAPIError as error:
        raise click.ClickException(f"县里的数据库没有收下，什么也没有搬。弄好以后再来一次就行：{error.orig}") from error


@contextmanager
def _target(url: str, instance: Path | None, secret: str) -> Iterator[Settings]:
    """Open the county's side: its database, brought to this version's tables, with its own secret and folder."""
    if make_url(url).get_backend_name() != "postgresql":
        raise click.ClickException("--to 要写县里 PostgreSQL 的地址：postgresql://用户@主机/库名")
    environment = dict(os.environ)
    if instance is not None:
        if not secret and not (instance / "secret_key").is_file():
            raise click.ClickException(
                f"{instance} 里没有 secret_key。县里的 SECRET_KEY 在别处的话，写在 TO_SECRET_KEY 里。"
            )
        environment |= {"LOVE_MARKET_INSTANCE": str(instance), "SECRET_KEY": ""}
    if secret:
        environment["SECRET_KEY"] = secret
    settings = Settings.from_environment(environment, database_url=url)
    with create_app(settings).app_context():
        try:
            open_database()
            yield settings
        finally:
            db.engine.dispose()


@contextmanager
def _watch(name: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    with tqdm(total=total, desc=name, unit=unit, file=sys.stderr, disable=None, leave=False) as bar:
        yield bar.update


def _place_of(url: str) -> str:
    """Return what to call a database in a sentence: where it is and its name, without who signs in there."""
    there = make_url(url)
    return f"{there.host or '本机'}/{there.database}"


def _renamed(pairs: Sequence[str]) -> dict[str, str]:
    split = [pair.split("=") for pair in pairs]
    if any(len(parts) != 2 or not all(part.strip() for part in parts) for parts in split):  # noqa: PLR2004 旧名=新名
        raise click.ClickException("--rename 要写成 旧名=新名。")
    return {sign_in_name_key(old): sign_in_name_key(new) for old, new in split}


def _line(moved: Moved, to: str) -> str:
    books = f"{moved.name}\t{moved.head.number} 笔\thead {moved.head.hash}"
    if not moved.carried:
        return f"{books}\t早就在 {to} 了，账接得上"
    return f"{books}\t{moved.rows} 行\t{moved.photos} 张照片\t搬到 {to} 了"
