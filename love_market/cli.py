"""The ``love-market`` command: thin, every act goes through the same services as the pages."""

import click

from love_market.app import create_app
from love_market.config import Settings


@click.group()
@click.version_option(package_name="love_market")
def main() -> None:
    """爱心超市：一个村的好事、积分和货架。"""


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from flask_migrate import upgrade

    app = create_app(Settings.from_environment())
    with app.app_context():
        upgrade()
