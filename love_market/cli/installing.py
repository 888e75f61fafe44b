"""Opening an installation: its tables, its first overseer, its markets, its pages."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from love_market.app import create_app
from love_market.cli.doors import DATABASE, opened, progress
from love_market.clock import utc_now
from love_market.db import new_id, transaction
from love_market.people import queries as people_queries
from love_market.people import service as people
from love_market.people.rules import Role
from love_market.places import queries as places
from love_market.places import service as places_service
from love_market.places.queries import PlaceRecord
from love_market.plays import demonstration, stage
from love_market.upkeep import privileges

COUNTY = "140221"


@click.command()
@DATABASE
@click.option(
    "--app-role",
    default="",
    metavar="NAME",
    help="PostgreSQL 上给网页程序用的角色：收回它改、删分录的权力（每次升级后再跑一遍）。",
)
def migrate(database: str, app_role: str) -> None:
    """把数据库升到这一版的表。"""
    with opened(database):
        if app_role:
            with transaction() as session:
                privileges.grant(session.connection(), app_role)
            click.echo(f"角色 {app_role} 只能给账本添分录，不能改，不能删。")
        click.echo("数据库已是最新。")


@click.command()
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


@click.command("open-market")
@DATABASE
@click.option("--village", "wanted", multiple=True, metavar="CODE", help="村名或 12 位区划代码；管几个村就写几次。")
@click.option("--name", default="", help="超市的名字，默认“某某村爱心超市”。")
def open_market(database: str, wanted: Sequence[str], name: str) -> None:
    """给一个村（或几个村）开爱心超市：有账本和常用货单，还没有人、没有细则、没有货、没有分。"""
    with opened(database), transaction() as session:
        at = utc_now()
        stage.begin(session, at)
        villages = [village_of(session, text) for text in wanted or (click.prompt("给哪个村开超市（村名或区划代码）"),)]
        guard = stage.open_shop(session, [village.code for village in villages], name=name, at=at)
        goods = stage.fill_shelf_list(session, guard, at=at)
        click.echo(f"{places.market_name(session, guard.market_id)}开着了，货单上添了 {goods} 样常用的货。")


@click.command()
@DATABASE
@click.option("--threads", default=4, show_default=True, help="同时应答多少个请求。")
def run(database: str, threads: int) -> None:
    """开门：没有数据就先放一个演示村，然后在本机提供网页。"""
    import logging

    from waitress import serve

    # It would say of each request that it waits for a thread, which costs as much as asking the database.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
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


def village_of(session: Session, text: str) -> PlaceRecord:
    """Return the one village of this name or code; end the command where there is none, or more than one."""
    found = places.villages_named(session, text.strip()) if text.strip() else []
    if len(found) == 1:
        return found[0]
    for one in found:
        click.echo(f"  {one.code}\t{one.name}", err=True)
    raise click.ClickException(f"“{text}”对得上 {len(found)} 个村，请写 12 位区划代码。")
