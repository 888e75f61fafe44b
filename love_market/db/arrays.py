"""Lists sent to PostgreSQL: whole columns of ids, numbers and words, written at one go.

The driver writes a list item by item and asks of each whether it must be quoted, which is most of what thousands of
rows cost. Ids and numbers never must; words are asked all together; and what is the same in all rows is written once.
"""

import re
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

# What PostgreSQL reads as more than itself inside an array.
_QUOTED = re.compile(r'[{}"\\\s]')


class ColumnDumper(ListDumper):
    """Writes a list of equal values, ids, numbers or plain words; every other list as the driver does."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """Return the list as PostgreSQL reads an array."""
        if len(obj) > 1 and not isinstance(obj[0], list) and all(one is obj[0] for one in obj):
            only = bytes(super().dump(obj[:1]) or b"{}")[1:-1]
            return b"{" + b",".join([only] * len(obj)) + b"}"
        kinds = set(map(type, obj))
        if kinds == {UUID}:
            return f"{{{','.join([one.hex for one in obj])}}}".encode()
        if kinds == {int}:
            return f"{{{','.join(map(str, obj))}}}".encode()
        if kinds == {str} and _is_plain(obj, told := ",".join(obj)):
            return f"{{{told}}}".encode()
        return super().dump(obj)


def _is_plain(listed: list[str], told: str) -> bool:
    """Whether no word of a list needs quotes: none is empty or NULL, none holds a comma or what ``_QUOTED`` says."""
    return (
        not _QUOTED.search(told)
        and told.count(",") == len(listed) - 1
        and "" not in listed
        and "NULL" not in told.upper()
    )


def register(connection: Connection[Any]) -> None:
    """Let a connection write its lists this way."""
    connection.adapters.register_dumper(list, ColumnDumper)
