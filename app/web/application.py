"""Builds the web floor on an application that `app.wiring` has given a database."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, Rule

from app.services.context import Context
from app.web import filters
from app.web.blueprints import blueprints
from app.web.cases.finding import init_bell
from app.web.errors import init_errors
from app.web.guards import init_guards
from app.web.house import CONFIG, CONTEXT
from app.web.identity import init_identity
from app.web.security import init_security
from config import Config


class Number(IntegerConverter):
    """A number in an address: what no column of the database holds is no page, instead of an error of the database."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map, **given: Any) -> None:
        super().__init__(map, **{"max": 2**31 - 1, **given})


class Address(Rule):
    """An address whose writer is compiled when a page first leads there: to compile all of them takes most of building the house."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(Address, self)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


def build_web(app: Flask, *, config: Config, context: Context) -> Flask:
    """Add pages, guards, errors and headers to the application, and return it."""
    app.extensions[CONTEXT] = context
    app.extensions[CONFIG] = config
    app.url_rule_class = Address
    app.url_map.converters["int"] = Number
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    init_errors(app)
    init_security(app, config=config)
    init_identity(app)
    init_guards(app)
    filters.init_filters(app)
    init_bell(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    return app
