"""The blueprint that the pages of the deeds room hang on, and where its photos lie."""

from pathlib import Path

from flask import Blueprint, current_app

from love_market.config import Settings
from love_market.deeds import evidence
from love_market.people.rules import Guard

bp = Blueprint("deeds", __name__)


def photo_folder(guard: Guard) -> Path:
    """Return where the photos of the guard's market are kept."""
    settings: Settings = current_app.extensions["love_market_settings"]
    return evidence.folder_of(settings.instance, guard.market_id)
