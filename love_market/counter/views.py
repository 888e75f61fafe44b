"""Pages of the counter room."""

from flask import Blueprint

bp = Blueprint("counter", __name__)
