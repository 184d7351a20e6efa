"""The forms of a rehearsal: those of the draft, with samples for what only a real case knows, and what was filled into them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.domain.actors import role_title
from app.domain.clock import local
from app.domain.fields import Field, FormSpec, Option, Value, Values, walk
from app.domain.masking import mask_bank, mask_id, mask_phone
from app.domain.rounds import RoundSettings
from app.formkit.summary import Shown, summary
from app.formkit.values import exports
from app.services.casework.forms import Lists, with_numbers
from app.services.packages.scenario_player import Player, StepError
from app.services.studio.sample_values import sample_of
from app.services.studio.sandbox_player import OpenStep, Rehearsing, open_steps

SAMPLE_FILE = Option("1", "示例文件（演练不上传材料，勾选即视为已上传）")
_MASKS = {"id_number": mask_id, "mobile": mask_phone, "bank_card": mask_bank}


@dataclass(frozen=True)
class StepForm:
    """The form of a step, ready to be bound; files are ticked instead of uploaded, read-only fields show samples."""

    spec: FormSpec
    sources: Lists
    initial: Values
    today: date


@dataclass(frozen=True)
class FilledStep:
    """What was filled in at an earlier step, to be read."""

    title: str
    item: Any
    role: str
    shown: tuple[Shown, ...]


Fill = Callable[[StepForm], Values]
"""Fills in the form of a step; raises `InvalidValues` when what was sent does not fit it."""


def form_of(player: Rehearsing, step: OpenStep, scenario: Mapping[str, Any]) -> StepForm | None:
    """Return the form that a person would have before them at a step; None for a step without one.

    It opens with what was filled into the same form before, except opinion, decision and what is kept with a mask.
    """
    spec = player.forms.get(step.form) if step.verb == "complete" else None
    if spec is None:
        return None
    settings = replace(RoundSettings(), **{name: one for name, one in player.settings.items() if hasattr(RoundSettings(), name)})
    fields = tuple(_for_rehearsal(field, player, in_list=False) for field in with_numbers(spec, settings).fields)
    anew = {field.key for field in spec.every if field.is_decision or field.readonly or _is_sensitive(field)} | {"opinion"}
    before = {key: value for key, value in _last(scenario, step, player).items() if key not in anew}
    return StepForm(replace(spec, fields=fields), player.sources, before, local(player.clock).date())


def _for_rehearsal(field: Field, player: Rehearsing, *, in_list: bool) -> Field:
    """Return a field as a rehearsal asks for it. A row of a list stays empty until somebody fills it in: no samples there."""
    if field.kind == "file":
        default: Value = None if in_list or not field.required else [SAMPLE_FILE.value]
        return replace(field, kind="checklist", options=(SAMPLE_FILE,), default=default)
    if field.readonly:
        known = player.now.variables.get(field.key)
        today = local(player.clock).date()
        shown = known if isinstance(known, str | int) else sample_of(field, sources=player.sources, today=today)
        return replace(field, default=shown)
    inside = tuple(_for_rehearsal(each, player, in_list=in_list or field.kind == "list") for each in field.fields)
    return replace(field, fields=inside) if inside != field.fields else field


def _last(scenario: Mapping[str, Any], step: OpenStep, player: Player) -> Values:
    """Return what was filled into the same form before; of a task for several people, by the same one only."""
    forms = _forms_of_nodes(player)
    for number, what in reversed(list(enumerate(scenario["steps"]))):
        values: Values | None = scenario.get("filled", {}).get(str(number))
        if values is not None and forms.get(what.get("complete")) == step.form and what.get("item") == step.item:
            return values
    return {}


def _forms_of_nodes(player: Player) -> dict[str, str]:
    return {node.node_id: node.properties.get("form", "") for node in player.spec.nodes(player.kind.process)}


def fill_in(
    player: Rehearsing, scenario: Mapping[str, Any], *, what: Mapping[str, Any], fill: Fill
) -> tuple[Mapping[str, Any], Values | None]:
    """Return a step with what its form exports among its values, as a completion would hand it on, and all that was filled in.

    What the recorder would add is given with the step, and nothing else. Raises what `fill` raises, and `StepError`.
    """
    step = next((one for one in open_steps(player) if one.is_meant(what)), None)
    if step is None or step.verb != "complete":
        return what, None  # playing it says why it cannot be done
    given = what.get("values") or {}
    if strange := [name for name in given if name not in asked_beside(player, step)]:
        raise StepError(f"“{step.title}”不给出名为“{strange[0][:40]}”的值。请刷新页面后再填写。", node_id=step.node_id)
    form = form_of(player, step, scenario)
    if form is None:
        return what, None
    values = fill(form)
    own = [name for name in step.exports if name not in asked_beside(player, step)]
    return {**what, "values": {**given, **exports(values, own)}}, values


def asked_beside(player: Player, step: OpenStep) -> tuple[str, ...]:
    """Return the variables of a step that its form does not ask for: the recorder would find them out in a real case."""
    form = player.forms.get(step.form)
    keys = {field.key for field in form.every} if form is not None else set()
    return tuple(name for name in step.exports if name not in keys)


def keep_filled(scenario: dict[str, Any], player: Player, values: Values | None) -> None:
    """Keep what was filled in at the newest step; of numbers that identify people only a mask, as submissions do."""
    number = len(scenario["steps"]) - 1
    form = player.forms.get(_forms_of_nodes(player).get(scenario["steps"][number].get("complete"), ""))
    if values is not None and form is not None:
        scenario.setdefault("filled", {})[str(number)] = _masked(form.fields, values)


def forget_filled(scenario: dict[str, Any]) -> None:
    """Drop what was filled in at steps that were taken back."""
    kept = {number: values for number, values in scenario.get("filled", {}).items() if int(number) < len(scenario["steps"])}
    scenario["filled"] = kept


def _is_sensitive(field: Field) -> bool:
    return field.kind in ("text", "textarea") and field.properties.get("sensitive") == "true"


def _masked(fields: Sequence[Field], values: Mapping[str, Value]) -> Values:
    found = dict(values)
    for field in walk(fields):
        value = found.get(field.key)
        if _is_sensitive(field) and isinstance(value, str):
            mask = _MASKS.get(field.properties.get("valueType", ""))
            found[field.key] = mask(value) if mask else "（已填写）"
        elif field.kind == "group" and isinstance(value, dict):
            found[field.key] = _masked(field.fields, value)
        elif field.kind == "list" and isinstance(value, list):
            found[field.key] = [_masked(field.fields, row) if isinstance(row, dict) else row for row in value]
    return found


def filled_steps(player: Rehearsing, scenario: Mapping[str, Any]) -> Iterator[FilledStep]:
    """Yield what was filled in at each step of a person, newest first; of a scenario's step, what the scenario names."""
    nodes = {node.node_id: node for node in player.spec.nodes(player.kind.process)}
    for number, what in reversed(list(enumerate(scenario["steps"]))):
        node = nodes.get(what.get("complete", ""))
        form = player.forms.get(node.properties.get("form", "")) if node is not None else None
        if node is None or form is None:
            continue
        kept = scenario.get("filled", {}).get(str(number))
        values = kept if kept is not None else what.get("values") or {}
        lines = summary(form, values, sources=player.sources)
        shown = tuple(lines if kept is not None else _named(lines, values))
        if shown:
            yield FilledStep(node.name or node.node_id, what.get("item"), role_title(what.get("role", "")), shown)


def _named(lines: Sequence[Shown], values: Mapping[str, Value]) -> Iterator[Shown]:
    for line in lines:
        if line.field.key in values:
            yield line
        elif not line.field.key:
            yield from _named(line.children, values)


def key_of(step: OpenStep) -> str:
    """Return what the address of a page calls a step: its node, and whose of several instances it is."""
    return step.name if step.item is None else f"{step.name}:{json.dumps(step.item, ensure_ascii=False)}"
