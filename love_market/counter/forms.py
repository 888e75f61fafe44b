"""Forms of the counter."""

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

OTHER = "other"


class UndoForm(FormBase):
    """Why a redemption is taken back: one of the usual reasons, or other words."""

    why = RadioField(
        _("为什么撤销"),
        choices=[
            SelectChoice("拿错了货", _("拿错了货")),
            SelectChoice("数量点错了", _("数量点错了")),
            SelectChoice("本人不要了", _("本人不要了")),
            SelectChoice("货有问题，退回来了", _("货有问题，退回来了")),
            SelectChoice(OTHER, _("别的原因，写在下面")),
        ],
        validators=[DataRequired(message=_("请选一个原因。"))],
    )
    other = StringField(
        _("别的原因"),
        description=_("选了上面最后一项才写。"),
        validators=[Length(max=100, message=_("最多 100 个字。"))],
    )

    def validate_other(self, field: StringField) -> None:
        """Refuse another reason that is not written down."""
        if self.why.data == OTHER and not (field.data or "").strip():
            raise ValidationError(_("请写明原因。"))

    @property
    def reason(self) -> str:
        """The reason as the books keep it."""
        return (self.other.data or "").strip() if self.why.data == OTHER else str(self.why.data or "")


class SettleForm(FormBase):
    """Why a dispute is settled this way."""

    note = StringField(
        _("为什么这样处理"),
        description=_("写一句，账本里要用。"),
        validators=[DataRequired(message=_("请写一句为什么。")), Length(max=100, message=_("最多 100 个字。"))],
    )


class CorrectForm(SettleForm):
    """From which vouchers of the household a dispute's points are taken; the page gives the choices."""

    vouchers = SelectMultipleField(
        _("用哪张券"),
        [InputRequired(_("请选一张券。"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class RecordsForm(FormBase):
    """A file that a till saved."""

    file = FileField(
        _("兑换机存的文件"),
        description=_("在那台机器上点“存成文件”得到的，名字以 .json 结尾。"),
        validators=[FileRequired(_("请先选一个文件。"))],
    )
