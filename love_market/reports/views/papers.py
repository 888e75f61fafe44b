"""Every paper of a village on one page, and those that are of several rooms: the booklet, the reports."""

from io import BytesIO
from uuid import UUID

from flask import Response, send_file

from love_market.clock import Quarter
from love_market.db import reading
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import COMMITTEE, OVERSEERS, Guard, RoleMissing
from love_market.people.views.places import overseer
from love_market.places import queries as places
from love_market.reports import papers
from love_market.reports.views.room import bp
from love_market.web.clock import now

READERS = tuple(COMMITTEE | OVERSEERS)


@bp.get("/v/<village_code>/quarters/<quarter>/booklets.pdf")
@bp.get("/v/<village_code>/quarters/<quarter>/booklets/<uuid:household_id>.pdf")
def booklets_pdf(village_code: str, quarter: str, household_id: UUID | None = None) -> Response:
    """A quarter's booklet page, of one household or of all."""
    guard = staff_guard(village_code, *COMMITTEE)
    wanted = Quarter.parse(quarter)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.booklet_pages(session, guard, wanted, household_id, at=now())
    return _pdf(paper, f"{village.short_name}{wanted.title}户积分存折.pdf")


@bp.get("/v/<village_code>/quarters/<quarter>/report.pdf")
def report_pdf(village_code: str, quarter: str) -> Response:
    """The village's report of a quarter to the township."""
    guard = staff_guard(village_code, *READERS)
    wanted = Quarter.parse(quarter)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.report(session, guard, wanted, at=now())
    return _pdf(paper, f"{village.short_name}{wanted.title}季度报表.pdf")


@bp.get("/overview/<place_code>/report/<quarter>.pdf")
def township_pdf(place_code: str, quarter: str) -> Response:
    """The same figures of all villages of a township, for whoever oversees it."""
    staff, wanted = overseer(), Quarter.parse(quarter)
    with reading() as session:
        lineage = places.lineage(session, place_code)
        held = staff.roles_at([place.code for place in lineage]) & OVERSEERS
        if lineage[0].level != "township" or not held:
            raise RoleMissing(words("这张表只给这个乡镇和县里看。"))
        served = places.branches(session, place_code)[0].served
        guards = [Guard.of_staff(one.market_id, one.code, staff.id, staff.name, *held) for one in served]
        paper = papers.township(session, lineage[0].name, guards, wanted, at=now())
    return _pdf(paper, f"{lineage[0].name}{wanted.title}季度汇总表.pdf")


def _pdf(paper: bytes, name: str) -> Response:
    return send_file(BytesIO(paper), "application/pdf", download_name=name)
