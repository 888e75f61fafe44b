"""Sending what is kept as evidence, photos and spoken words: to whoever may see it, whose browser alone keeps it."""

from pathlib import Path

from flask import Response, make_response, request

from love_market.deeds import evidence


def send_photo(folder: Path, sha256: str) -> Response:
    """Return a kept photo as an answer; raise ``PhotoLost``."""
    return send_kept(folder, sha256, "jpg", "image/jpeg")


def send_kept(folder: Path, sha256: str, kind: str, content_type: str) -> Response:
    """Return a kept file of a kind as an answer, in parts where it is asked for so; raise ``PhotoLost``."""
    content = evidence.path_of(folder, sha256, kind).read_bytes()
    response = make_response(content)
    response.content_type = content_type
    response.set_etag(sha256)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = f"inline; filename={sha256[:12]}.{kind}"
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))  # a player asks for parts
    return response
