"""Forms of deeds: recording one, judging one."""

from datetime import date
from typing import cast

from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from love_market.deeds.evidence import Upload
from love_market.deeds.forms.fields import HouseholdForm, read_uploads
from love_market.deeds.forms.numbers import WholeNumberField
from love_market.deeds.rules import LONGEST_MEMBER, LONGEST_REASON, LONGEST_WORDS
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class DeedForm(HouseholdForm):
    """A good deed as somebody records it."""

    rule = RadioField(_("做了什么"), [InputRequired(_("请选做了哪一件事。"))])
    done_on = DateField(_("哪一天"), [InputRequired(_("请填是哪一天。"))])
    times = WholeNumberField(_("几次"), [InputRequired(_("请填做了几次。"))], default=1)
    member_name = StringField(_("谁做的"), [Optional(), Length(max=LONGEST_MEMBER)])
    words = TextAreaField(
        _("经过"),
        [Length(max=LONGEST_WORDS, message=_("经过写得太长，最多 500 个字。"))],
        filters=[lambda text: text or ""],
    )
    photos = MultipleFileField(_("照片"), [Optional()])
    sound = FileField(_("录音"), [Optional()])

    def uploads(self) -> list[Upload]:
        """Return the files that were sent, read."""
        return read_uploads(self.photos.data)

    def spoken(self) -> Upload | None:
        """Return the spoken words that were sent, read."""
        return next(iter(read_uploads([self.sound.data])), None)

    def validate_words(self, field: TextAreaField) -> None:
        """Want at least some words, written or spoken, or a photo."""
        if not (field.data or "").strip() and not any(self.photos.data or ()) and not self.sound.data:
            raise ValidationError(_("写一两句经过，或者放一张照片。"))

    @property
    def day(self) -> date:
        """The day, once validated."""
        return cast(date, self.done_on.data)

    @property
    def count(self) -> int:
        """How many times, once validated."""
        return cast(int, self.times.data)


class ActForm(FormBase):
    """A button and nothing else."""


class PassForm(FormBase):
    """A deed passes a review; what was pointed out has been looked at."""

    looked = BooleanField(_("提醒的事，我都看过了，没有问题"))


class RefusalForm(FormBase):
    """Why a deed is refused."""

    reason = StringField(
        _("退回的原因"),
        [
            InputRequired(_("请写明原因，报的人要凭它改。")),
            Length(max=LONGEST_REASON, message=_("原因写得太长，最多 200 个字。")),
        ],
        description=_("比如：带工人的名单上只有两次。"),
    )
