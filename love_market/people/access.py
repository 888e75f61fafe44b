"""The doors of the pages: who is signed in, and the guard made from them."""

from dataclasses import dataclass
from uuid import UUID

from flask import Request, current_app, g, request, session
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeSerializer

from love_market.db import reading, transaction
from love_market.errors import words
from love_market.people import queries, service
from love_market.people.rules import Guard, Role, RoleMissing, mask_name
from love_market.places import queries as places
from love_market.web.clock import now

_SIGNED_OUT = "signed_out"
login_manager = LoginManager()
login_manager.login_view = "people.sign_in"


@dataclass(frozen=True, slots=True)
class SignedInStaff:
    """The member of staff behind a request, as Flask-Login wants it."""

    session_id: UUID
    staff: queries.StaffRecord
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie holds: the sign-in, not the person, so that it can be ended."""
        return f"staff:{self.session_id.hex}"


@dataclass(frozen=True, slots=True)
class SignedInHousehold:
    """The household behind a request, as Flask-Login wants it."""

    session_id: UUID
    market_id: UUID
    household: queries.HouseholdRecord
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie holds: the market and the sign-in."""
        return f"household:{self.market_id.hex}:{self.session_id.hex}"


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load(identity: str) -> SignedInStaff | SignedInHousehold | None:
    """Return who a cookie stands for; None where that sign-in has ended."""
    kind, *ids = identity.split(":")
    with reading() as session:
        if kind == "staff":
            session_id, code = UUID(ids[0]), (request.view_args or {}).get("village_code")
            staff, row = queries.staff_signed_in(session, session_id, code or "")
            g.here = (code, row)  # a village's page asks where it is by the way
            return None if staff is None else SignedInStaff(session_id, staff)
        market_id, session_id = UUID(ids[0]), UUID(ids[1])
        household = queries.household_of_session(session, market_id, session_id)
        return None if household is None else SignedInHousehold(session_id, market_id, household)


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load_bearer(asked: Request) -> SignedInStaff | SignedInHousehold | None:
    """Return who a bearer token stands for: what a program without cookies was given when it signed in."""
    kind, _space, token = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    try:
        found: SignedInStaff | SignedInHousehold | None = load(_tokens().loads(token))
    except BadSignature:
        return None
    return found


def sign_in_staff(sign_in_name: str, password: str) -> UUID:
    """Sign staff in and return the sign-in's id; raise ``SignInFailed`` or ``SignInTooSoon``.

    Charge, prove and begin, each in its own session: a failure stays counted, no lock is held while hashing.
    """
    at = now()
    with transaction() as session:
        service.charge_attempt(session, service.staff_subject(sign_in_name), at=at)
    with reading() as session:
        proved = service.prove_password(session, sign_in_name, password)
    with transaction() as session:
        return service.begin_staff_session(session, proved, at=at)


def sign_in_household(card_key: str, pin: str) -> service.HouseholdSignIn:
    """Sign a household in the same way; raise ``NoSuchCard``, ``SignInFailed`` or ``SignInTooSoon``."""
    at = now()
    with transaction() as session:
        service.charge_attempt(session, service.card_subject(card_key), at=at)
    with reading() as session:
        proved = service.prove_pin(session, card_key, pin)
    with transaction() as session:
        return service.begin_household_session(session, proved, card_key, at=at)


def bearer_token(identity: str) -> str:
    """Return the token for a sign-in, as ``get_id`` names it; it ends when the sign-in does."""
    return str(_tokens().dumps(identity))


def _tokens() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="love-market bearer 1")


def note_signed_out() -> None:
    """Keep in this browser that whoever was signed in has left."""
    session[_SIGNED_OUT] = True


def has_signed_out() -> bool:
    """Return whether a member of staff who was signed in in this browser has left, or their sign-in was ended.

    A cookie that is lost, as when a browser is killed, says nothing of the kind.
    """
    return signed_in_staff() is None and ("_user_id" in session or _SIGNED_OUT in session)


def signed_in_staff() -> queries.StaffRecord | None:
    """Return the member of staff behind the request, if there is one."""
    user = current_user._get_current_object()  # noqa: SLF001 Flask-Login's way to the object itself
    return user.staff if isinstance(user, SignedInStaff) else None


def staff_guard(village_code: str, *roles: Role) -> Guard:
    """Return the guard of the signed-in member of staff at a village.

    With ``roles``, one of them must be held there; without, any role will do. Overseers of a place above hold
    their role at the village too. Sends to the sign-in page where nobody is signed in; raises ``RoleMissing``,
    and ``NotFound`` for a village without a market.
    """
    staff = signed_in_staff()
    if staff is None:
        raise NotSignedIn
    code, row = g.get("here", (None, ()))
    if code != village_code:
        with reading() as session:
            row = places.here_row(session, village_code)
    here = places.here(village_code, row)
    village, held = here.village, staff.roles_at(here.lineage)
    guard = Guard.of_staff(village.market_id, village_code, staff.id, staff.name, *held)
    if not held:
        raise RoleMissing(words("您的账号不管这个村。"))
    if roles:
        guard.require(*roles)
    g.village, g.guard = village, guard
    return guard


def household_guard() -> Guard:
    """Return the guard of the household that signed in with its card; sends to the sign-in page otherwise."""
    user = current_user._get_current_object()  # noqa: SLF001
    if not isinstance(user, SignedInHousehold):
        raise NotSignedIn
    household = user.household
    return Guard.of_household(user.market_id, household.village_code, household.id, household.head_name)


def signed_in_title() -> str | None:
    """Return what the head of the page calls the signed-in person: 主任 石**, or 孔**家."""
    user = current_user._get_current_object()  # noqa: SLF001
    if isinstance(user, SignedInStaff):
        guard: Guard | None = g.get("guard")
        roles = guard.roles if guard else {role for _, role in user.staff.grants}
        title = next((_(role.label) for role in Role if role in roles), "")
        return f"{title} {mask_name(user.staff.name)}".strip()
    if isinstance(user, SignedInHousehold):
        return f"{mask_name(user.household.head_name)}家"
    return None


class NotSignedIn(Exception):
    """Nobody, or not the right kind of user, is signed in: the app answers with the sign-in page."""
