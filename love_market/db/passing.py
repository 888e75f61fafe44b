"""Which errors of the database pass by themselves: it is being handed over, it starts, it is asked by too many."""

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_READ_ONLY = "25006"
"""A write reached a server that only follows now: https://www.postgresql.org/docs/15/errcodes-appendix.html."""
_PASSING_STATES = {
    _READ_ONLY,
    "40001",  # serialisation failure
    "40P01",  # deadlock
    "53300",  # too many connections
    "55P03",  # a lock was not to be had in time
    "57P01",  # the server is being shut down
    "57P02",  # the server crashed
    "57P03",  # the server is starting, or only follows
    "57P05",  # an idle session was ended
}
_BROKEN_LINE = "08"


def is_passing(error: BaseException) -> bool:
    """Return whether the same request may be answered in a few seconds, without anybody putting anything right."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in _PASSING_STATES or (state or "").startswith(_BROKEN_LINE):
        return True
    if state is not None:
        return False
    # Without a state the server itself said nothing: nobody answered. SQLite has no states, and one word for waiting.
    if type(error.orig).__module__.startswith("sqlite3"):
        return "database is locked" in str(error.orig)
    return isinstance(error, OperationalError | InterfaceError)


def leave_followers(engine: Engine) -> None:
    """Let a connection whose server turned out to follow another be thrown away, with all of the pool."""

    @event.listens_for(engine, "handle_error")
    def _leave(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
            context.is_disconnect = True
