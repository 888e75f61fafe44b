"""The triggers that refuse to change or delete an entry or a leg, whatever the code asks for."""

from collections.abc import Sequence

TABLES = ("entry", "leg")
_SAYS = "entries and legs are append-only: correct by a reversing entry"


def statements(dialect_name: str) -> Sequence[str]:
    """Return the statements that put the triggers on, for ``sqlite`` or ``postgresql``."""
    if dialect_name == "sqlite":
        return [
            f"CREATE TRIGGER tr_{table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            for table in TABLES
            for act in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$",
        *(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in TABLES
        ),
    ]
