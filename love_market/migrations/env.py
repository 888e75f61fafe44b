"""Runs migrations on the running application's engine."""

from alembic import context

from love_market.appraisals import models as _appraisals  # noqa: F401 each room's tables join the metadata
from love_market.boards import models as _boards  # noqa: F401
from love_market.counter import models as _counter  # noqa: F401
from love_market.counter.slips import models as _slips  # noqa: F401
from love_market.db import Base, db
from love_market.deeds import models as _deeds  # noqa: F401
from love_market.ledger import models as _ledger  # noqa: F401
from love_market.people import models as _people  # noqa: F401
from love_market.places import models as _places  # noqa: F401
from love_market.stock import models as _stock  # noqa: F401
from love_market.tills import models as _tills  # noqa: F401
from love_market.vouchers import models as _vouchers  # noqa: F401


def run() -> None:
    """Migrate in one transaction that may write."""
    engine = db.engine.execution_options(writes=True)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run()
