"""What a villager's own phone shows of a voucher that it scanned: no sign-in, no full name."""

from flask import render_template
from flask.typing import ResponseReturnValue

from love_market.db import reading
from love_market.errors import Invalid, words
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.vouchers import queries, token
from love_market.vouchers.rules import unknown
from love_market.vouchers.views.room import bp
from love_market.web.clock import now
from love_market.web.errors import sentence_of


@bp.get("/q/<scanned>", endpoint="public")
@bp.get("/Q/<scanned>", endpoint="public_upper")
def public(scanned: str) -> ResponseReturnValue:
    """Show whose market a voucher is, what is left, until when."""
    text = token.token_from_scan(scanned)
    if text is None:
        raise Invalid(words("这个码不是积分券。请对准券上的方码再扫一次。"))
    claims = token.peek(text)
    with reading() as session:
        villages = places.villages_of_known(session, claims.market_id)
        if not villages:
            raise unknown()
        guard = Guard.public(claims.market_id, villages[0].code)
        found = queries.from_scan(session, guard, text, at=now())
    return render_template(
        "vouchers/public.html",
        voucher=found,
        market_name=villages[0].market_name,
        refusal=sentence_of(found.refusal) if found.refusal else "",
    )
