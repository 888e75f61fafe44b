"""Signing in without a page: a token for a program, for staff and for households."""

from typing import Annotated
from uuid import UUID

from flask_login import current_user
from pydantic import Field

from love_market.db import reading, transaction
from love_market.errors import words
from love_market.people import access, queries, service
from love_market.people.rules import LONGEST_NAME, LONGEST_PASSWORD, SignInFailed, mask_name
from love_market.places import queries as places
from love_market.web.api import Given, Sent, Text, bp, example, operation
from love_market.web.clock import now


class SignIn(Sent):
    """A sign-in name and its password."""

    model_config = example(sign_in_name="clerk", password="aixin-chaoshi")  # noqa: S106 the demonstration's

    sign_in_name: Annotated[Text, Field(min_length=1, max_length=LONGEST_NAME)]
    password: Annotated[Text, Field(min_length=1, max_length=LONGEST_PASSWORD)]


class CardSignIn(Sent):
    """What a household's card says, and the six digits on its back."""

    model_config = example(card="ECS5IMF6DEMONSTRATIONHOM", pin="258036")

    card: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z]+$")]
    pin: Annotated[Text, Field(min_length=1, max_length=20)]


class PlaceGiven(Given):
    """A village where somebody works, and as what."""

    village_code: str
    village_name: str
    market_id: UUID
    market_name: str
    roles: tuple[str, ...]


class SignedIn(Given):
    """A bearer token, and where it lets its holder work."""

    token: str
    name: str
    places: tuple[PlaceGiven, ...]


class HouseholdSignedIn(Given):
    """A bearer token for a household."""

    token: str
    masked_name: str
    village_code: str


class SignedOut(Given):
    """Nothing but that it was done."""


@bp.post("/sign-in")
@operation("Sign staff in.", sent=SignIn, given=SignedIn, door="open", refuses=(409,))
def sign_in(sent: SignIn) -> SignedIn:
    """Give a token to whoever knows the password; a wrong one is counted, and after a few the next must wait."""
    session_id = access.sign_in_staff(sent.sign_in_name, sent.password)
    with reading() as session:
        staff = queries.staff_of_session(session, session_id)
        if staff is None:
            raise SignInFailed(words("登录名或密码不对。请看清大小写再试；忘了密码，请找村主任重设。"))
        served = {village.code: village for village in places.served_villages(session)}
    identity = access.SignedInStaff(session_id, staff).get_id()
    here = [served[code] for code in dict.fromkeys(code for code, _ in staff.grants) if code in served]
    return SignedIn(
        token=access.bearer_token(identity),
        name=staff.name,
        places=tuple(
            PlaceGiven(
                village_code=village.code,
                village_name=village.short_name,
                market_id=village.market_id,
                market_name=village.market_name,
                roles=tuple(role.value for role in staff.roles_here(village.code)),
            )
            for village in here
        ),
    )


@bp.post("/household/sign-in")
@operation(
    "Sign a household in with its card.", sent=CardSignIn, given=HouseholdSignedIn, door="open", refuses=(404, 409)
)
def sign_in_household(sent: CardSignIn) -> HouseholdSignedIn:
    """Give a token to whoever has a household's card and knows its digits."""
    found = access.sign_in_household(sent.card, sent.pin)
    identity = access.SignedInHousehold(found.session_id, found.market_id, found.household).get_id()
    return HouseholdSignedIn(
        token=access.bearer_token(identity),
        masked_name=mask_name(found.household.head_name),
        village_code=found.household.village_code,
    )


@bp.post("/sign-out")
@operation("End this sign-in.", given=SignedOut, door="signed in")
def sign_out() -> SignedOut:
    """End the sign-in behind the request, of staff or of a household."""
    user = current_user._get_current_object()  # noqa: SLF001 Flask-Login's way to the object itself
    with transaction() as session:
        if isinstance(user, access.SignedInStaff):
            service.sign_out(session, user.session_id, at=now())
        elif isinstance(user, access.SignedInHousehold):
            service.sign_out_household(session, user.market_id, user.session_id, at=now())
        else:
            raise access.NotSignedIn
    return SignedOut()
