from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from love_market.clock import utc_now
from love_market.db import new_id, prepare_engine
from love_market.ledger import service
from love_market.places.models import Market


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database, without any application around it."""
    engine = create_engine(database_url).execution_options(writes=True)
    prepare_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def open_market(engine: Engine) -> Callable[[], UUID]:
    """Open one more market with its empty book."""

    def open_one() -> UUID:
        with Session(engine) as session, session.begin():
            market = Market(id=new_id(), name="虚构村爱心超市", opened_at=utc_now())
            session.add(market)
            session.flush()
            service.open_book(session, market.id)
            return market.id

    return open_one
