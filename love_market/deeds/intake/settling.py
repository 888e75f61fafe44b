"""What a new version of the rules is made from: the catalogue the program brings along, and drafts. Pure."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from importlib import resources

from love_market.deeds.rules import (
    CATEGORIES,
    LONGEST_EVIDENCE,
    LONGEST_FAMILY,
    LONGEST_NAME,
    LONGEST_UNIT,
    MOST_POINTS,
    MOST_POINTS_A_UNIT,
    MOST_RULES,
    MOST_VETO_DAYS,
    PENALTY,
    PERIODS,
    VETO,
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
                family=row["family"],
            )
            for row in csv.DictReader(file)
        )


def settle(drafts: Iterable[RuleDraft]) -> list[RuleDraft]:
    """Return a version's rules trimmed, checked and with codes, vetoes last; raise ``RuleWrong`` or ``RuleTwice``."""
    settled: list[RuleDraft] = []
    seen: set[str] = set()
    for draft in drafts:
        rule = _settled(draft)
        for key in (plain(rule.name), f"code {rule.code}"):
            if key in seen:
                raise RuleTwice(words("“{name}”写了两遍，请删掉一条或换个名字。"), name=rule.name)
            seen.add(key)
        settled.append(rule)
    settled.sort(key=lambda rule: rule.category == VETO)
    if not any(rule.category != VETO for rule in settled):
        raise RuleWrong(words("细则里一条计分的也没有。请至少写一条。"))
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
        family=" ".join(draft.family.split()),
        code=draft.code.strip() or "own-" + hashlib.sha256(plain(name).encode()).hexdigest()[:12],
    )
    if not plain(name) or len(name) > LONGEST_NAME:
        raise RuleWrong(words("名称“{name}”要有 1 到 {count} 个字。"), name=name[:40], count=LONGEST_NAME)
    if len(rule.evidence) > LONGEST_EVIDENCE:
        raise RuleWrong(words("“{name}”的凭据写得太长，最多 {count} 个字。"), name=name, count=LONGEST_EVIDENCE)
    if rule.category == VETO:
        return _settled_veto(rule)
    if rule.category not in CATEGORIES:
        raise RuleWrong(
            words("“{name}”的类别“{category}”没有，请从九类和一票否决里选。"), name=name, category=rule.category
        )
    if rule.veto_days is not None:
        raise RuleWrong(words("“{name}”不是一票否决，不写几天后解除。"), name=name)
    if not rule.unit_name or len(rule.unit_name) > LONGEST_UNIT:
        raise RuleWrong(
            words("“{name}”要写按什么计，比如 次、月、半天，最多 {count} 个字。"), name=name, count=LONGEST_UNIT
        )
    if len(rule.family) > LONGEST_FAMILY or (rule.family and rule.category == PENALTY):
        raise RuleWrong(
            words("“{name}”的“只计最高”写的是哪一类奖，最多 {count} 个字；扣分项不用写。"),
            name=name,
            count=LONGEST_FAMILY,
        )
    _check_points(rule)
    return rule


def _settled_veto(rule: RuleDraft) -> RuleDraft:
    if type(rule.veto_days) is not int or not 1 <= rule.veto_days <= MOST_VETO_DAYS:
        raise RuleWrong(
            words("“{name}”是一票否决，要写几天后解除，1 到 {most} 天。"), name=rule.name, most=MOST_VETO_DAYS
        )
    if rule.points or rule.cap_points is not None or rule.cap_period is not None or rule.family:
        raise RuleWrong(
            words("“{name}”是一票否决，只管评星级文明户，不写分、封顶和只计最高；要扣分，请另写一条扣分项。"),
            name=rule.name,
        )
    return replace(rule, unit_name="")


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


def same_rule(standing: Iterable[RuleDraft], rule: RuleDraft) -> RuleDraft | None:
    """Return which rule of what stands one of elsewhere is: by its code or its name."""
    return next((known for known in standing if rule.code == known.code or plain(rule.name) == plain(known.name)), None)


def merged(standing: Iterable[RuleDraft], picked: Iterable[RuleDraft]) -> list[RuleDraft]:
    """Return what stands with rules that were picked elsewhere: each takes its code's or name's place, or is added."""
    drafts = list(standing)
    for rule in picked:
        same = same_rule(drafts, rule)
        if same is None:
            drafts.append(rule)
        else:
            drafts[drafts.index(same)] = replace(rule, code=same.code)
    return drafts
