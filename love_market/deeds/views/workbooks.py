"""The rules given out: as a workbook, as a sheet for the wall, and what a version changed as a printed table."""

from collections.abc import Sequence
from io import BytesIO
from typing import Literal

from flask import Response, request, send_file

from love_market.db import reading
from love_market.deeds import intake, papers, queries
from love_market.deeds.rules import RuleDraft
from love_market.deeds.views.room import bp
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now

GIVEN_OUT = ("paper", "workbook")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/v/<village_code>/rules/rules.xlsx", defaults={"number": None})
@bp.get("/v/<village_code>/rules/<int:number>/rules.xlsx")
def rules_workbook(village_code: str, number: int | None) -> Response:
    """A version of the rules as a workbook to change and bring back; the catalogue where nothing stands yet."""
    guard = staff_guard(village_code)
    with reading() as session:
        village = places.village(session, village_code)
        version = queries.current_version(session, guard) if number is None else queries.version(session, guard, number)
        drafts = queries.drafts(session, guard, version.id) if version else intake.catalogue()
    title = f"{village.short_name}积分细则" + (f"（第 {version.number} 版）" if version else "")
    name = f"{village.short_name}积分细则" + (f"第{version.number}版" if version else "")
    return send_file(
        BytesIO(papers.rules_workbook(title, drafts, now())), XLSX, as_attachment=True, download_name=f"{name}.xlsx"
    )


@bp.get("/v/<village_code>/rules/<int:number>/wall.pdf")
def wall_pdf(village_code: str, number: int) -> Response:
    """A version as a sheet for the wall in large type, on A4, or A3 with ``?size=a3``."""
    guard = staff_guard(village_code)
    size: Literal["a4", "a3"] = "a3" if request.args.get("size") == "a3" else "a4"
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.wall(session, guard, number, at=now(), paper_size=size)
    return _pdf(paper, f"{village.short_name}积分细则第{number}版")


@bp.get("/v/<village_code>/rules/<int:number>/changes.pdf")
def changes_pdf(village_code: str, number: int) -> Response:
    """What a version changed of the one before (细则修改对照表)."""
    guard = staff_guard(village_code)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.changes(session, guard, number, at=now())
    return _pdf(paper, f"{village.short_name}细则修改对照表第{number}版")


def draft_given_out(guard: Guard, step: str, drafts: Sequence[RuleDraft]) -> Response:
    """A draft to take along to the meeting that adopts it: what it changes on paper, or a workbook to go on from."""
    with reading() as session:
        village = places.village(session, guard.village_code)
        if step == "paper":
            return _pdf(papers.draft_changes(session, guard, drafts, at=now()), f"{village.short_name}细则草稿对照表")
    book = papers.rules_workbook(f"{village.short_name}积分细则（草稿）", drafts, now())
    return send_file(BytesIO(book), XLSX, as_attachment=True, download_name=f"{village.short_name}积分细则草稿.xlsx")


def _pdf(paper: bytes, name: str) -> Response:
    return send_file(BytesIO(paper), "application/pdf", download_name=f"{name}.pdf")
