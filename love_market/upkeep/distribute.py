"""The conversion pass that spreads the tables by market over a distributed PostgreSQL (Citus), to be read and run.

Made from the metadata, so a new table or foreign key is in it from its first day. Sources: design §7; Citus 13,
"Creating and Modifying Distributed Objects" and "Utility Functions" (what may be converted, and that local rows stay
behind until they are truncated).
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, DropConstraint

from love_market.upkeep.privileges import APPEND_ONLY
from love_market.upkeep.tables import MARKET, foreign_keys, market_column, of_markets, reference

_HEAD = """\
-- 把爱心超市的表按超市分到多台机器上（Citus 13）。由程序按这一版的表生成：love-market sql distribute
-- 先停网页，先做一份能恢复的备份，数据库先升到这一版（love-market migrate），再在协调节点上：
--   psql -v ON_ERROR_STOP=1 -d 库名 -f 这个文件
-- 各句各自提交：中途断了，就恢复备份从头来。跑完之前不要开门。
"""


def script(role: str = "love_market") -> str:
    """Return the whole pass as SQL; ``role`` is the one the application signs in with."""
    parts = (
        ("外键先放下：表还没有都分开时，两种表之间不许有外键。", _drop_keys()),
        ("触发器放下：Citus 不分带触发器的表。只增不改由最后一步的权限守住。", _drop_triggers()),
        ("名录、人员这些大家共用的表，每台机器一份。", _make_reference()),
        ("超市按自己的编号分；别的表按 market_id 分，和它的超市在同一台机器上。", _distribute()),
        ("外键放回去：同一家超市之内，或指向大家共用的表。", _add_keys()),
        ("协调节点上剩下的旧行清掉，先清指向别人的。", _truncate()),
        ("分录只增不改：程序的角色没有改和删的权限。", _revoke(role)),
    )
    said = (
        f"-- {number}. {title}\n" + "".join(f"{line};\n" for line in lines)
        for number, (title, lines) in enumerate(parts, 1)
    )
    return "\n".join((_HEAD, *said))


def _all() -> Sequence[Table]:
    return [*reference(), *of_markets()]


def _drop_keys() -> Iterator[str]:
    for table in _all():
        for constraint in foreign_keys(table):
            yield _sql(DropConstraint(constraint))


def _drop_triggers() -> Iterator[str]:
    """Drop whatever triggers there are: they are made by migrations, so the metadata does not know them."""
    names = ", ".join(f"'{table.name}'" for table in _all())
    yield (
        "DO $$ DECLARE found record; BEGIN\n"  # noqa: S608 the names are our own tables'
        "  FOR found IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger\n"
        f"    WHERE NOT tgisinternal AND tgrelid = ANY (ARRAY[{names}]::regclass[])\n"
        "  LOOP EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.place); END LOOP;\n"
        "END $$"
    )


def _make_reference() -> Iterator[str]:
    for table in reference():
        yield f"SELECT create_reference_table('{table.name}')"


def _distribute() -> Iterator[str]:
    for table in of_markets():
        beside = "" if table.name == MARKET else f", colocate_with => '{MARKET}'"
        yield f"SELECT create_distributed_table('{table.name}', '{market_column(table).name}'{beside})"


def _add_keys() -> Iterator[str]:
    for table in _all():
        for constraint in foreign_keys(table):
            # Isolated is what only a CREATE TABLE asks about: printing must not change the metadata.
            yield _sql(AddConstraint(constraint, isolate_from_table=False))


def _truncate() -> Iterator[str]:
    for table in reversed(_all()):
        yield f"SELECT truncate_local_data_after_distributing_table('{table.name}')"


def _revoke(role: str) -> Iterator[str]:
    quoted = postgresql.dialect().identifier_preparer.quote(role)  # type: ignore[no-untyped-call]
    for name in APPEND_ONLY:
        yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {quoted}"


def _sql(element: AddConstraint | DropConstraint) -> str:
    return str(element.compile(dialect=postgresql.dialect())).strip()  # type: ignore[no-untyped-call]
