"""The minutes of a meeting that is over, words beside them, the signed copy; and both papers of the meeting."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from love_market.appraisals import papers, queries, service, signed
from love_market.appraisals.forms import AskForm, CopyForm, NoteForm
from love_market.appraisals.views.room import PANEL, READERS, WRITERS, bp
from love_market.clock import Quarter
from love_market.config import Settings
from love_market.db import reading, transaction
from love_market.deeds.evidence import Upload
from love_market.errors import LoveMarketError
from love_market.people.access import staff_guard
from love_market.people.rules import Guard
from love_market.places import queries as places
from love_market.web.clock import now


@bp.get("/v/<village_code>/quarters/<quarter>/minutes")
@bp.get("/v/<village_code>/quarters/<quarter>/minutes/<uuid:meeting_id>")
def minutes(village_code: str, quarter: str, meeting_id: UUID | None = None) -> str:
    """The minutes, to read and to print: of the meeting that carried the list, or of one before it."""
    guard = staff_guard(village_code, *READERS)
    return _page(guard, Quarter.parse(quarter), meeting_id, NoteForm(), CopyForm(formdata=None))


@bp.get("/v/<village_code>/quarters/<quarter>/minutes.pdf")
@bp.get("/v/<village_code>/quarters/<quarter>/minutes/<uuid:meeting_id>.pdf")
def minutes_pdf(village_code: str, quarter: str, meeting_id: UUID | None = None) -> Response:
    """The minutes on A4, with lines to sign on."""
    guard, wanted = staff_guard(village_code, *READERS), Quarter.parse(quarter)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.minutes(session, guard, wanted, meeting_id, at=now())
    return _pdf(paper, f"{village.short_name}{wanted.title}评议会记录.pdf")


@bp.get("/v/<village_code>/quarters/<quarter>/agenda.pdf")
def agenda_pdf(village_code: str, quarter: str) -> Response:
    """The agenda and the list in large print, for members who hold paper."""
    guard, wanted = staff_guard(village_code, *READERS), Quarter.parse(quarter)
    with reading() as session:
        village = places.village(session, village_code)
        paper = papers.agenda(session, guard, wanted, at=now())
    return _pdf(paper, f"{village.short_name}{wanted.title}评议会议程和名单.pdf")


@bp.post("/v/<village_code>/quarters/<quarter>/minutes/<uuid:meeting_id>/note")
def amend_minutes(village_code: str, quarter: str, meeting_id: UUID) -> ResponseReturnValue:
    """Add words beside the minutes."""
    guard, wanted = staff_guard(village_code, *WRITERS), Quarter.parse(quarter)
    form, status = NoteForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                said = form.words.data or ""
                service.add_note(session, guard, meeting_id, words=said, key=form.key_id, at=now())
            flash(_("记在旁边了。原来的票数没有动。"), "good")
            return redirect(url_for("appraisals.minutes", quarter=wanted, meeting_id=meeting_id))
        except LoveMarketError as error:
            status = form.refuse(error)
    return _page(guard, wanted, meeting_id, form, CopyForm(formdata=None)), status


@bp.post("/v/<village_code>/quarters/<quarter>/minutes/<uuid:meeting_id>/copies")
def keep_copy(village_code: str, quarter: str, meeting_id: UUID) -> ResponseReturnValue:
    """Keep a photo or a PDF of the minutes signed on paper."""
    guard, wanted = staff_guard(village_code, *WRITERS), Quarter.parse(quarter)
    form, status = CopyForm(), 422
    if form.validate_on_submit():
        file: FileStorage = form.copy.data
        try:
            with reading() as session:
                queries.minutes(session, guard, wanted, meeting_id)
            scan = signed.keep(_folder(guard), Upload(file.filename or "?", file.stream.read()))
            with transaction() as session:
                service.keep_copy(session, guard, meeting_id, scan=scan, key=form.key_id, at=now())
            flash(_("存下了，和会议记录放在一起。"), "good")
            return redirect(url_for("appraisals.minutes", quarter=wanted, meeting_id=meeting_id))
        except LoveMarketError as error:
            status = form.refuse(error)
    return _page(guard, wanted, meeting_id, NoteForm(formdata=None), form), status


@bp.get("/v/<village_code>/minutes/copies/<uuid:copy_id>")
def copy(village_code: str, copy_id: UUID) -> Response:
    """A file of the signed copy, to the village's own committee and panel: a photo to look at, a PDF to save."""
    guard = staff_guard(village_code, *PANEL)
    with reading() as session:
        found = queries.signed_copy(session, guard, copy_id)
    path = signed.path_of(_folder(guard), found.kind, found.sha256)
    is_pdf = found.kind == "pdf"
    name = f"{found.sha256[:12]}.{found.kind}"
    response = send_file(path, "application/pdf" if is_pdf else "image/jpeg", as_attachment=is_pdf, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/v/<village_code>/quarters/<quarter>/minutes/<uuid:meeting_id>/copies/<uuid:copy_id>/take-back")
def take_copy_back(village_code: str, quarter: str, meeting_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """Take back a file that was put there by mistake."""
    guard, wanted = staff_guard(village_code, *WRITERS), Quarter.parse(quarter)
    if AskForm().validate_on_submit():
        with transaction() as session:
            service.take_copy_back(session, guard, copy_id, at=now())
        flash(_("撤下了。文件还留着，旁边写明是谁撤的。"), "good")
    return redirect(url_for("appraisals.minutes", quarter=wanted, meeting_id=meeting_id))


def _page(guard: Guard, wanted: Quarter, meeting_id: UUID | None, note: NoteForm, copy_form: CopyForm) -> str:
    with reading() as session:
        told = queries.minutes(session, guard, wanted, meeting_id)
    return render_template(
        "appraisals/minutes.html",
        minutes=told,
        found=told.appraisal,
        held=told.meeting,
        note=note,
        copy_form=copy_form,
        ask=AskForm(formdata=None),
        writes=bool(guard.roles & set(WRITERS)),
        sees_copies=bool(guard.roles & set(PANEL)),
        megabytes=signed.LARGEST_BYTES // 1_048_576,
    )


def _folder(guard: Guard) -> Path:
    settings: Settings = current_app.extensions["love_market_settings"]
    return signed.folder_of(settings.instance, guard.market_id)


def _pdf(paper: bytes, name: str) -> Response:
    return send_file(BytesIO(paper), "application/pdf", download_name=name)
