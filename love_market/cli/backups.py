"""Backups from the shell: made, restored, drilled."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click
from sqlalchemy.exc import ArgumentError, DBAPIError
from tqdm import tqdm

from love_market.cli.doors import DATABASE
from love_market.clock import VILLAGE_TIME, utc_now, village_time
from love_market.config import Settings
from love_market.errors import LoveMarketError
from love_market.upkeep.files import Busy, explained

if TYPE_CHECKING:
    from love_market.upkeep.restore import Wanted

_Words = ParamSpec("_Words")
PLACE = click.Path(path_type=Path)
KEY = click.option(
    "--key",
    "key_file",
    type=PLACE,
    envvar="LOVE_MARKET_BACKUP_KEY",
    metavar="FILE",
    help="钥匙文件；备份只要 .pub 那一个。",
)


@contextmanager
def bar(name: str, total: int | None, unit: str, /) -> Iterator[Callable[[int], object]]:
    """Show how far a step is, on standard error, where somebody watches."""
    with tqdm(
        desc=name, total=total, unit=unit, unit_scale=unit == "B", file=sys.stderr, disable=None, leave=False
    ) as shown:
        yield shown.update


def in_a_sentence(command: Callable[_Words, None]) -> Callable[_Words, None]:
    """End a command whose work failed with one sentence and status 1."""

    @wraps(command)
    def wrapped(*args: _Words.args, **kwargs: _Words.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except LoveMarketError as error:
            raise click.ClickException(str(error)) from error
        except ArgumentError as error:
            raise click.ClickException(f"数据库的地址看不懂：{error}") from error
        except DBAPIError as error:
            raise click.ClickException(f"数据库打不开：{str(error.orig).strip()}") from error
        except OSError as error:
            raise click.ClickException(str(explained(error))) from error

    return wrapped


@click.command("backup")
@click.option("--to", "to", type=PLACE, metavar="DIR", help="备份放在哪个文件夹：优盘、另一台机器的盘。")
@KEY
@DATABASE
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="做完以后，只留最新的 N 份。")
@click.option(
    "--keep-days", type=click.IntRange(min=1), metavar="DAYS", help="做完以后，只留这些天以内的；最新一份总是留着。"
)
@click.option("--photos-only", is_flag=True, help="只存照片：WAL 一直在归档的县，两次备份之间用。")
@click.option("--new-key", type=PLACE, metavar="FILE", help="做一把新钥匙，印出抄在纸上的样子；别的什么也不做。")
@click.option("--key-from-paper", type=PLACE, metavar="FILE", help="照纸上的重打一把钥匙；别的什么也不做。")
@in_a_sentence
def backup(
    to: Path | None,
    key_file: Path | None,
    database: str,
    keep: int | None,
    keep_days: int | None,
    *,
    photos_only: bool,
    new_key: Path | None,
    key_from_paper: Path | None,
) -> None:
    """备份整套账：账本、密钥、照片，加密；不用关门。做完才算数，半途断了什么也不留下。"""
    from love_market.upkeep import backup as work
    from love_market.upkeep.keys import read_keys
    from love_market.upkeep.retention import prune
    from love_market.upkeep.store import Store

    if new_key or key_from_paper:
        _make_key(new_key, key_from_paper)
        return
    if to is None or key_file is None:
        raise click.UsageError(
            "要写 --to 文件夹 和 --key 钥匙文件。还没有钥匙，先做一把：love-market backup --new-key 文件名。"
        )
    settings, keys = Settings.from_environment(database_url=database), read_keys(key_file)
    if photos_only:
        with suppress(Busy):  # whose backup saves them then
            click.echo(f"新存照片 {work.back_up_photos(settings, to, keys, bar).new} 张")
        return
    made = work.back_up(settings, to, keys, bar)
    gone = prune(Store(to), utc_now(), keep=keep, keep_days=keep_days)
    for warning in made.warnings:
        click.echo(f"注意：{warning}", err=True)
    header = made.backup.header
    click.echo(
        f"{header.id}\t{header.markets} 家超市\t{header.entries} 笔\t照片 {header.photos} 张（新 {made.new_photos}）\t"
        f"{header.books_bytes / 1_048_576:.1f} MB\t{made.seconds:.1f} s"
    )
    if gone.backups:
        click.echo(f"旧备份收走 {gone.backups} 份，日志 {gone.segments} 段")


def _make_key(new: Path | None, copied: Path | None) -> None:
    from love_market.upkeep.keys import key_from_paper, new_key

    if new is not None:
        paper = new_key(new)
        click.echo(f"钥匙在 {new}（能锁也能开，锁进柜子）和 {new}.pub（只能锁，放在服务器上）。")
        click.echo("请把下面几行抄在纸上，和钥匙分开放。钥匙和纸都丢了，备份谁也打不开。\n")
        click.echo(paper)
    if copied is not None:
        click.echo("一行一行照着抄，最后敲一个空行：", err=True)
        lines = list(iter(lambda: click.prompt("", default="", show_default=False, prompt_suffix="> ", err=True), ""))
        key_from_paper(copied, lines)
        click.echo(f"钥匙抄好了，在 {copied}。")


@click.command("restore")
@click.option("--from", "place", type=PLACE, required=True, metavar="DIR", help="备份的文件夹，或者里面的某一份。")
@KEY
@click.option("--instance", type=PLACE, metavar="DIR", help="恢复到哪个文件夹，默认 LOVE_MARKET_INSTANCE 或 instance。")
@click.option("--data", type=PLACE, metavar="DIR", help="PostgreSQL 的备份：新的数据目录放在哪里。")
@click.option("--until", "until_text", metavar="TIME", help="回到哪一刻，如 '2026-09-30 10:15'（北京时间）；默认最后。")
@click.option("--replace", is_flag=True, help="换掉已有的文件夹；旧的留在旁边。")
@click.option("--without-lost-photos", is_flag=True, help="照片缺了、坏了也恢复，缺的就不要了。")
@in_a_sentence
def restore(
    place: Path,
    key_file: Path | None,
    instance: Path | None,
    data: Path | None,
    until_text: str | None,
    *,
    replace: bool,
    without_lost_photos: bool,
) -> None:
    """从备份恢复：先在旁边拼好、把账从头核对一遍，全对了才换上；有一处不对，什么也不动。"""
    from love_market.upkeep.restore import restore as bring_back

    target = instance or Path(os.environ.get("LOVE_MARKET_INSTANCE") or "instance")
    wanted = _wanted(place, key_file, _time(until_text), without_lost_photos=without_lost_photos)
    click.echo(f"恢复 {wanted.backup.header.id}（做完于 {_shown(wanted.backup.header.finished)}）……", err=True)
    restored = bring_back(wanted, target, data, bar, replace=replace)
    held = restored.held
    newest = "还没有账" if held.proof.newest_at is None else f"最后一笔 {_shown(held.proof.newest_at)}"
    click.echo(f"核对过了：{held.proof.markets} 家超市，{held.proof.entries} 笔，{newest}，照片 {held.photos} 张。")
    if held.lost_photos:
        click.echo(f"缺了照片 {held.lost_photos} 张。", err=True)
    for path in restored.before:
        click.echo(f"原来的留在 {path}，看好了再删。")
    if data is None:
        click.echo(f"可以开门了：LOVE_MARKET_INSTANCE={target.absolute()} love-market run")
    else:
        click.echo(
            f"可以接管了：数据目录 {data.absolute()}，照片和密钥 {target.absolute()}。怎么接，见 deploy/backup.md。"
        )


@click.command("drill")
@click.option("--from", "place", type=PLACE, required=True, metavar="DIR", help="备份的文件夹。")
@KEY
@DATABASE
@click.option("--scratch", type=PLACE, default=tempfile.gettempdir, metavar="DIR", help="在哪里拼，用完就收。")
@click.option("--log", type=PLACE, metavar="FILE", help="每次添一行 JSON 的文件，默认在备份的文件夹里。")
@click.option("--rpo-at-most", type=float, metavar="SECONDS", help="少掉的账比这还久，就算没过。")
@click.option("--rto-at-most", type=float, metavar="SECONDS", help="恢复比这还慢，就算没过。")
@in_a_sentence
def drill(
    place: Path,
    key_file: Path | None,
    database: str,
    scratch: Path,
    log: Path | None,
    rpo_at_most: float | None,
    rto_at_most: float | None,
) -> None:
    """演练：把最新的备份真的恢复一遍、核对、计时、收走；说会少掉多久的账（RPO）、要多久才能开门（RTO）。"""
    from love_market.upkeep.drill import drill as rehearse
    from love_market.upkeep.drill import write_down

    settings = Settings.from_environment(database_url=database)
    drilled = rehearse(lambda: _wanted(place, key_file, None), settings.database_url, scratch, bar)
    drilled = drilled.judged(rpo_at_most, rto_at_most)
    write_down(drilled, log or place / "drills.jsonl")
    click.echo(drilled.line())
    sys.exit(0 if drilled.ok else 1)


def _wanted(
    place: Path, key_file: Path | None, until: datetime | None, *, without_lost_photos: bool = False
) -> "Wanted":
    from love_market.upkeep.keys import opening_keys
    from love_market.upkeep.restore import Wanted
    from love_market.upkeep.store import find_backup
    from love_market.web.assets import migrations_dir

    if key_file is None:
        raise click.UsageError("要写 --key 钥匙文件：没有 .pub 的那一个。")
    keys = opening_keys(key_file)
    return Wanted(find_backup(place, until), keys.identities, _migrate, migrations_dir(), until, without_lost_photos)


def _migrate(database_url: str, secret_key: str, instance: Path) -> None:
    from love_market.app import create_app
    from love_market.db import db
    from love_market.upkeep.migrating import migrate as upgrade

    with create_app(Settings(database_url, secret_key, instance)).app_context():
        upgrade()
        db.engine.dispose()


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"--until 要写成 2026-09-30 10:15 的样子，现在是“{text}”。") from error
    return at if at.tzinfo else at.replace(tzinfo=VILLAGE_TIME)


def _shown(at: datetime) -> str:
    return f"{village_time(at):%Y-%m-%d %H:%M:%S}"


BACKUPS = (backup, restore, drill)
"""The commands of this file."""
