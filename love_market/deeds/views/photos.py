"""Sending a photo that is kept as evidence: to the village's own staff, whose browser alone keeps it."""

from pathlib import Path

from flask import Response, make_response, request

from love_market.deeds import evidence


def send_photo(folder: Path, sha256: str) -> Response:
    """Return a kept photo as an answer; raise ``PhotoLost``."""
    response = make_response(evidence.path_of(folder, sha256).read_bytes())
    response.content_type = "image/jpeg"
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = f"inline; filename={sha256[:12]}.jpg"
    response.make_conditional(request)
    return response
