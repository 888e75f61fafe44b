"""What is counted beside the books, from the shell."""

import time

import click

from love_market.cli.doors import DATABASE, opened
from love_market.clock import utc_now
from love_market.db import reading, transaction
from love_market.ledger import rollups as ledger
from love_market.places import queries as places
from love_market.reports import rollups as counting


@click.group()
def rollups() -> None:
    """汇总数：在账本旁边另算，兑换不等它。"""


@rollups.command("refresh")
@DATABASE
@click.option("--every", "seconds", type=click.IntRange(min=1), help="每隔几秒再算一遍，一直算下去。")
def refresh(database: str, seconds: int | None) -> None:
    """把每家超市的汇总数接着往下算，算到现在；用完的批次收起来。"""
    with opened(database):
        while True:
            click.echo(f"{_all()} 家超市的汇总数算到了现在。")
            if seconds is None:
                return
            time.sleep(seconds)


@rollups.command("rebuild")
@DATABASE
def rebuild(database: str) -> None:
    """把汇总数全部扔掉，从第一笔重新算起。"""
    with opened(database):
        with reading() as session:
            ids = places.market_ids(session)
        for market_id in ids:
            with transaction() as session:
                ledger.throw_away(session, market_id)
        click.echo(f"{_all()} 家超市的汇总数从第一笔重新算好了。")


def _all() -> int:
    """Count every market on, each in transactions of its own; return how many there are."""
    with reading() as session:
        ids = places.market_ids(session)
    for market_id in ids:
        left = 1
        while left:
            with transaction() as session:
                left = counting.refresh(session, market_id, at=utc_now())
    return len(ids)
