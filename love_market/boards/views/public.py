"""A published year's star households for anybody, and the paper for the wall."""

from io import BytesIO
from uuid import UUID

from flask import Response, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from love_market.boards import papers, queries
from love_market.boards.rules import NoStarList
from love_market.boards.views.room import YEAR, bp, committee, public_guard
from love_market.db import reading
from love_market.errors import words
from love_market.web.clock import now


@bp.get("/board/<village_code>/stars")
def latest_stars(village_code: str) -> ResponseReturnValue:
    """Lead to the list that was published last."""
    guard = public_guard(village_code)
    with reading() as session:
        known = queries.published_years(session, guard)
    if not known:
        raise NoStarList(words("本村还没有公布过星级文明户。公布以后在这里能看到。"))
    return redirect(url_for(".public_stars", year=known[0]))


@bp.get(f"/board/<village_code>/stars/{YEAR}")
@bp.get(f"/board/<village_code>/stars/{YEAR}/<uuid:list_id>")
def public_stars(village_code: str, year: int, list_id: UUID | None = None) -> str:
    """The households with stars as they were printed, and by what they were counted; or a list corrected since."""
    guard = public_guard(village_code)
    with reading() as session:
        listed, homes = queries.published_rows(session, guard, year, list_id)
        lists = queries.lists_of_year(session, guard, year)
        known = queries.published_years(session, guard)
    return render_template(
        "boards/public_stars.html",
        year=year,
        years=known,
        listed=listed,
        corrects=next((one for one in lists if one.id == listed.corrects_id), None),
        committee=committee(guard),
        count=len(homes),
        grouped=[(count, need, [home for home in homes if home.stars == count]) for count, need in listed.stars.steps],
    )


@bp.get(f"/board/<village_code>/stars/{YEAR}/list.pdf")
def stars_pdf(village_code: str, year: int) -> Response:
    """The list to pin up."""
    guard = public_guard(village_code)
    url = url_for(".public_stars", year=year, _external=True)
    signed_by = committee(guard)
    with reading() as session:
        paper = papers.star_list(session, guard, year, committee=signed_by, url=url, at=now())
    return send_file(BytesIO(paper), "application/pdf", download_name=f"{g.village.short_name}{year}年星级文明户.pdf")
