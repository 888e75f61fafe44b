"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("counter", __name__)
