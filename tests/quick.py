"""What every application of a run would make anew and alike is made once in a process: routes and templates compiled.

A test's application is a new one from ``create_app`` all the same; compiling took three quarters of its first page.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_builder_of_rule = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., Any]] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002 as Werkzeug's
    """Return what builds a rule's addresses, which depends on nothing but the rule as it was written."""
    key = (rule.rule, rule.endpoint, repr(rule.defaults), repr(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _builder_of_rule(rule, append_unknown)
    return _builders[key]


class Templates(BytecodeCache):
    """Compiled templates, kept as long as the process runs; Jinja sees to it that they are of the same source."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_templates = Templates()


def compile_routes_once() -> None:
    """From here on, for every application of this process."""
    Rule._compile_builder = _compiled_once  # type: ignore[method-assign, assignment]


def compile_templates_once(app: Flask) -> None:
    """For this application, before its first page."""
    app.jinja_env.bytecode_cache = _templates
