"""A county's quarter close from the shell."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from tqdm import tqdm

from love_market.app import create_app
from love_market.cli.doors import DATABASE, QUARTER, opened
from love_market.clock import Quarter, utc_now
from love_market.config import Settings
from love_market.county import folder, queries, workers
from love_market.county.rules import ONLY_THE_CHAIR, ClosePlan, Ending, NotAsChairs, Outcome
from love_market.db import reading
from love_market.places import queries as places

FOLDER = click.Path(file_okay=False, path_type=Path)
_INTERRUPTED = 130


@click.command("close-quarter")
@QUARTER
@DATABASE
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="纸张放这里，每村一个文件夹。"
)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="同时办几家超市，一核一家。")
@click.option("--village", "codes", multiple=True, metavar="CODE", help="只办这个村；可以写几次。默认全县。")
@click.option("--as-chairs", is_flag=True, help="由程序代演各村主任的认定；只有演示的数据库可以。")
def close_quarter(
    quarter_text: str,
    database: str,
    out: Path,
    jobs: int,
    codes: Sequence[str],
    as_chairs: bool,  # noqa: FBT001
) -> None:
    """全县季度结算：主任认定过的村，发券、排印积分券和领取签字表；没到这一步的村说明原因。

    中途断电、按 Ctrl+C 都不要紧：再运行同样的命令，接着办，办过的不重办。有村子没办成就以 1 结束。
    """
    with opened(database) as settings:
        quarter = Quarter.parse(quarter_text)
        with reading() as session:
            markets = queries.by_market(session, codes)
            if as_chairs and not places.is_demonstration(session):
                raise NotAsChairs(ONLY_THE_CHAIR)
        _check_known(codes, markets)
        plan = ClosePlan(
            quarter,
            folder.begin(out, quarter, utc_now()),
            out,
            settings.base_url,
            settings.secret_key,
            as_chairs,
        )
    outcomes = _close(plan, markets, settings, jobs)
    folder.finish(out, quarter, plan.at, outcomes)
    _tell(outcomes)


def enter(settings: Settings) -> None:
    """Open the application in a worker's process, for as long as it lives."""
    create_app(replace(settings, database_url=by_index(settings.database_url))).app_context().push()


def by_index(database_url: str) -> str:
    """Return the address of a database whose server is to find rows by index only, where that is PostgreSQL.

    It checks foreign keys by plans that it makes once a connection. In a county's first close they are made while
    the tables are small, and reading all of a small table is cheapest; kept while it grows by hundreds of thousands of
    rows, such a plan makes each village slower than the one before, up to twentyfold.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return database_url
    said = url.query.get("options", "")
    options = f"{said if isinstance(said, str) else ' '.join(said)} -cenable_seqscan=off".strip()
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def _check_known(codes: Sequence[str], markets: Sequence[workers.Market]) -> None:
    unknown = set(codes) - {one.code for market in markets for one in market}
    if unknown:
        raise click.ClickException(f"没有超市管这个村：{'、'.join(sorted(unknown))}")


def _close(plan: ClosePlan, markets: Sequence[workers.Market], settings: Settings, jobs: int) -> list[Outcome]:
    """Close all, showing how far it is; Ctrl-C lets the villages in hand be finished and then ends the command."""
    outcomes: list[Outcome] = []
    total = sum(map(len, markets))
    with tqdm(total=total, desc="结算", unit="村", file=sys.stderr, disable=None, leave=False) as bar:
        try:
            for closed in workers.close_all(plan, markets, partial(enter, settings), jobs=jobs):
                outcomes += closed.outcomes
                bar.update(len(closed.outcomes))
        except KeyboardInterrupt:
            bar.close()
            click.echo(f"停下了，办了 {len(outcomes)} 个村，共 {total} 个。再运行同样的命令，接着办。", err=True)
            sys.exit(_INTERRUPTED)
    return sorted(outcomes, key=lambda one: one.village_code)


def _tell(outcomes: Sequence[Outcome]) -> None:
    of = {ending: [one for one in outcomes if one.ending is ending] for ending in Ending}
    closed = of[Ending.CLOSED]
    vouchers, points = sum(one.vouchers for one in closed), sum(one.points for one in closed)
    click.echo(f"办好 {len(closed)} 个村：{vouchers} 张券，{points} 分。")
    _list("等着的", of[Ending.WAITING])
    _list("没办成的", of[Ending.FAILED])
    if of[Ending.FAILED]:
        click.echo("没办成的村，弄好以后再运行同样的命令，只办剩下的。", err=True)
        sys.exit(1)


def _list(title: str, outcomes: Iterable[Outcome]) -> None:
    for index, one in enumerate(outcomes):
        if not index:
            click.echo(f"{title}：")
        click.echo(f"  {one.village_code}\t{one.village_name}\t{one.said}")
