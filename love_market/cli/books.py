"""The books from the shell."""

import sys

import click
from tqdm import tqdm

from love_market.cli.doors import DATABASE, opened
from love_market.db import reading
from love_market.ledger.verify import verify
from love_market.places import queries as places
from love_market.reports import rollups


@click.group()
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
            wrong = rollups.fault(session, market_id) if verdict.fault is None else None
            if wrong is not None:
                broken = True
                click.echo(f"{name}\t{wrong}\tverified: false")
            elif verdict.fault is None:
                click.echo(f"{name}\t{verdict.entries} entries\thead {verdict.head_hash}\tverified: true")
            else:
                broken = True
                place = "—" if verdict.fault.number is None else verdict.fault.number
                click.echo(f"{name}\tentry {place}: {verdict.fault.what}\tverified: false")
        sys.exit(1 if broken else 0)
