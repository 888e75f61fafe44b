"""What one version of the rules changes of another. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from love_market.deeds.rules import RuleDraft


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that stays under its code and reads otherwise; ``what`` are the names of the fields that differ."""

    before: RuleDraft
    after: RuleDraft
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new version adds, drops and changes."""

    added: tuple[RuleDraft, ...]
    dropped: tuple[RuleDraft, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.dropped or self.changed)


def difference(before: Sequence[RuleDraft], after: Sequence[RuleDraft]) -> Difference:
    """Compare two settled versions by code; the order of rules is no difference."""
    old = {rule.code: rule for rule in before}
    new = {rule.code: rule for rule in after}
    changed = []
    for code, rule in new.items():
        if code in old and old[code] != rule:
            names = (field.name for field in fields(RuleDraft))
            what = tuple(name for name in names if getattr(old[code], name) != getattr(rule, name))
            changed.append(Change(old[code], rule, what))
    return Difference(
        tuple(rule for code, rule in new.items() if code not in old),
        tuple(rule for code, rule in old.items() if code not in new),
        tuple(changed),
    )
