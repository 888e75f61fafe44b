"""The blueprint that the pages of the people room hang on."""

from flask import Blueprint

bp = Blueprint("people", __name__)
