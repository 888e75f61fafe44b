"""Forms of penalties: recording one with its proof, telling it, replying, deciding."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from flask_wtf.file import MultipleFileField
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are a version behind
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from love_market.deeds.evidence import StoredPhoto, Upload
from love_market.deeds.forms.fields import HouseholdForm, read_uploads
from love_market.deeds.forms.numbers import WholeNumberField
from love_market.deeds.queries import RuleRecord
from love_market.deeds.rules import LONGEST_DECISION, LONGEST_MEMBER, LONGEST_PROOF, LONGEST_REPLY, LONGEST_WORDS
from love_market.deeds.service import Shown
from love_market.web.forms import FormBase
from love_market.web.forms import lazy_gettext as _


class ProofForm(FormBase):
    """The day, how often, what happened and the proof of a penalty."""

    happened_on = DateField(_("哪一天"), [InputRequired(_("请填是哪一天。"))])
    times = WholeNumberField(_("几次"), [InputRequired(_("请填几次。"))], default=1)
    size = WholeNumberField(_("扣几分"), [Optional()], description=_("不填就照细则算。可以比细则少，不能比细则多。"))
    words = TextAreaField(
        _("怎么回事"),
        [
            InputRequired(_("请写明怎么回事，户里要看得明白。")),
            Length(max=LONGEST_WORDS, message=_("经过写得太长，最多 500 个字。")),
        ],
        description=_("在哪里，做了什么，劝过没有。这段话会给户里看。"),
    )
    proof = StringField(
        _("凭据"),
        [Optional(), Length(max=LONGEST_PROOF, message=_("凭据写得太长，最多 200 个字。"))],
        description=_("哪份记录、谁看见的；或者放照片。总要有一样。"),
    )
    photos = MultipleFileField(_("照片"), [Optional()])

    def uploads(self) -> list[Upload]:
        """Return the files that were sent, read."""
        return read_uploads(self.photos.data)

    def shown(self, rule: RuleRecord, photos: Sequence[StoredPhoto]) -> Shown:
        """Return what was said and shown, once validated; without a number, as many points as the rule says."""
        times = cast(int, self.times.data)
        points = rule.points * times if self.size.data is None else -abs(self.size.data)
        said = self.words.data or ""
        return Shown.told(cast(date, self.happened_on.data), times, points, said, self.proof.data or "", photos)


class PenaltyForm(ProofForm, HouseholdForm):
    """A penalty as somebody records it."""

    rule = RadioField(_("哪一项"), [InputRequired(_("请选是哪一项。"))])


class TellForm(FormBase):
    """To whom the slip was handed over."""

    to = StringField(
        _("告知单交到了谁手里"),
        [InputRequired(_("请写上交给了谁。")), Length(max=LONGEST_MEMBER, message=_("名字太长，最多 60 个字。"))],
        description=_("户主或者家里的大人。请他在存根上签字。"),
    )


class ReplyForm(FormBase):
    """What a household says to a penalty."""

    reply = TextAreaField(
        _("要说的话"),
        [
            InputRequired(_("请写上要说的话。")),
            Length(max=LONGEST_REPLY, message=_("写得太长，最多 500 个字。")),
        ],
    )


class DecisionForm(FormBase):
    """A second person's decision, with its reason."""

    outcome = RadioField(
        _("怎么定"),
        [InputRequired(_("请选怎么定。"))],
        choices=[
            SelectChoice("stands", _("认定，照记的扣")),
            SelectChoice("lowered", _("减轻，少扣一些")),
            SelectChoice("withdrawn", _("撤销，不扣")),
        ],
    )
    size = WholeNumberField(_("减轻到扣几分"), [Optional()])
    reason = TextAreaField(
        _("理由"),
        [
            InputRequired(_("请写明理由，户里要看。")),
            Length(max=LONGEST_DECISION, message=_("理由写得太长，最多 200 个字。")),
        ],
        description=_("户里说的话，信还是不信，为什么。这段话会给户里看。"),
    )

    def validate_outcome(self, field: RadioField) -> None:
        """Want the number of points with a lower one, and none with anything else: it would be passed over."""
        if field.data == "lowered" and self.size.data is None:
            raise ValidationError(_("要减轻，请在下面填上减轻到扣几分。"))
        if field.data == "stands" and self.size.data is not None:
            raise ValidationError(_("选的是照记的扣，下面又填了减轻到几分。要少扣，请选“减轻”；不少扣，请把数去掉。"))

    def only_withdraw(self) -> None:
        """Offer nothing else: the household has not been heard yet."""
        del self.size
        self.outcome.choices = [SelectChoice("withdrawn", _("撤销，不扣"))]
        self.outcome.data = "withdrawn"


class DropForm(FormBase):
    """Why a penalty that nobody was told of is taken back."""

    reason = StringField(
        _("为什么撤"), [Optional(), Length(max=LONGEST_DECISION, message=_("理由写得太长，最多 200 个字。"))]
    )
