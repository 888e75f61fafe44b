"""The application: configuration, extensions, rooms, errors."""

import mimetypes
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, current_app, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from love_market import navigation
from love_market.appraisals import views as appraisals
from love_market.boards import views as boards
from love_market.clock import utc_now
from love_market.config import Settings
from love_market.counter import api as counter_api
from love_market.counter import shell
from love_market.counter import views as counter
from love_market.db import db, engine_options, prepare_engine, retrying
from love_market.deeds import views as deeds
from love_market.people import access
from love_market.people import api as people_api
from love_market.people import views as people
from love_market.places import views as places
from love_market.reports import api as reports_api
from love_market.reports import views as reports
from love_market.stock import views as stock
from love_market.tills import api as tills_api
from love_market.tills import views as tills
from love_market.vouchers import views as vouchers
from love_market.web import api, assets, errors, filters, headers, health, language, logs, metrics, previews

# What they declare stands on ``api.bp``; see ``web.api``.
APIS = (people_api, tills_api, counter_api, reports_api)
ROOMS = (places, people, deeds, appraisals, vouchers, stock, tills, counter, shell, boards, reports)
# An old Windows calls scripts plain text, and a browser told not to guess then refuses to run them.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/wasm", ".wasm")

LARGEST_REQUEST_BYTES = 25 * 1_048_576


class LoveMarket(Flask):
    """The Flask application; a request that the database asks to repeat is run again from its start."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer a request, again from the start after a serialisation failure, a deadlock or a lost connection."""
        return retrying(metrics.trying(super().dispatch_request))

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 as Flask has it
        """Write down a fault of ours: where it is, not what it was about, which may be somebody's name."""
        logs.fault(self.logger, exc_info[1])


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Build the application from settings (by default the environment's); ``clock`` is what pages take for now."""
    settings = settings or Settings.from_environment()
    app = LoveMarket("love_market", template_folder=str(assets.templates_dir()), static_folder=str(assets.static_dir()))
    app.config.update(_flask_config(settings))
    app.extensions["love_market_settings"] = settings
    app.extensions["love_market_clock"] = clock
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    logs.init_app(app)
    csrf = CSRFProtect(app)
    access.login_manager.init_app(app)
    for part in (assets, filters, errors, headers, health, language, metrics, previews, navigation):
        part.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    app.url_map.converters["village"] = api.VillageCode
    app.register_blueprint(api.bp)
    csrf.exempt(api.bp)
    app.register_error_handler(access.NotSignedIn, _to_sign_in)
    app.url_defaults(_keep_village)
    if settings.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST_BYTES,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
    }


def _to_sign_in(_error: access.NotSignedIn) -> ResponseReturnValue:
    if errors.wants_json():
        response = errors.answer(401, _("请先登录。"), "NotSignedIn")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=back))


def _keep_village(endpoint: str, values: dict[str, Any]) -> None:
    """Links from a village's page lead to the same village unless they say otherwise."""
    here = (request.view_args or {}).get("village_code") if has_request_context() else None
    if here and "village_code" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "village_code"):
        values["village_code"] = here
