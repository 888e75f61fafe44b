"""A county that is backed up while its clerks redeem, as the role that deploy/ makes for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from love_market.config import Settings
from love_market.upkeep.facts import Facts, facts
from tests.ordeal.clerks import Acknowledged
from tests.ordeal.line import Line
from tests.ordeal.servers import Server
from tests.plays.shell import CHECKOUT
from tests.server import at
from tests.upkeep.backups.archiver import Archiving
from tests.upkeep.backups.installations import Stand


@dataclass
class County:
    """A county that was backed up while its clerks redeemed, and what they were told."""

    here: Archiving
    stand: Stand
    server: Server
    acknowledged: list[Acknowledged]
    between: tuple[datetime, Facts]

    @property
    def url(self) -> str:
        """Its database."""
        return self.stand.settings.database_url


def as_backup_role(settings: Settings, here: Archiving) -> Settings:
    """Make the role that deploy/postgresql says backups are made with; return settings that connect as it."""
    told = (CHECKOUT / "deploy" / "postgresql" / "backup-role.sql").read_text()
    told = told.replace(":'password'", "'unused'").replace(':"database"', '"county"')
    with at(here.cluster.url) as server:
        server.execute(told.encode())
    url = make_url(settings.database_url).set(username="love_market_backup")
    return replace(settings, database_url=url.render_as_string(hide_password=False))


def known_redemptions(made: Stand, server: Server) -> tuple[datetime, Facts]:
    """Redeem twice; return a moment between the two, by the server's clock, and what the books held then."""
    shop, url = made.scene.markets[0], made.settings.database_url
    line = Line(server.url, shop)
    basket = [{"good_id": shop.goods[0].id, "quantity": 1, "points_each": shop.goods[0].price}]
    asked: dict[str, object] = {"voucher_ids": [shop.vouchers[-1].id], "basket": basket}
    assert line.ask({"key": str(uuid4()), **asked})[0] == 200
    held = facts_of(url)
    with at(url) as server_line:
        row = server_line.execute("SELECT clock_timestamp(), pg_sleep(0.01)").fetchone()
    assert row is not None
    assert line.ask({"key": str(uuid4()), **asked})[0] == 200
    line.close()
    return row[0], held


def facts_of(url: str) -> Facts:
    engine = create_engine(url)
    with Session(engine) as session:
        held = facts(session)
    engine.dispose()
    return held
