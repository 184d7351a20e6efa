"""The group of pages of the administrators."""

from flask import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/admin")
