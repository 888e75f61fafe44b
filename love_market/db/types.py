"""Exact column types: an id has one spelling in the database, and so has an instant."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, LargeBinary, String, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

_INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Id(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, sixteen exact bytes on SQLite (text would let ``a`` and ``A`` mean the same)."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type for a dialect."""
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 the driver's own type
        """Turn a UUID into what SQLite takes."""
        return None if value is None else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ANN401, ARG002
        """Turn what SQLite gives into a UUID."""
        return None if value is None else UUID(bytes=value)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401 as SQLAlchemy has it
        """Convert for SQLite; PostgreSQL's driver knows UUIDs itself."""
        return super().bind_processor(dialect) if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ANN401
        """Convert for SQLite; PostgreSQL's driver knows UUIDs itself."""
        return super().result_processor(dialect, coltype) if dialect.name == "sqlite" else None


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant to the microsecond; on SQLite as text with one spelling only, so no byte is idle."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type for a dialect."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Turn an aware instant into what the driver takes; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.strftime(_INSTANT_FORMAT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Turn what the driver gives into an aware UTC instant; another spelling of it raises ``ValueError``."""
        if value is None or dialect.name != "sqlite":
            return None if value is None else value.astimezone(UTC)
        instant = datetime.strptime(value, _INSTANT_FORMAT).replace(tzinfo=UTC)
        if instant.strftime(_INSTANT_FORMAT) != value:
            raise ValueError(f"not an instant as this program writes it: {value!r}")
        return instant
