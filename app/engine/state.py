"""A case as bytes: open tokens and variables, without the diagram. Ordered JSON, compressed, with a version of its own."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from app.engine.case import Case, Token
from app.engine.decisions import ExpressionEngine
from app.engine.specs import Spec
from app.engine.types import EngineError, Functions, OperationCaller, Variable

VERSION = 1
MAX_BYTES = 20_000_000


def dump(case: Case) -> bytes:
    """Return the state of a case. Tokens are written holder before held, so that they can be read back in one pass."""
    record = {
        "version": VERSION,
        "process": case.process_id,
        "variables": case.variables,
        "outcome": case.outcome,
        "ended": case.ended,
        "reached": list(case.reached),
        "tokens": [_token(token) for token in case.tokens()],
    }
    return zlib.compress(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(), 6)


def _token(token: Token) -> list[Any]:
    own = token.data.maps[0] if _has_layer(token) else None
    workflow = getattr(token.workflow, "parent_task_id", None)
    return [token.id, token.task_spec.name, token.state, workflow, token._parent, token.internal_data, own]


def _has_layer(token: Token) -> bool:
    return token.data is not token.parent.data


def load(spec: Spec, state: bytes, *, call: OperationCaller | None = None, functions: Functions | None = None) -> Case:
    """Return the case that a state describes; raises `EngineError` when it cannot be read or does not fit the version."""
    return restore(spec, read(state), call=call, functions=functions)


def restore(
    spec: Spec, record: dict[str, Any], *, call: OperationCaller | None = None, functions: Functions | None = None
) -> Case:
    """Return the case of a record as `read` gives it; raises `EngineError` when a token stands on no node of the version."""
    case = Case(spec, record["process"], call=call, functions=functions)
    case.script_engine = ExpressionEngine()
    case.variables.update(record["variables"])
    case.outcome = record["outcome"]
    case.ended = record["ended"]
    case.reached = dict.fromkeys(record["reached"])
    for row in record["tokens"]:
        _restore(case, row)
    return case


def new_case(
    spec: Spec, *, process_id: str, variables: Mapping[str, Variable], call: OperationCaller | None, functions: Functions | None
) -> Case:
    """Return a case without tokens."""
    case = Case(spec, process_id, call=call, functions=functions)
    case.script_engine = ExpressionEngine()
    case.variables.update(variables)
    return case


def read(state: bytes) -> dict[str, Any]:
    """Return the record in a state; raises `EngineError` when it is unreadable or of another state version."""
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(state, MAX_BYTES)
        record = json.loads(text)
        version = record["version"]
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise EngineError("engine.state", "办件的流程状态无法读取，请从备份恢复后重试。") from error
    if version != VERSION:
        raise EngineError("engine.state_version", f"办件的流程状态是第 {version} 版，本程序只认识第 {VERSION} 版，请先升级。")
    assert isinstance(record, dict)
    return record


def _restore(case: Case, row: list[Any]) -> None:
    token_id, name, state, owner_id, parent_id, internal, own = row
    workflow: Any = case
    if owner_id is not None:
        workflow = case.subprocesses.get(owner_id)
        if workflow is None:
            owner = case.find(owner_id)
            if owner is None:
                raise EngineError("engine.state", "办件的流程状态不完整，请从备份恢复后重试。")
            workflow = case.open_subprocess(owner)
    spec = workflow.spec.task_specs.get(name)
    parent = workflow.tasks.get(parent_id)
    if spec is None or parent is None:
        message = f"办件停在节点“{name}”，而这一版流程中没有它，请先迁移办件。"
        raise EngineError("engine.state_node", message, node_id=name)
    token = case.place(workflow, spec, parent=parent, token_id=token_id, layer=own is not None)
    token._set_state(state)
    token.internal_data = internal
    if own is not None:
        token.data.maps[0].update(own)
