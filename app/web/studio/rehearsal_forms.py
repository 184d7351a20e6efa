"""What the page of a rehearsal asks for each step, and how what is sent becomes a step of a scenario."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.domain.errors import DomainError
from app.services.packages.package_manifest import read_manifest
from app.services.packages.package_model import PackageView
from app.services.studio.sandbox_player import NeedsAnswer
from app.web.house import context
from app.web.studio.facts import sent_text

_VERBS = ("complete", "fire", "deliver", "act")
_LONGEST = 2000
_VALUE = "_value-"
_ANSWERING = ("csrf_token", "_answers", "_operation", "_answer")
"""What the page itself sends begins with an underscore, which no field of a form may."""


@dataclass(frozen=True)
class StepField:
    """A variable that a step gives to the case beside its form, with what the case has now, or what was sent."""

    name: str
    value: str


@dataclass(frozen=True)
class Question:
    """An operation whose answer decides how a rehearsal goes on, with the answers that were given before it."""

    operation: str
    title: str
    sentence: str
    before: str
    description: str
    sample: str
    carried: tuple[tuple[str, str], ...]  # everything that was sent, to be sent again with the answer


def question(error: NeedsAnswer) -> Question:
    """Return what to ask, with what was answered in this step already."""
    sample = _typed(error.sample)
    carried = tuple((name, text) for name, text in request.form.items(multi=True) if name not in _ANSWERING)
    before = json.dumps(answers_sent(), ensure_ascii=False)
    return Question(error.call.operation, error.title, error.message, before, error.description, sample, carried)


def diagram_of(files: Mapping[str, bytes], kind: str) -> str:
    """Return the diagram of a kind of case; nothing of a draft that cannot be read any more."""
    try:
        procedure = read_manifest(files)
        return PackageView(procedure, context().registry, {}).processes[procedure.case_kinds[kind].process][0]
    except (DomainError, KeyError):
        return ""


def step_fields(names: Iterable[str], *, variables: Mapping[str, Any], sent: Mapping[str, str]) -> list[StepField]:
    """Return what a step asks beside its form: what was sent for it, else what the case has now."""
    return [StepField(name, sent.get(f"{_VALUE}{name}", _typed(variables.get(name)))) for name in names]


def _typed(value: Any) -> str:
    """Return a variable as a person would type it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def step_sent() -> dict[str, Any]:
    """Return the step that was sent, as a scenario writes it. `DomainError` for what is none."""
    verb, name = sent_text("_verb", longest=20), sent_text("_name", longest=80)
    if verb == "wait":
        return {"wait": f"P{_days()}D"}
    if verb not in _VERBS or not name:
        raise DomainError("rehearsal.step", "没有看懂要做哪一步，请刷新页面后重新选择。")
    what: dict[str, Any] = {verb: name}
    if verb == "complete":
        if request.form.get("_item", "null") != "null":
            what["item"] = value_of(request.form["_item"])
        what["values"] = _values()
    if verb == "deliver":
        what["payload"] = _mapping(request.form.get("_payload") or "{}")
    return what


def _days() -> int:
    text = sent_text("_days", longest=4)
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 3650:
        raise DomainError("rehearsal.step", "请填写要过去的天数，1 至 3650。")
    return int(text)


def _values() -> dict[str, Any]:
    """Return the variables that were given beside the form, whose own fields have other names."""
    return {name.removeprefix(_VALUE): value_of(text) for name, text in request.form.items() if name.startswith(_VALUE)}


def value_of(text: str) -> Any:
    """Return what a person typed as a variable: texts stay texts; numbers, lists and truth values are read where they may be."""
    text = text.replace("\x00", "")[:_LONGEST].strip()
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
            found[name.strip()] = value_of(text)
    return found


def answers_sent() -> dict[str, list[Any]]:
    """Return what operations are to answer: what was answered before in this step, and the newest answer."""
    answers = _mapping(request.form.get("_answers") or "{}")
    found = {str(name): list(values) for name, values in answers.items() if isinstance(values, list)}
    operation = sent_text("_operation", longest=80)
    if operation:
        found.setdefault(operation, []).append(value_of(request.form.get("_answer", "")))
    return found


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text[: 10 * _LONGEST])
    except (ValueError, RecursionError) as error:
        raise DomainError("rehearsal.step", '内容的写法不对，应为 {"名称": 值}。请修改后再试。') from error
    if not isinstance(found, dict):
        raise DomainError("rehearsal.step", '内容的写法不对，应为 {"名称": 值}。请修改后再试。')
    return found
