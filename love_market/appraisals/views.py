"""Pages of the appraisals room."""

from flask import Blueprint

bp = Blueprint("appraisals", __name__)
