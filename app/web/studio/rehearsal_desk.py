"""What a rehearsal shows to whoever plays a role: the steps that the role has to do now, and the form of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.domain.actors import ROLE_TITLES, Role
from app.domain.errors import DomainError
from app.domain.fields import Field, Values
from app.formkit.build import BoundForm, FormData, bind
from app.formkit.fields import Problem
from app.formkit.rows import Row, rows
from app.formkit.values import collect
from app.services.studio.rehearsal_rows import RehearsalView
from app.services.studio.sample_values import sample_values
from app.services.studio.sandbox_forms import StepForm, key_of
from app.services.studio.sandbox_player import OpenStep
from app.web.studio.preview import plain_buttons
from app.web.studio.rehearsal_forms import StepField, step_fields
from app.web.tasks.sheet import Button


@dataclass(frozen=True)
class RoleLine:
    """A role that can be chosen, with how many steps it has before it."""

    role: str
    title: str
    count: int


@dataclass(frozen=True)
class StepSheet:
    """A step as the page shows it; `rows` are those of its form when it is the one that is open."""

    step: OpenStep
    key: str
    has_form: bool
    asked: tuple[StepField, ...]  # what the form does not ask for and a real case would find out
    is_open: bool = False
    rows: tuple[Row, ...] = ()
    decision: Field | None = None
    buttons: tuple[Button, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What a role sees, all roles when none is chosen."""

    role: Role | None
    roles: tuple[RoleLine, ...]
    sheets: tuple[StepSheet, ...]


def role_sent(text: str) -> Role | None:
    """Return the role that was chosen, None for all. `DomainError` for what is none."""
    if not text:
        return None
    try:
        return Role(text)
    except ValueError:
        raise DomainError("rehearsal.role", "没有这个角色，请从列表中重新选择。") from None


def desk_of(view: RehearsalView, *, role: Role | None, chosen: str, sent: FormData | None = None) -> Desk:
    """Return what a role has to do; the form of the `chosen` step is open, filled in with what was `sent`, else the first one."""
    steps = [step for step in _shown(view) if role is None or role in step.roles]
    with_form = [key_of(step) for step in steps if key_of(step) in view.forms]
    opened = chosen if chosen in with_form else next(iter(with_form), "")
    sheets = tuple(_sheet(view, step, is_open=key_of(step) == opened, sent=sent if chosen == opened else None) for step in steps)
    counted = [
        (one, sum(one in step.roles for step in _shown(view))) for one in dict.fromkeys([*view.roles, *([role] if role else [])])
    ]
    return Desk(role, tuple(RoleLine(one.value, ROLE_TITLES[one], count) for one, count in counted), sheets)


def _shown(view: RehearsalView) -> list[OpenStep]:
    """A message that an action of people sends is offered as the action only."""
    acted = {step.node_id for step in view.open if step.verb == "act"}
    return [step for step in view.open if step.verb != "deliver" or step.node_id not in acted]


def _sheet(view: RehearsalView, step: OpenStep, *, is_open: bool, sent: FormData | None) -> StepSheet:
    key, form = key_of(step), view.forms.get(key_of(step))
    keys = {field.key for field in form.spec.every} if form is not None else set()
    asked = tuple(step_fields([name for name in step.exports if name not in keys], variables=view.variables, sent=request.form))
    if form is None or not is_open:
        return StepSheet(step, key, form is not None, asked)
    bound = _bound(form, sent)
    problems = tuple(bound.problems()) if sent is not None and not bound.validate() else ()
    decision = next((field for field in bound.specs if field.is_decision), None)
    shown = tuple(row for row in rows(bound) if decision is None or row.spec is not decision)
    buttons = plain_buttons(decision) if decision is not None else ()
    return StepSheet(step, key, True, asked, True, shown, decision, buttons, tuple(problems))


def _bound(form: StepForm, sent: FormData | None) -> BoundForm:
    known = form.initial
    if request.args.get("samples"):
        known = {**sample_values(form.spec, sources=form.sources, today=form.today), **known}
    return bind(form.spec, sources=form.sources, today=form.today, data=known, formdata=sent)


def filled(form: StepForm) -> Values:
    """Return what was filled into the form of a step. Raises `InvalidValues` naming the fields that do not fit."""
    bound = bind(form.spec, sources=form.sources, today=form.today, formdata=request.form)
    if not bound.validate():
        raise bound.refusal()
    return collect(bound)


def key_sent(what: Mapping[str, Any]) -> str:
    """Return the key of the step that was sent."""
    return key_of(OpenStep("complete", str(what.get("complete", "")), "", "", item=what.get("item")))
