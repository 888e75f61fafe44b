"""Forms of the blackout pad."""

from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from love_market.counter.rules import MOST_OF_ONE
from love_market.counter.slips.rules import LINES_A_SLIP, MOST_SLIPS, USUAL_SLIPS
from love_market.stock.forms import WholeField
from love_market.stock.rules import LARGEST_PRICE_POINTS
from love_market.vouchers.forms import relation_choices
from love_market.vouchers.rules import LONGEST_PROXY_NAME, Proxy, proxy_of
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

_LONGEST = Length(max=400, message=_("太长了。"))


class PadForm(FormBase):
    """How many slips a new pad has."""

    count = WholeField(
        _("多少张"),
        [InputRequired(_("请填多少张。")), NumberRange(1, MOST_SLIPS, _("一本最多 200 张，最少 1 张。"))],
        default=USUAL_SLIPS,
        description=_("一般 50 张够用；最多 200 张。"),
    )


class SlipForm(FormBase):
    """One typing of a slip; the goods are ``good_1``, ``quantity_1``, ``points_1`` and so on, see ``lines``."""

    number = StringField(_("单号"), [InputRequired(_("请填单号。")), _LONGEST])
    day = StringField(_("日期"), [InputRequired(_("请填日期。")), _LONGEST], description=_("月和日，比如 10-8。"))
    voucher = StringField(
        _("券上的短码"),
        [InputRequired(_("请填短码或券号。")), _LONGEST],
        description=_("九位短码；或者券号，如 2026-3-0187。"),
    )
    total = WholeField(_("合计多少分"), [InputRequired(_("请填合计。"))])
    proxy = StringField(_("代领人，没写就空着"), [Length(max=LONGEST_PROXY_NAME, message=_("最多 40 个字。"))])
    relation = SelectField(_("是户主的"), choices=relation_choices(), default="")
    as_written = BooleanField(_("看过纸了，纸上的合计就是这样写的"))

    def who(self) -> Proxy | None:
        """Return who collected for the household, signed on the slip; raise ``ProxyUnclear``."""
        name = (self.proxy.data or "").strip()
        return proxy_of(name, self.relation.data or "") if name else None

    def validate_proxy(self, field: StringField) -> None:
        """Refuse a relation of nobody."""
        if self.relation.data and not (field.data or "").strip():
            raise ValidationError(_("请写代领人的姓名；户主本人来的，“是户主的”也空着。"))

    def validate_relation(self, field: SelectField) -> None:
        """Refuse a proxy who is nothing to the household."""
        if not field.data and (self.proxy.data or "").strip():
            raise ValidationError(_("请选代领人和户主是什么关系。"))

    @property
    def lines(self) -> list[tuple[Field, Field, Field]]:
        """The fields of each line: the good, how many, points each."""
        return [(self[f"good_{n}"], self[f"quantity_{n}"], self[f"points_{n}"]) for n in range(1, LINES_A_SLIP + 1)]

    @property
    def typed_lines(self) -> list[tuple[str, int, int]]:
        """The lines that something was typed in, once validated."""
        return [
            (good.data.strip(), quantity.data or 0, points.data or 0)
            for good, quantity, points in self.lines
            if (good.data or "").strip()
        ]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 as WTForms has it
        """Return whether everything holds; a line is whole or empty."""
        holds = super().validate(extra_validators)
        for line in self.lines:
            empty = [field for field in line if field.data is None or field.data == "" or str(field.data).isspace()]
            if len(empty) in {0, len(line)}:
                continue
            for field in empty:
                if not field.errors:
                    field.errors = [_("这一行没有写全。")]
            holds = False
        return holds


for _n in range(1, LINES_A_SLIP + 1):
    setattr(SlipForm, f"good_{_n}", StringField(_("第 %(n)d 样货", n=_n), [Optional(), _LONGEST]))
    setattr(
        SlipForm,
        f"quantity_{_n}",
        WholeField(
            _("第 %(n)d 样数量", n=_n),
            [Optional(), NumberRange(1, MOST_OF_ONE, _("数量要是 1 到 999 的整数。"))],
        ),
    )
    setattr(
        SlipForm,
        f"points_{_n}",
        WholeField(
            _("第 %(n)d 样单价", n=_n),
            [Optional(), NumberRange(1, LARGEST_PRICE_POINTS, _("单价要是 1 以上的整数。"))],
        ),
    )


class SettleForm(FormBase):
    """Which typing is right; the fields that differ come beside it, see the view."""

    as_written = BooleanField(_("看过纸了，纸上的合计就是这样写的"))


class SpoilForm(FormBase):
    """Which slip has nothing handed out on it, and why."""

    number = StringField(_("单号"), [InputRequired(_("请填单号。")), _LONGEST])
    reason = StringField(
        _("怎么写坏的"),
        [InputRequired(_("请写明原因。")), Length(max=100, message=_("最多 100 个字。"))],
        description=_("比如：写错了，另写了一张；打印机卡纸。"),
    )


class OverForm(FormBase):
    """Why a slip is typed anew."""

    reason = StringField(
        _("为什么重录"),
        [InputRequired(_("请写明原因。")), Length(max=100, message=_("最多 100 个字。"))],
        description=_("比如：两遍都看错了短码。"),
    )


class AskForm(FormBase):
    """A question that is only confirmed."""
