"""Which name means which rule: by name, else by a synonym, never by likeness."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar


class Named(Protocol):
    """Anything with a rule's name."""

    @property
    def name(self) -> str:
        """The rule's name."""


_Rule = TypeVar("_Rule", bound=Named)


_AMOUNT_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*分[^()\[\]]*[)\]]")
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "庭院整洁": ("庭院卫生", "院落整洁", "院落卫生", "庭院干净"),
    "垃圾分类": ("生活垃圾分类", "垃圾分类投放"),
    "村庄清扫": ("村庄清洁", "村庄保洁", "集体大扫除"),
    "植树护绿": ("植树", "植树造林", "义务植树"),
    "厕所管护": ("厕所卫生", "户厕管护"),
    "参加会议": ("参会", "开会", "村民会议"),
    "建议采纳": ("建言献策", "合理化建议", "建议被采纳"),
    "义务劳动": ("义务工", "义务投工", "公益劳动"),
    "培训宣讲": ("参加培训", "学习培训", "培训学习"),
    "志愿服务": ("志愿活动", "志愿者服务", "志愿服务活动"),
    "圆微心愿": ("微心愿", "认领微心愿", "实现微心愿"),
    "邻里助老": ("帮助老人", "帮老助残", "敬老助残", "扶老助残"),
    "防火防汛": ("防火防汛值守", "防火巡查", "防汛值守"),
    "孝老爱亲": ("孝老敬亲", "孝敬老人", "敬老孝亲"),
    "移风易俗": ("喜事新办", "婚丧简办", "红白事简办", "婚事新办丧事简办"),
    "不要高价彩礼": ("零彩礼", "低彩礼", "拒绝高价彩礼"),
    "化解纠纷": ("化解矛盾", "化解自家纠纷"),
    "帮人调解": ("调解纠纷", "参与调解"),
    "隐患上报": ("上报隐患", "报告隐患"),
    "考上本科": ("本科录取", "考取本科"),
    "考上专科": ("专科录取", "考取专科"),
    "技能证书": ("职业技能证书", "考取技能证书"),
    "应征入伍": ("参军", "参军入伍", "入伍"),
    "无偿献血": ("献血", "义务献血"),
    "乱倒垃圾": ("乱扔垃圾", "乱丢垃圾", "垃圾乱倒", "垃圾乱扔"),
    "散养牲畜": ("牲畜散养", "散养家畜"),
    "焚烧秸秆": ("秸秆焚烧", "烧秸秆"),
    "占用公地": ("乱占公地", "侵占公地", "占用公共用地"),
    "聚众赌博": ("赌博", "参与赌博"),
    "虚报积分": ("虚假申报", "弄虚作假"),
}
_CANONICAL = {alias: name for name, aliases in _SYNONYMS.items() for alias in aliases}


def plain(name: str) -> str:
    """Return a name as it is compared: one width, lower case, without blanks, points and an amount in brackets."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _AMOUNT_IN_BRACKETS.sub("", text)
    return "".join(char for char in text if char.isalnum())


def match_rule(name: str, rules: Iterable[_Rule]) -> _Rule | None:
    """Return the rule that a column's head means: by name, else by a synonym; never by likeness.

    None where no rule, or more than one, is meant.
    """
    asked = plain(name)
    if not asked:
        return None
    offered = [(plain(rule.name), rule) for rule in rules]
    named = [rule for own, rule in offered if own == asked]
    if not named:
        group = _CANONICAL.get(asked, asked)
        named = [rule for own, rule in offered if _CANONICAL.get(own, own) == group]
    return named[0] if len(named) == 1 else None
