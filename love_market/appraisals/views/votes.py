"""What the fields of a vote say: which item it is about, and how many were for it."""

from uuid import UUID

from flask import request

from love_market.appraisals.rules import LIST, About, Votes
from love_market.appraisals.rules.refusals import VotesDoNotAddUp
from love_market.errors import words

_MOST_DIGITS = 4


def key_of(about: About) -> str:
    """Return what an item is called among the fields of forms: list, or the ids of household and proposal."""
    ids = [one.hex for one in (about.household_id, about.proposal_id) if one]
    return "-".join(ids) or "list"


def about_of(key: str) -> About:
    """Return the item of such a name; raise ``VotesDoNotAddUp`` where there can be none."""
    return LIST if key == "list" else About(*(id_told(part) for part in key.split("-", 1)))


def id_told(text: str) -> UUID:
    """Return the id that a field holds; raise ``VotesDoNotAddUp`` where it holds none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise VotesDoNotAddUp(words("页面过期了，请刷新后再来一次。")) from error


def votes_told() -> Votes:
    """Return the votes that were typed; an empty field is 0. Raise ``VotesDoNotAddUp`` for what is no count."""
    counts: list[int] = []
    for kind in ("for", "against", "abstained"):
        text = request.form.get(kind, "").strip() or "0"
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            raise VotesDoNotAddUp(words("票数“{text}”不是整数。请用数字填写。"), text=text[:12])
        counts.append(int(text))
    return Votes(*counts)
