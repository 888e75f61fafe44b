"""The ``love-market`` command: thin, every act goes through the same services as the pages."""

import click

from love_market.cli.backups import BACKUPS
from love_market.cli.books import books
from love_market.cli.closing import close_quarter
from love_market.cli.installing import init, migrate, open_market, run
from love_market.cli.moving import move_markets, sql
from love_market.cli.quarters import import_roster, import_scores, play_quarter
from love_market.cli.rollups import rollups


@click.group()
@click.version_option(package_name="love_market")
def main() -> None:
    """爱心超市：一个村的好事、积分和货架。"""


COMMANDS = (
    *(migrate, init, open_market, run),
    *(play_quarter, import_roster, import_scores, close_quarter),
    *(books, rollups, move_markets, sql),
    *BACKUPS,
)
for command in COMMANDS:
    main.add_command(command)
