"""Pages of the deeds room."""

from flask import Blueprint

bp = Blueprint("deeds", __name__)
