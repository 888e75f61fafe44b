"""Headers of every answer: what a page may load, and that nobody frames it."""

from flask import Flask, Response, request

_SOURCES = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items())


def init_app(app: Flask) -> None:
    """Set the security headers on every answer; a file that a form asked for leaves a sign for the page that waits."""

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and response.headers.get("Content-Disposition", "").startswith("attachment"):
            response.set_cookie("file_made", "1", max_age=20, samesite="Lax")  # static/web/waiting.js looks for it
        return response
