"""Sending evidence, and to the village's own staff: photos and spoken words. Nobody else keeps it."""

from uuid import UUID

from flask import Response, make_response, request

from love_market.db import reading
from love_market.deeds import evidence, queries
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import RECORDERS
from love_market.deeds.views.room import bp, photo_folder
from love_market.errors import words
from love_market.people.access import staff_guard
from love_market.people.rules import Guard


@bp.get("/v/<village_code>/deeds/<uuid:deed_id>/photos/<int:position>")
def photo(village_code: str, deed_id: UUID, position: int) -> Response:
    """Send one photo of a deed."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        deed = queries.deed(session, guard, deed_id)
    return photo_of(guard, deed, position)


@bp.get("/v/<village_code>/deeds/<uuid:deed_id>/sound")
def sound(village_code: str, deed_id: UUID) -> Response:
    """Send the spoken words of a deed."""
    guard = staff_guard(village_code, *RECORDERS)
    with reading() as session:
        deed = queries.deed(session, guard, deed_id)
    return sound_of(guard, deed)


def photo_of(guard: Guard, deed: DeedRecord, position: int) -> Response:
    """Return the answer that holds a deed's photo; raise ``PhotoLost``."""
    found = next((each for each in deed.photos if each.position == position), None)
    if found is None:
        raise evidence.PhotoLost(words("这件好事没有第 {position} 张照片。"), position=position)
    return _sent(guard, found.sha256, "jpg", "image/jpeg")


def sound_of(guard: Guard, deed: DeedRecord) -> Response:
    """Return the answer that holds a deed's spoken words; raise ``PhotoLost``."""
    if deed.sound_sha256 is None or deed.sound_kind is None:
        raise evidence.PhotoLost(words("这件好事没有录音。"))
    return _sent(guard, deed.sound_sha256, deed.sound_kind, evidence.SOUNDS[deed.sound_kind])


def _sent(guard: Guard, sha256: str, kind: str, content_type: str) -> Response:
    content = evidence.path_of(photo_folder(guard), sha256, kind).read_bytes()
    response = make_response(content)
    response.content_type = content_type
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = f"inline; filename={sha256[:12]}.{kind}"
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))  # a player asks for parts
    return response
