"""The doors: staff with name and password, households with card and PIN; out again; the own password."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from love_market.db import reading, transaction
from love_market.errors import LoveMarketError
from love_market.people import access, queries, service
from love_market.people.forms import PasswordForm, PinForm, SignInForm
from love_market.people.rules import OVERSEERS, PasswordTooWeak, SignInFailed, SignInTooSoon, mask_name
from love_market.people.views.room import bp
from love_market.places import queries as places
from love_market.web.clock import now
from love_market.web.errors import sentence_of, status_of


def local_path(text: str | None) -> str | None:
    """Return an address if it leads to a page of ours: it begins with one slash and names no other machine."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return None
    address = urlsplit(text)
    return None if address.scheme or address.netloc or "\\" in text else text


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The door of staff; who is signed in goes on."""
    if access.signed_in_staff() is not None:
        return redirect(local_path(request.args.get("next")) or home_of_staff())
    return render_template("people/sign_in.html", form=SignInForm(), refusal="")


@bp.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    """Sign a member of staff in; a wrong password is counted and answered with the same page."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("people/sign_in.html", form=form, refusal=""), 422
    try:
        session_id = access.sign_in_staff(form.sign_in_name.data or "", form.password.data or "")
    except (SignInFailed, SignInTooSoon) as error:
        return render_template("people/sign_in.html", form=form, refusal=sentence_of(error)), status_of(error)
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    with reading() as session:
        staff = queries.staff_of_session(session, session_id)
    if staff is None:
        return redirect(url_for("people.sign_in"))
    login_user(access.SignedInStaff(session_id, staff))
    return redirect(local_path(request.args.get("next")) or home_of_staff())


def home_of_staff() -> str:
    """Return where a member of staff begins: the desk of the first village, or the overview of an overseer."""
    staff = access.signed_in_staff()
    if staff is None:
        return url_for("people.sign_in")
    if any(role in OVERSEERS for _code, role in staff.grants):
        return url_for("places.overview")
    with reading() as session:
        served = {village.code for village in places.served_villages(session)}
    code = next((code for code, _role in staff.grants if code in served), None)
    return url_for("people.password") if code is None else url_for("reports.desk", village_code=code)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this sign-in, on the server too."""
    user = current_user._get_current_object()  # noqa: SLF001 Flask-Login's way to the object itself
    with transaction() as session:
        if isinstance(user, access.SignedInStaff):
            service.sign_out(session, user.session_id, at=now())
        elif isinstance(user, access.SignedInHousehold):
            service.sign_out_household(session, user.market_id, user.session_id, at=now())
    logout_user()
    access.note_signed_out()
    return redirect("/" if isinstance(user, access.SignedInHousehold) else url_for("people.sign_in"))


@bp.get("/password")
def password() -> ResponseReturnValue:
    """The page where staff change their own password."""
    if access.signed_in_staff() is None:
        raise access.NotSignedIn
    return render_template("people/password.html", form=PasswordForm())


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """Change the own password; every sign-in ends, this one too."""
    staff = access.signed_in_staff()
    if staff is None:
        raise access.NotSignedIn
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("people/password.html", form=form), 422
    try:
        with transaction() as session:
            service.change_password(session, staff.id, form.old.data or "", form.new.data or "", at=now())
    except (SignInFailed, PasswordTooWeak) as error:
        wrong = form.old if isinstance(error, SignInFailed) else form.new
        wrong.errors = [*wrong.errors, sentence_of(error)]
        return render_template("people/password.html", form=form), status_of(error)
    logout_user()
    flash(_("密码改好了，别处的登录也都退出了。请用新密码登录。"), "good")
    return redirect(url_for("people.sign_in"))


@bp.get("/c/<card_key>", endpoint="card")
@bp.get("/C/<card_key>", endpoint="card_upper")
def card(card_key: str) -> ResponseReturnValue:
    """The door of a household: its card's QR leads here, the PIN opens it."""
    with reading() as session:
        holder = service.holder_of_card(session, card_key)
    return _card_page(holder, PinForm())


@bp.post("/c/<card_key>")
def card_sign_in(card_key: str) -> ResponseReturnValue:
    """Sign a household in with the card's key and its PIN."""
    form = PinForm()
    with reading() as session:
        holder = service.holder_of_card(session, card_key)
    if not form.validate_on_submit():
        return _card_page(holder, form), 422
    try:
        begun = access.sign_in_household(card_key, form.pin.data or "")
    except (SignInFailed, SignInTooSoon) as error:
        form.pin.data = ""
        return _card_page(holder, form, error), status_of(error)
    cookie.clear()
    login_user(access.SignedInHousehold(begun.session_id, begun.market_id, begun.household))
    return redirect("/my")


def _card_page(holder: queries.CardHolder, form: PinForm, error: LoveMarketError | None = None) -> str:
    with reading() as session:
        village = places.village(session, holder.household.village_code)
    return render_template(
        "people/card.html",
        form=form,
        village=village,
        holder_name=mask_name(holder.household.head_name),
        group_name=holder.household.group_name,
        refusal="" if error is None else sentence_of(error),
    )
