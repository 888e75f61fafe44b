"""What must never be scored (domain.md §3 and §7): the words that give it away, and what the warning rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from love_market.errors import Refused, words


@dataclass(frozen=True, slots=True)
class Never:
    """A topic that is never scored: ``signs`` give it away in a rule's words, ``source`` says why in one sentence."""

    signs: tuple[str, ...]
    source: str


NEVER_SCORED: Mapping[str, Never] = {
    words("上访信访"): Never(
        ("上访", "信访", "越级", "缠访", "告状"), words("各村积分办法的调查结论：上访信访，加分扣分都不行。")
    ),
    words("宗教信仰"): Never(
        ("宗教", "信教", "信仰", "教堂", "礼拜"), words("各村积分办法的调查结论：信什么、不信什么，从不记分。")
    ),
    words("生病"): Never(
        ("生病", "患病", "疾病", "精神病", "传染病"),
        words("个人信息保护法把健康列为敏感信息，没有本人单独同意或别的合法依据不能用，更不能拿来记分。"),
    ),
    words("欠债"): Never(
        ("欠债", "欠款", "贷款", "欠费", "负债", "借款"),
        words("个人信息保护法把钱财列为敏感信息，没有本人单独同意或别的合法依据不能用，更不能拿来记分。"),
    ),
    words("生育"): Never(
        ("生育", "二孩", "三孩", "计生", "超生", "怀孕", "生孩子"),
        words("各村积分办法的调查结论：生几个孩子，从不记分。"),
    ),
    words("入户调查怎么回答"): Never(
        ("满意度", "问卷", "答卷", "入户调查", "测评", "答满意", "答“满意”"),
        words("调查见过一个村给答“满意”的加 50 分，那是花分买假话。"),
    ),
}


class NotKnowingly(Refused):
    """The draft scores what is never scored, and nobody has said that this is known."""


class Written(Protocol):
    """Anything with a rule's name and evidence."""

    @property
    def name(self) -> str:
        """The rule's name."""

    @property
    def evidence(self) -> str:
        """What is asked for as evidence."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A rule that looks like something never scored."""

    name: str
    topic: str

    @property
    def source(self) -> str:
        """What the warning rests on."""
        return NEVER_SCORED[self.topic].source


def never_scored(text: str) -> str | None:
    """Return what must never be scored that a rule's words point to, if anything."""
    return next((topic for topic, never in NEVER_SCORED.items() if any(sign in text for sign in never.signs)), None)


def warnings(rules: Iterable[Written]) -> tuple[Warned, ...]:
    """Return which rules look like something never scored, by their name or by the evidence they ask for."""
    return tuple(
        Warned(rule.name, topic)
        for rule in rules
        if (topic := never_scored(rule.name) or never_scored(rule.evidence)) is not None
    )
