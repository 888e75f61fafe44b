"""The ``love-market`` command: thin, every act goes through the same services as the pages."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from flask_migrate import upgrade
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from tqdm import tqdm

from love_market.app import create_app
from love_market.appraisals.intake import score_lines
from love_market.clock import Quarter, utc_now
from love_market.config import Settings
from love_market.db import db, new_id, reading, transaction
from love_market.errors import LoveMarketError
from love_market.ledger.verify import verify
from love_market.people import queries as people_queries
from love_market.people import service as people
from love_market.people.intake import roster_lines
from love_market.people.rules import Role
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.places.queries import PlaceRecord
from love_market.plays import acts, demonstration, imports, quarter, stage

_Thing = TypeVar("_Thing")
DATABASE = click.option("--database", default="", metavar="URL", help="数据库，默认 instance/ 里的 SQLite。")
VILLAGE = click.option("--village", "village_code", required=True, metavar="CODE", help="村的区划代码，12 位。")
QUARTER = click.option("--quarter", "quarter_text", required=True, metavar="2026Q3", help="季度。")
WORKBOOK = click.Path(exists=True, dir_okay=False, path_type=Path)
COUNTY = "140221"


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


@click.group()
@click.version_option(package_name="love_market")
def main() -> None:
    """爱心超市：一个村的好事、积分和货架。"""


@main.command()
@DATABASE
def migrate(database: str) -> None:
    """把数据库升到这一版的表。"""
    with opened(database):
        click.echo("数据库已是最新。")


@main.command()
@DATABASE
@click.option("--name", prompt="第一位县级查看人员的姓名")
@click.option("--sign-in-name", prompt="登录名")
@click.password_option(prompt="密码（至少 10 位）", confirmation_prompt="再输一次")
def init(database: str, name: str, sign_in_name: str, password: str) -> None:
    """开一个正式的数据库：只有县乡村的名录和第一位县级查看人员，没有别的人。"""
    with opened(database), transaction() as session:
        at = utc_now()
        stage.begin(session, at)
        places_service.install(session, demonstration=False, at=at)
        if people_queries.staff_at(session, COUNTY):
            raise click.ClickException("这个数据库早就开好了，不用再来一次。用已有的县级账号登录，在“工作人员”里加人。")
        people.add_staff(
            session,
            name=name,
            sign_in_name=sign_in_name,
            password=password,
            grants=[(COUNTY, Role.COUNTY_OVERSEER)],
            at=at,
            key=new_id(),
        )
        click.echo(f"好了，“{sign_in_name}”可以登录了。下一步给村里开超市：love-market open-market")


@main.command("open-market")
@DATABASE
@click.option("--village", "wanted", multiple=True, metavar="CODE", help="村名或 12 位区划代码；管几个村就写几次。")
@click.option("--name", default="", help="超市的名字，默认“某某村爱心超市”。")
def open_market(database: str, wanted: Sequence[str], name: str) -> None:
    """给一个村（或几个村）开爱心超市：有账本、积分细则和常用货单，还没有人、没有货、没有分。"""
    with opened(database), transaction() as session:
        at = utc_now()
        stage.begin(session, at)
        villages = [village_of(session, text) for text in wanted or (click.prompt("给哪个村开超市（村名或区划代码）"),)]
        guard = stage.open_shop(session, [village.code for village in villages], name=name, at=at)
        goods = stage.fill_shelf_list(session, guard, at=at)
        click.echo(f"{places.market_name(session, guard.market_id)}开着了，货单上添了 {goods} 样常用的货。")


@main.command()
@DATABASE
@click.option("--threads", default=8, show_default=True, help="同时应答多少个请求。")
def run(database: str, threads: int) -> None:
    """开门：没有数据就先放一个演示村，然后在本机提供网页。"""
    from waitress import serve

    with opened(database) as settings:
        is_demonstration = demonstration.load_if_empty(settings, click.echo, progress)
        click.echo(f"\n爱心超市开门了：{settings.base_url}\n")
        for line in demonstration.sign_in_lines(settings.base_url) if is_demonstration else ():
            click.echo(line)
        click.echo("按 Ctrl+C 关门。")
    try:
        serve(create_app(settings), host="127.0.0.1", port=settings.port, threads=threads, ident="love-market")
    except OSError as error:
        raise click.ClickException(f"{settings.port} 端口用不了，多半被占了。换一个：PORT=8080（{error}）") from error


@main.command("play-quarter")
@VILLAGE
@QUARTER
@DATABASE
@click.option("--roster", required=True, type=WORKBOOK, help="农户花名册。")
@click.option("--scores", required=True, type=WORKBOOK, help="积分评定表。")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="纸张和小结放这里。")
def play_quarter(village_code: str, quarter_text: str, database: str, roster: Path, scores: Path, out: Path) -> None:
    """把一个季度从头到尾走一遍：入册、评分、评议、公示、认定、发券、进货、兑换、撤销、盘点、核对。"""
    with opened(database) as settings:
        with transaction() as session:
            if places.is_demonstration(session) is None:
                places_service.install(session, demonstration=True, at=utc_now())
        plan = quarter.Play(village_code, Quarter.parse(quarter_text), roster, scores, out, settings)
        summary = quarter.play(plan, click.echo, progress)
        click.echo(f"{out / 'summary.json'}  verified: {str(summary.verified).lower()}")


@main.command("import-roster")
@VILLAGE
@DATABASE
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写。")
@click.argument("file", type=WORKBOOK)
def import_roster(village_code: str, database: str, dry_run: bool, file: Path) -> None:  # noqa: FBT001
    """导入农户花名册，逐行说明；有没收的行就以 1 结束。"""
    with opened(database):
        at = utc_now()
        with transaction() as session:
            stage.begin(session, at)
            guard = stage.ready_village(session, village_code, at=at)
            plan = imports.take_roster(session, guard, file, at=at)
            if dry_run:
                session.rollback()
        tell(roster_lines(plan), refused=plan.refused)


@main.command("import-scores")
@VILLAGE
@QUARTER
@DATABASE
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写。")
@click.option("--new-rules/--no-new-rules", default=True, help="没有对应细则的列要不要立成本季的新细则。")
@click.argument("file", type=WORKBOOK)
def import_scores(
    village_code: str,
    quarter_text: str,
    database: str,
    dry_run: bool,  # noqa: FBT001
    new_rules: bool,  # noqa: FBT001
    file: Path,
) -> None:
    """导入积分评定表，逐行说明；有没收的行就以 1 结束。"""
    with opened(database):
        of, at = Quarter.parse(quarter_text), utc_now()
        with transaction() as session:
            stage.begin(session, at)
            guard = stage.ready_village(session, village_code, at=at)
            acts.ready_quarter(session, guard, of, at=at)
            plan = imports.take_scores(session, guard, of, file, at=at, new_rules=new_rules)
            if dry_run:
                session.rollback()
        tell(score_lines(plan), refused=plan.refused)


@main.group()
def books() -> None:
    """账本。"""


@books.command("verify")
@DATABASE
def verify_books(database: str) -> None:
    """把每家超市的账从第一笔重算一遍；有一处不对就说出第几笔，并以 1 结束。"""
    with opened(database), reading() as session:
        broken = False
        for market_id in places.market_ids(session):
            name = places.market_name(session, market_id)
            with tqdm(desc=name, unit="笔", file=sys.stderr, disable=None, leave=False) as bar:
                verdict = verify(session, market_id, bar.update)
            if verdict.fault is None:
                click.echo(f"{name}\t{verdict.entries} entries\thead {verdict.head_hash}\tverified: true")
            else:
                broken = True
                place = "—" if verdict.fault.number is None else verdict.fault.number
                click.echo(f"{name}\tentry {place}: {verdict.fault.what}\tverified: false")
        sys.exit(1 if broken else 0)


def open_database() -> None:
    """Bring the database to this version's tables; end the command where it cannot be opened."""
    try:
        upgrade()
    except DBAPIError as error:
        raise click.ClickException(f"数据库打不开：{error.orig}") from error


def village_of(session: Session, text: str) -> PlaceRecord:
    """Return the one village of this name or code; end the command where there is none, or more than one."""
    found = places.villages_named(session, text.strip()) if text.strip() else []
    if len(found) == 1:
        return found[0]
    for one in found:
        click.echo(f"  {one.code}\t{one.name}", err=True)
    raise click.ClickException(f"“{text}”对得上 {len(found)} 个村，请写 12 位区划代码。")


def tell(lines: Iterable[str], *, refused: int) -> None:
    """Print a preview; end with status 1 where something was refused."""
    for line in lines:
        click.echo(line)
    if refused:
        sys.exit(1)


def progress(things: Sequence[_Thing], name: str) -> Iterable[_Thing]:
    """Show how far a long step is, on standard error, where somebody watches."""
    return tqdm(things, desc=name, file=sys.stderr, disable=None, leave=False)
