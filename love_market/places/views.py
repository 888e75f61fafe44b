"""The blueprint of the places room. Its pages stand with the people room's, since who may open them is asked there."""

from flask import Blueprint

bp = Blueprint("places", __name__)
