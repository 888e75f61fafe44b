"""Sending evidence, and to the village's own staff: photos and spoken words. Nobody else keeps it."""

from uuid import UUID

from flask import Response

from love_market.db import reading
from love_market.deeds import evidence, queries
from love_market.deeds.queries import DeedRecord
from love_market.deeds.rules import RECORDERS
from love_market.deeds.views.photos import send_kept, send_photo
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
    return send_photo(photo_folder(guard), found.sha256)


def sound_of(guard: Guard, deed: DeedRecord) -> Response:
    """Return the answer that holds a deed's spoken words; raise ``PhotoLost``."""
    if deed.sound_sha256 is None or deed.sound_kind is None:
        raise evidence.PhotoLost(words("这件好事没有录音。"))
    return send_kept(photo_folder(guard), deed.sound_sha256, deed.sound_kind, evidence.SOUNDS[deed.sound_kind])
