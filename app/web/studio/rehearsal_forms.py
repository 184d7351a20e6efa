"""What the page of a rehearsal asks for each step, and how what is sent becomes a step of a scenario."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from app.domain.errors import DomainError
from app.domain.fields import Field
from app.formkit.schema import fields_of, read_form
from app.services.packages.package_manifest import read_manifest
from app.services.packages.package_model import PackageView
from app.services.studio.sandbox_player import NeedsAnswer, OpenStep
from app.web.house import context
from app.web.studio.facts import sent_text

_VERBS = ("complete", "fire", "deliver", "act")
_LONGEST = 2000


@dataclass(frozen=True)
class StepField:
    """A variable that a step gives to the case: what it is called, and what can be chosen."""

    name: str
    label: str
    kind: str  # choice, yes_no, text, value
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""  # what the case has now


@dataclass(frozen=True)
class Question:
    """An operation whose answer decides how a rehearsal goes on, with the answers that were given before it."""

    operation: str
    title: str
    sentence: str
    before: str


def question(error: NeedsAnswer) -> Question:
    """Return what to ask, with what was answered in this step already."""
    return Question(error.call.operation, error.title, error.message, json.dumps(answers_sent(), ensure_ascii=False))


def nodes_of(files: Mapping[str, bytes], kind: str) -> tuple[str, dict[str, str]]:
    """Return the diagram of a kind of case and the names of its nodes; nothing of a draft that cannot be read any more."""
    try:
        procedure = read_manifest(files)
        file, nodes = PackageView(procedure, context().registry, {}).processes[procedure.case_kinds[kind].process]
    except (DomainError, KeyError):
        return "", {}
    return file, {node.node_id: node.name for node in nodes}


def fields_of_step(step: OpenStep, files: Mapping[str, bytes], *, variables: Mapping[str, Any]) -> list[StepField]:
    """Return the variables that a task exports, in the words of its form, with what the case has now."""
    known = _form_fields(step.form, files) if step.form else {}
    return [replace(_step_field(name, known.get(name)), value=_typed(variables.get(name))) for name in step.exports]


def _typed(value: Any) -> str:
    """Return a variable as a person would type it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _form_fields(key: str, files: Mapping[str, bytes]) -> dict[str, Field]:
    try:
        spec = read_form(key, json.loads(files[f"forms/{key}.json"]))
    except (DomainError, KeyError, ValueError, RecursionError):
        return {}  # the draft went on since the rehearsal began: the step asks for plain values
    return {field.key: field for field in fields_of(spec) if field.key}


def _step_field(name: str, field: Field | None) -> StepField:
    if field is None:
        return StepField(name, name, "value")
    label = field.label or name
    if field.options:
        return StepField(name, label, "choice", tuple((option.value, option.label) for option in field.options))
    if field.kind == "checkbox":
        return StepField(name, label, "yes_no", (("true", "是"), ("false", "否")))
    return StepField(name, label, "value" if field.kind == "number" else "text")


def step_sent() -> dict[str, Any]:
    """Return the step that was sent, as a scenario writes it. `DomainError` for what is none."""
    if request.form.get("what"):
        return _mapping(request.form["what"])
    verb, name = sent_text("verb", longest=20), sent_text("name", longest=80)
    if verb == "wait":
        return {"wait": f"P{_days()}D"}
    if verb not in _VERBS or not name:
        raise DomainError("rehearsal.step", "没有看懂要做哪一步，请刷新页面后重新选择。")
    what: dict[str, Any] = {verb: name}
    if verb == "complete":
        if request.form.get("item", "null") != "null":
            what["item"] = value_of(request.form["item"], "value")
        what["values"] = _values()
    if verb == "deliver":
        what["payload"] = _mapping(request.form.get("payload") or "{}")
    return what


def _days() -> int:
    text = sent_text("days", longest=4)
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 3650:
        raise DomainError("rehearsal.step", "请填写要过去的天数，1 至 3650。")
    return int(text)


def _values() -> dict[str, Any]:
    values = {}
    for name in request.form:
        kind, _, variable = name.partition("-")
        if kind in ("choice", "yes_no", "text", "value") and variable:
            values[variable] = value_of(request.form[name], kind)
    return values


def value_of(text: str, kind: str) -> Any:
    """Return what a person typed as a variable: texts stay texts; numbers, lists and truth values are read where they may be."""
    text = text.replace("\x00", "")[:_LONGEST].strip()
    if kind in ("choice", "text"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(found, float) else found


def variables_sent() -> dict[str, Any]:
    """Return the variables that a rehearsal begins with: lines like `channel = employer`."""
    found = {}
    for line in request.form.get("variables", "")[:_LONGEST].splitlines():
        name, sign, text = line.partition("=")
        if line.strip() and not (sign and name.strip().isidentifier()):
            raise DomainError("rehearsal.variables", f"“{line.strip()[:40]}”写法不对，请每行写一个变量，如 channel = employer。")
        if sign:
            found[name.strip()] = value_of(text, "value")
    return found


def answers_sent() -> dict[str, list[Any]]:
    """Return what operations are to answer: what was answered before in this step, and the newest answer."""
    answers = _mapping(request.form.get("answers") or "{}")
    found = {str(name): list(values) for name, values in answers.items() if isinstance(values, list)}
    operation = sent_text("operation", longest=80)
    if operation:
        found.setdefault(operation, []).append(value_of(request.form.get("answer", ""), "value"))
    return found


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text[: 10 * _LONGEST])
    except (ValueError, RecursionError) as error:
        raise DomainError("rehearsal.step", '内容的写法不对，应为 {"名称": 值}。请修改后再试。') from error
    if not isinstance(found, dict):
        raise DomainError("rehearsal.step", '内容的写法不对，应为 {"名称": 值}。请修改后再试。')
    return found
