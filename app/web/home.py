"""The first address: it leads everybody to their own first page."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app.web import navigation
from app.web.guards import signed_in
from app.web.identity import current_actor

home = Blueprint("home", __name__)


@home.get("/")
@signed_in
def start() -> ResponseReturnValue:
    """Lead to the first entry of the person's top bar; to the account where there is none."""
    own = navigation.entries(current_actor())
    return redirect(url_for(own[0].endpoint if own else "account.me"))
