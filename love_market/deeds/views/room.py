"""The blueprint that the pages of the deeds room hang on, and where its photos lie and how they are sent."""

from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, request

from love_market.config import Settings
from love_market.deeds import evidence
from love_market.people.rules import Guard

bp = Blueprint("deeds", __name__)


def photo_folder(guard: Guard) -> Path:
    """Return where the photos of the guard's market are kept."""
    settings: Settings = current_app.extensions["love_market_settings"]
    return evidence.folder_of(settings.instance, guard.market_id)


def send_photo(guard: Guard, sha256: str) -> Response:
    """Return the answer with a photo of the guard's market, for nobody else to keep; raise ``PhotoLost``."""
    response = make_response(evidence.path_of(photo_folder(guard), sha256).read_bytes())
    response.content_type = "image/jpeg"
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = f"inline; filename={sha256[:12]}.jpg"
    response.make_conditional(request)
    return response
