"""What the pages of the stock room share: the blueprint, the door, and how a refusal is shown in a form."""

from pathlib import Path

from flask import Blueprint, current_app
from wtforms import Field

from love_market.errors import LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, Guard, Role
from love_market.stock.rules import (
    BarcodeTaken,
    BarcodeWrong,
    ExpiredAlready,
    ExpiryMissing,
    GoodNameTaken,
    GoodWithdrawn,
    NoSuchGood,
    NotAPhoto,
    QuantityWrong,
    TooFewGoods,
    UnitFixed,
)
from love_market.web.errors import sentence_of, status_of
from love_market.web.forms import FormBase

bp = Blueprint("stock", __name__)
KEEPERS = (*sorted(COMMITTEE), Role.CLERK)
"""Who keeps the stock: the clerk, and the committee."""

# Where in a form a refusal is said; the others stand at its head.
_FIELDS: dict[type[LoveMarketError], tuple[str, ...]] = {
    BarcodeTaken: ("barcode",),
    BarcodeWrong: ("barcode", "code"),
    ExpiredAlready: ("expires_on",),
    ExpiryMissing: ("expires_on",),
    GoodNameTaken: ("name",),
    GoodWithdrawn: ("code",),
    NoSuchGood: ("code",),
    NotAPhoto: ("photo",),
    QuantityWrong: ("quantity",),
    TooFewGoods: ("quantity",),
    UnitFixed: ("unit_name",),
}


def keeper(village_code: str) -> Guard:
    """Return the guard of whoever keeps the stock of a village; sends others to the sign-in page or away."""
    return staff_guard(village_code, *KEEPERS)


def instance() -> Path:
    """Return the installation's folder, where photos are kept."""
    folder: Path = current_app.extensions["love_market_settings"].instance
    return folder


def say(form: FormBase, error: LoveMarketError) -> int:
    """Show a refusal in a form, at its field where it has one; return the status to answer with."""
    names = next((names for kind, names in _FIELDS.items() if isinstance(error, kind)), ())
    field: Field | None = next((form[name] for name in names if name in form), None)
    errors = form.form_errors if field is None else list(field.errors)
    errors.append(sentence_of(error))
    if field is not None:
        field.errors = errors
    return status_of(error)


def status(form: FormBase) -> int:
    """Return the status of a form's page: 422 where what was typed does not hold."""
    return 422 if form.errors else 200
