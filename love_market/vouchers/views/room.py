"""The blueprint of the voucher pages."""

from flask import Blueprint

bp = Blueprint("vouchers", __name__)
