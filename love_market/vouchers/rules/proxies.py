"""Who acts for a household (代领人): how such a person is named, and for how many households one may in a day. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from love_market.errors import Invalid, Refused, words
from love_market.refusals import Fact, Facts, Refusal, Table

LONGEST_PROXY_NAME = 40
LONGEST_SIGNATURE = 4000
SIGNATURE = re.compile(r"^(M\d{1,3} \d{1,3}L\d{1,3} \d{1,3}( \d{1,3} \d{1,3})*)+$", re.ASCII)
"""Strokes on a screen of 400 by 160, as the path of an SVG picture."""
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 400, 160

COLLECT, REDEEM = "collect", "redeem"
"""What a proxy does for a household: take its vouchers, or have goods handed out for them."""

RELATIONS: Mapping[str, str] = {
    "spouse": words("配偶"),
    "child": words("子女"),
    "parent": words("父母"),
    "relative": words("亲戚"),
    "neighbour": words("邻居"),
    "grid_worker": words("网格员"),
    "other": words("其他"),
}
"""What a proxy is to the household."""


class ProxyUnclear(Invalid):
    """A proxy has no name, no relation that there is, or a signature that is none."""


class ProxyTooBusy(Refused):
    """One person acts for more households in a day than the market allows."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who acts for a household, as ``proxy_of`` made it; ``signature`` is empty where it was given on paper."""

    name: str
    relation: str
    signature: str = ""

    @property
    def signed_on(self) -> str:
        """Where the signature is: ``paper`` or ``screen``."""
        return "screen" if self.signature else "paper"

    @property
    def relation_label(self) -> str:
        """The relation as the village says it."""
        return RELATIONS[self.relation]

    @property
    def told(self) -> list[str]:
        """What tells a proxy from another one in the input of an entry."""
        return [self.name, self.relation, self.signature]


class Acting(NamedTuple):
    """A proxy on a day: for which households already, and for how many it may; a ``limit`` of 0 is none."""

    name: str
    households: Collection[UUID]
    limit: int


PROXY = Table(
    {
        "proxy": "the proxy's name, without blanks",
        "acted": "for how many different households it has acted today, to collect or to redeem",
        "households": "for how many it will have acted with this",
        "limit": "for how many one may in a day; 0: for any number",
    },
    Refusal(
        ProxyTooBusy,
        words("{proxy}今天已经替 {acted} 家办过，一个人一天最多替 {limit} 家。请户主自己来，或者明天再办。"),
        ("households", ">", Fact("limit")),
        ("limit", ">", 0),
    ),
)
"""Why somebody may not act for a household, whatever it is that is to be done."""


def proxy_facts(acting: Acting, households: Iterable[UUID]) -> Facts:
    """Return the facts that ``PROXY`` asks for, when somebody is to act for these households."""
    return {
        "proxy": acting.name,
        "acted": len(set(acting.households)),
        "households": len({*acting.households, *households}),
        "limit": acting.limit,
    }


def proxy_of(name: str, relation: str, signature: str = "") -> Proxy:
    """Return a proxy as the books know it; raise ``ProxyUnclear``."""
    plain = plain_name(name)
    if not plain:
        raise ProxyUnclear(words("请写代办人的姓名。"))
    if relation not in RELATIONS:
        raise ProxyUnclear(words("请选代办人和户主是什么关系。"))
    if signature and (len(signature) > LONGEST_SIGNATURE or not SIGNATURE.match(signature)):
        raise ProxyUnclear(words("屏幕上的签字没有传清楚，请擦掉再签一次，或者在纸上签。"))
    return Proxy(plain, relation, signature)


def plain_name(name: str) -> str:
    """Return a name as names are compared: of one width, without blanks (王　五 is 王五)."""
    return "".join(unicodedata.normalize("NFKC", name).split())[:LONGEST_PROXY_NAME]
