"""What a new version of the rules is made from: the catalogue the program brings along, and drafts. Pure."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from importlib import resources

from love_market.deeds.rules import (
    CATEGORIES,
    LONGEST_EVIDENCE,
    LONGEST_NAME,
    LONGEST_UNIT,
    MOST_POINTS,
    MOST_POINTS_A_UNIT,
    MOST_RULES,
    PENALTY,
    PERIODS,
    RuleDraft,
    RuleTwice,
    RuleWrong,
    plain,
)
from love_market.errors import words


def catalogue() -> list[RuleDraft]:
    """Return the rules that the program brings along (domain.md §3), as version 1 of a village's own.

    An item with several values stands as several rules. The veto (一票否决) is none of them: it bars an honour for a
    time, has no points, and must be possible to appeal.
    """
    with resources.files("love_market.deeds").joinpath("data/catalogue.csv").open(encoding="utf-8") as file:
        return settle(
            RuleDraft(
                category=row["category"],
                name=row["name"],
                points=int(row["points"]),
                unit_name=row["unit_name"],
                cap_points=int(row["cap_points"]) if row["cap_points"] else None,
                cap_period=row["cap_period"] or None,
                evidence=row["evidence"],
                code=row["code"],
            )
            for row in csv.DictReader(file)
        )


def settle(drafts: Iterable[RuleDraft]) -> list[RuleDraft]:
    """Return a version's rules trimmed, checked and with codes; raise ``RuleWrong`` or ``RuleTwice``."""
    settled: list[RuleDraft] = []
    seen: set[str] = set()
    for draft in drafts:
        rule = _settled(draft)
        for key in (plain(rule.name), f"code {rule.code}"):
            if key in seen:
                raise RuleTwice(words("“{name}”写了两遍，请删掉一条或换个名字。"), name=rule.name)
            seen.add(key)
        settled.append(rule)
    if not settled:
        raise RuleWrong(words("细则里一条也没有。请至少写一条。"))
    if len(settled) > MOST_RULES:
        raise RuleWrong(words("细则最多 {count} 条，请合并一些。"), count=MOST_RULES)
    return settled


def _settled(draft: RuleDraft) -> RuleDraft:
    name = " ".join(draft.name.split())
    rule = replace(
        draft,
        name=name,
        unit_name=draft.unit_name.strip(),
        evidence=draft.evidence.strip(),
        code=draft.code.strip() or "own-" + hashlib.sha256(plain(name).encode()).hexdigest()[:12],
    )
    if not plain(name) or len(name) > LONGEST_NAME:
        raise RuleWrong(words("名称“{name}”要有 1 到 {count} 个字。"), name=name[:40], count=LONGEST_NAME)
    if rule.category not in CATEGORIES:
        raise RuleWrong(words("“{name}”的类别“{category}”没有，请从九类里选。"), name=name, category=rule.category)
    if not rule.unit_name or len(rule.unit_name) > LONGEST_UNIT:
        raise RuleWrong(
            words("“{name}”要写按什么计，比如 次、月、半天，最多 {count} 个字。"), name=name, count=LONGEST_UNIT
        )
    if len(rule.evidence) > LONGEST_EVIDENCE:
        raise RuleWrong(words("“{name}”的凭据写得太长，最多 {count} 个字。"), name=name, count=LONGEST_EVIDENCE)
    _check_points(rule)
    return rule


def _check_points(rule: RuleDraft) -> None:
    if type(rule.points) is not int or not 0 < abs(rule.points) <= MOST_POINTS_A_UNIT:
        raise RuleWrong(
            words("“{name}”的分要是整数，不能是 0，最多 {most} 分。"), name=rule.name, most=MOST_POINTS_A_UNIT
        )
    if (rule.points < 0) != (rule.category == PENALTY):
        raise RuleWrong(words("“{name}”：扣分项的分是负数，别的类别是正数。"), name=rule.name)
    if (rule.cap_points is None) != (rule.cap_period is None):
        raise RuleWrong(words("“{name}”的封顶要么写全（分和每季、每年、每件），要么都空着。"), name=rule.name)
    if rule.cap_points is None:
        return
    if rule.cap_period not in PERIODS:
        raise RuleWrong(words("“{name}”的封顶要按每季、每年或每件。"), name=rule.name)
    if type(rule.cap_points) is not int or not abs(rule.points) <= rule.cap_points <= MOST_POINTS:
        raise RuleWrong(
            words("“{name}”的封顶写正整数，不能少于一次的 {points} 分，最多 {most} 分。"),
            name=rule.name,
            points=abs(rule.points),
            most=MOST_POINTS,
        )


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
