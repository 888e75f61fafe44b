"""Forms of the voucher pages."""

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length, ValidationError

from love_market.vouchers.rules import LONGEST_PROXY_NAME, RELATIONS, Proxy, ProxyUnclear, proxy_of
from love_market.web.errors import sentence_of
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


def relation_choices() -> list[SelectChoice]:
    """Return what a proxy may be to the household, as a field offers it."""
    return [SelectChoice("", _("请选一个")), *(SelectChoice(code, _(label)) for code, label in RELATIONS.items())]


class AskOnceForm(FormBase):
    """A page that asks once: nothing is typed."""


class HandOverForm(FormBase):
    """Who took the vouchers that are marked on the page, where it was somebody else; ``signature`` are strokes."""

    proxy = StringField(
        _("代领人姓名"),
        description=_("户主本人来领，不用写。"),
        validators=[Length(max=LONGEST_PROXY_NAME, message=_("最多 40 个字。"))],
    )
    relation = SelectField(
        _("是户主的"),
        choices=relation_choices(),
        default="",
    )
    signature = HiddenField()
    on_paper = BooleanField(_("在纸上签了字"))

    @property
    def named(self) -> str:
        """The proxy's name as it was typed; empty where the holder came."""
        return (self.proxy.data or "").strip()

    def validate_proxy(self, field: StringField) -> None:
        """Refuse a relation or a signature of nobody."""
        if not (field.data or "").strip() and (self.relation.data or self.signature.data or self.on_paper.data):
            raise ValidationError(_("请写代领人的姓名；户主本人领的，把下面的也空着。"))

    def validate_relation(self, field: SelectField) -> None:
        """Refuse a proxy who is nothing to the household."""
        if self.named and not field.data:
            raise ValidationError(_("请选代领人和户主是什么关系。"))

    def validate_on_paper(self, field: BooleanField) -> None:
        """Refuse a proxy who signed nowhere, or not readably."""
        if not self.named:
            return
        if not field.data and not self.signature.data:
            raise ValidationError(_("请代领人签个字：签在屏幕上，或者签在领取签字表上，再勾这里。"))
        try:
            self.who()
        except ProxyUnclear as error:
            raise ValidationError(sentence_of(error)) from error

    def who(self) -> Proxy | None:
        """Return the proxy, None where the holder came; raise ``ProxyUnclear``."""
        signature = "" if self.on_paper.data else (self.signature.data or "")
        relation = self.relation.data or next(iter(RELATIONS))  # without one the form says so at its own field
        return proxy_of(self.named, relation, signature) if self.named else None


class LossForm(FormBase):
    """Why a voucher is frozen, given back, voided or reissued."""

    reason = TextAreaField(
        _("原因"),
        description=_("会写进账本，比如：本人说赶集时丢了。"),
        validators=[
            DataRequired(message=_("请写明原因。")),
            Length(max=100, message=_("最多 100 个字。")),
        ],
    )
