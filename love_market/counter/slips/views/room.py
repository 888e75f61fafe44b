"""What the pages of the blackout pad share: the blueprint, the door, and how a refusal is shown in a form."""

from flask import Blueprint

from love_market.counter.slips.rules import (
    KEEPERS,
    DayWrong,
    SlipEnded,
    SlipNotTyped,
    SlipNumberWrong,
    SlipTypedAlready,
    SumDiffers,
)
from love_market.errors import LoveMarketError, NotFound
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.vouchers.rules import (
    SerialUnclear,
    ShortCodeMistyped,
    VoucherForged,
    VoucherFromAnotherMarket,
    VoucherUnknown,
)
from love_market.web.errors import sentence_of, status_of
from love_market.web.forms import FormBase

bp = Blueprint("slips", __name__)

# Where in a form a refusal is said; the others stand at its head.
_FIELDS: dict[type[LoveMarketError], str] = {
    DayWrong: "day",
    SerialUnclear: "voucher",
    ShortCodeMistyped: "voucher",
    SlipEnded: "number",
    SlipNotTyped: "number",
    SlipNumberWrong: "number",
    SlipTypedAlready: "number",
    SumDiffers: "total",
    VoucherForged: "voucher",
    VoucherFromAnotherMarket: "voucher",
    VoucherUnknown: "voucher",
}


def keeper(village_code: str) -> Guard:
    """Return the guard of whoever makes pads and types slips; sends others to the sign-in page or away."""
    return staff_guard(village_code, *KEEPERS)


def say(form: FormBase, error: LoveMarketError) -> int:
    """Show a refusal in a form, at its field where it has one; return the status to answer with.

    Where what was typed is not found, the page itself is.
    """
    name = next((name for kind, name in _FIELDS.items() if isinstance(error, kind)), "")
    if name in form:
        form[name].errors = [*form[name].errors, sentence_of(error)]
    else:
        form.form_errors.append(sentence_of(error))
    return 422 if isinstance(error, NotFound) else status_of(error)


def status(form: FormBase) -> int:
    """Return the status of a form's page: 422 where what was typed does not hold."""
    return 422 if form.errors else 200
