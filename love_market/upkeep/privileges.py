"""What the program's role may do on PostgreSQL: everything but change or remove what is only ever added to.

That are entries and legs, and what was set at a market and when.

Privileges are the first line, the tables' triggers the second: a trigger can be switched off by whoever owns its
table, so the role that serves pages must not own any.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Dialect

from love_market.boards.models import StarListRow, StarRule, WarningSwitch
from love_market.db import Base
from love_market.errors import Invalid, Refused, words
from love_market.ledger.models import Entry, LegRow
from love_market.places.models import SettingChange

_ONLY_ADDED = (Entry, LegRow, SettingChange, StarRule, StarListRow, WarningSwitch)
APPEND_ONLY = tuple(each.__tablename__ for each in _ONLY_ADDED)
VERSION_TABLE = "alembic_version"
_ROLE = text("SELECT rolsuper, pg_has_role(oid, :table_owner, 'USAGE') FROM pg_roles WHERE rolname = :role")
_OWNER = text("SELECT tableowner FROM pg_tables WHERE schemaname = current_schema() AND tablename = :table")


class NoRoles(Invalid):
    """The database knows no roles."""


class NoSuchRole(Invalid):
    """PostgreSQL has no role of this name."""


class RoleOwnsTheBooks(Refused):
    """The role may do whatever the tables' owner may, so that nothing can be kept from it."""


def grant(connection: Connection, role: str) -> None:
    """Give a role what the program needs on the tables at the newest migration, and take the rest away.

    Asked again it changes nothing; ask again after a migration that made tables. Raises ``NoRoles`` on SQLite,
    ``NoSuchRole`` and ``RoleOwnsTheBooks``.
    """
    if connection.dialect.name != "postgresql":
        raise NoRoles(words("SQLite 没有角色：账本靠触发器守着，改不了也删不掉。--app-role 只用于 PostgreSQL。"))
    owner = connection.scalar(_OWNER, {"table": Entry.__tablename__})
    found = connection.execute(_ROLE, {"role": role, "table_owner": owner}).one_or_none()
    if found is None:
        raise NoSuchRole(words("数据库里没有角色“{role}”。请先建好：createuser {role}"), role=role)
    if any(found):
        raise RoleOwnsTheBooks(
            words(
                "角色“{role}”管得着账本的表（是表的主人“{owner}”，或是超级用户），限制不住。请另建一个普通角色给程序用。"
            ),
            role=role,
            owner=owner,
        )
    present = set(inspect(connection).get_table_names())
    for statement in statements(connection.dialect, role, present):
        connection.exec_driver_sql(statement)


def statements(dialect: Dialect, role: str, present: set[str]) -> list[str]:
    """Return what ``grant`` says to a PostgreSQL that has these tables."""
    quote = dialect.identifier_preparer.quote
    to, schema = quote(role), quote(dialect.default_schema_name or "public")
    ours = sorted(present & {*Base.metadata.tables, VERSION_TABLE})

    def listed(names: Iterable[str]) -> str:
        return ", ".join(quote(name) for name in names)

    return [
        f"REVOKE ALL ON {listed(ours)} FROM PUBLIC, {to}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {to}",
        f"GRANT USAGE ON SCHEMA {schema} TO {to}",
        f"GRANT SELECT ON {listed(ours)} TO {to}",
        f"GRANT INSERT ON {listed(name for name in ours if name != VERSION_TABLE)} TO {to}",
        f"GRANT UPDATE, DELETE ON {listed(name for name in ours if name not in (*APPEND_ONLY, VERSION_TABLE))} TO {to}",
    ]
