"""Forms of the stock room."""

import unicodedata
from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from love_market.errors import words
from love_market.stock.rules import (
    LARGEST_PRICE_POINTS,
    LARGEST_QUANTITY,
    SOURCES,
    WRITE_OFF_REASONS,
    MoneyWrong,
    parse_fen,
)
from love_market.web.errors import sentence_of
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _

PICTURES = {
    "salt": _("食盐"),
    "soy_sauce": _("酱油"),
    "vinegar": _("陈醋"),
    "noodles": _("挂面"),
    "flour": _("白面"),
    "rice": _("大米"),
    "millet": _("小米"),
    "oil": _("食用油"),
    "oil_large": _("大桶食用油"),
    "eggs": _("鸡蛋"),
    "milk": _("牛奶"),
    "soap": _("香皂"),
    "washing_powder": _("洗衣粉"),
    "laundry_liquid": _("洗衣液"),
    "dish_liquid": _("洗洁精"),
    "toothpaste": _("牙膏"),
    "toothbrush": _("牙刷"),
    "towel": _("毛巾"),
    "toilet_paper": _("卫生纸"),
    "tissues": _("抽纸"),
    "basin": _("脸盆"),
    "bin": _("垃圾桶"),
    "broom": _("扫帚"),
    "umbrella": _("雨伞"),
    "thermos": _("暖壶"),
    "cup": _("保温杯"),
    "notebook": _("作业本"),
    "quilt_cover": _("被套"),
    "kettle": _("电热水壶"),
    "steamer": _("蒸锅"),
    "other": _("别的"),
}
"""The drawn pictures, by key, with what each shows: static/stock/goods/<key>.svg."""

OTHER_REASON = words("其他")


class WholeField(IntegerField):
    """A whole number as people type it, full-width digits too; a text field, which no mouse wheel changes."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; ``ValueError`` where it is no whole number."""
        text = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        if not (text.isascii() and text.isdecimal()):
            self.data = None
            raise ValueError(_("请填整数，比如 12。"))
        self.data = int(text)


class YuanField(StringField):
    """An amount of money: typed in yuan, ``data`` in fen."""

    data: int | None  # type: ignore[assignment]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; ``ValueError`` where it is no amount."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_fen(valuelist[0])
            except MoneyWrong as error:
                raise ValueError(sentence_of(error)) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02}"


class DayField(DateField):
    """A date; said in our words where it is none."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was chosen or typed; ``ValueError`` where it is no date."""
        try:
            super().process_formdata(list(valuelist))
        except ValueError as error:
            raise ValueError(_("请填日期，写作 2026-10-17 这样。")) from error


class GoodForm(FormBase):
    """A good: what it is, what it costs in points, how it looks."""

    name = StringField(_("名称"), [InputRequired(_("请填名称。")), Length(max=60, message=_("名称最多 60 个字。"))])
    spec = StringField(
        _("规格"), [Optional(), Length(max=40, message=_("规格最多 40 个字。"))], description=_("比如 800毫升、10卷。")
    )
    unit_name = StringField(
        _("单位"),
        [InputRequired(_("请填单位。")), Length(max=10, message=_("单位最多 10 个字。"))],
        description=_("瓶、袋、块……入过库就不能再改。"),
    )
    points_price = WholeField(
        _("积分价"),
        [
            InputRequired(_("请填积分价。")),
            NumberRange(1, LARGEST_PRICE_POINTS, _("积分价要是 1 以上的整数。")),
        ],
    )
    barcode = StringField(_("条形码"), [Optional()], description=_("扫包装上的码。没有码的，可以自己编一个短号。"))
    low_stock_quantity = WholeField(
        _("低库存线"),
        [
            InputRequired(_("请填低库存线，不想提醒就填 0。")),
            NumberRange(0, LARGEST_QUANTITY, _("低库存线要是 0 以上的整数。")),
        ],
        default=5,
        description=_("剩到这个数，就提醒补货。"),
    )
    tracks_expiry = BooleanField(_("要记保质期（食品、牛奶、鸡蛋这些）"))
    picture = RadioField(
        _("图样"),
        choices=[SelectChoice(key, name) for key, name in PICTURES.items()],
        default="other",
        validate_choice=False,
    )
    photo = FileField(_("或者用自己拍的照片"), [Optional()])


class ReceiveForm(FormBase):
    """One lot that comes in; filled in by a scanner gun and the Enter key."""

    code = StringField(_("扫条形码，或写名称"), [InputRequired(_("请扫条形码，或写商品名称。"))])
    quantity = WholeField(
        _("数量"),
        [InputRequired(_("请填数量。")), NumberRange(1, LARGEST_QUANTITY, _("数量要是 1 以上的整数。"))],
    )
    unit_cost = YuanField(
        _("进价"), [Optional()], description=_("一件多少元，最多两位小数；捐赠的写估价，不知道就空着。")
    )
    expires_on = DayField(_("保质期到"), [Optional()])
    lot_no = StringField(_("批号"), [Optional(), Length(max=40, message=_("批号最多 40 个字。"))])
    source = RadioField(
        _("从哪里来"), choices=[SelectChoice(key, _(name)) for key, name in SOURCES.items()], default="bought"
    )
    source_name = StringField(
        _("供货单位或捐赠人"), [Optional(), Length(max=80, message=_("供货单位或捐赠人最多 80 个字。"))]
    )


class WriteOffForm(FormBase):
    """How many of a lot are written off, and why."""

    quantity = WholeField(
        _("报损数量"),
        [InputRequired(_("请填报损数量。")), NumberRange(1, LARGEST_QUANTITY, _("数量要是 1 以上的整数。"))],
    )
    why = RadioField(
        _("原因"),
        [InputRequired(_("请选一个原因。"))],
        choices=[SelectChoice(reason, _(reason)) for reason in (*WRITE_OFF_REASONS, OTHER_REASON)],
    )
    note = StringField(_("说明"), [Optional(), Length(max=80, message=_("说明最多 80 个字。"))])

    @property
    def reason(self) -> str:
        """The reason in words; empty where 其他 was chosen and nothing written."""
        note = (self.note.data or "").strip()
        if self.why.data == OTHER_REASON:
            return note
        return f"{self.why.data}：{note}" if note else str(self.why.data)


class TakeBackForm(FormBase):
    """Why an entry is taken back."""

    reason = StringField(
        _("冲正的原因"), [InputRequired(_("请写明原因。")), Length(max=80, message=_("原因最多 80 个字。"))]
    )


class OpenStocktakeForm(FormBase):
    """Who watches the stocktake."""

    supervisor_name = StringField(
        _("监督人"),
        [InputRequired(_("请写明监督人的姓名。")), Length(max=60, message=_("姓名最多 60 个字。"))],
        description=_("监委会成员或第一书记，不能是开始盘点的人自己。"),
    )


class CloseStocktakeForm(FormBase):
    """Closing a stocktake; the reasons come beside it, one field a lot."""

    uncounted_stay = BooleanField(_("没点的几批，账上的数不动"))


class UploadForm(FormBase):
    """Hand over a workbook of goods or of counts."""

    workbook = FileField(_("表格"), [FileRequired(_("请先选一个文件。"))])


class PlanForm(FormBase):
    """Carry out the import that was read."""

    digest = HiddenField()


class AskForm(FormBase):
    """A question that is only confirmed."""
