"""What all applications of a run make alike is made once in a process: routes, templates and statements compiled.

A test's application is a new one from ``create_app`` all the same; compiling took three quarters of its first page.
"""

from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_compile = Rule.compile
_COMPILED = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
_rules: dict[tuple[object, ...], dict[str, Any]] = {}
_statements: LRUCache[Any, Any] = LRUCache(2000)


def compile_once() -> None:
    """From here on, for every application and every engine of this process."""
    Rule.compile = _compile_once  # type: ignore[method-assign, assignment]
    Flask.jinja_options = {"bytecode_cache": Templates()}
    # SQLAlchemy keeps what a statement comes to with its dialect, of which each engine has its own.
    DefaultDialect.__hash__ = lambda dialect: hash(_kind(dialect))  # type: ignore[method-assign, assignment]
    DefaultDialect.__eq__ = lambda dialect, other: _kind(dialect) == _kind(other)  # type: ignore[method-assign]
    DefaultDialect.engine_created = staticmethod(_keep_statements)  # type: ignore[method-assign]


def _compile_once(rule: Rule) -> None:
    """Give a rule what it comes to, which depends on nothing but the rule as it was written."""
    key = (rule.rule, rule.endpoint, repr(rule.defaults), rule.subdomain, rule.host)
    if key not in _rules:
        _compile(rule)
        _rules[key] = {name: getattr(rule, name) for name in _COMPILED}
    vars(rule).update(_rules[key])


class Templates(BytecodeCache):
    """Compiled templates, each known by its name and its source."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


def _kind(dialect: object) -> tuple[object, ...]:
    return type(dialect), getattr(dialect, "paramstyle", None)


def _keep_statements(engine: Engine) -> None:
    engine.update_execution_options(compiled_cache=_statements)
