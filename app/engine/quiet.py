"""Which steps may be taken back: those after which nothing can have happened but that the next ones became ready."""

from app.engine.returning import PERSONAL
from app.engine.specs import Spec

_PASSED = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "businessRuleTask", "task")
_WAITS = (*PERSONAL, "intermediateCatchEvent", "receiveTask")


def leads_quietly(spec: Spec, *, process_id: str, node_id: str) -> bool:
    """Tell whether every way on from a step comes to people or to waiting through gateways and decision tables alone.

    False where an operation may have run or a message may have been thrown, and for a step that is not on the top level. Plain ends
    are passed over: whether the case has come to one is known to whoever asks.
    """
    specs = spec.processes[process_id].task_specs
    infos = {info.node_id: info for info in spec.nodes(process_id)}
    if node_id not in specs:
        return False
    seen: set[str] = set()
    stack = list(specs[node_id]._outputs)
    while stack:
        name = stack.pop()
        info = infos.get(name)
        if name in seen or (info is not None and info.kind in _WAITS):
            continue
        seen.add(name)
        plain_end = info is not None and info.kind == "endEvent" and info.event in (None, "terminate")
        if info is not None and info.kind not in _PASSED and not plain_end:
            return False
        stack.extend(specs[name]._outputs)  # what has no kind the parser puts between the elements
    return True
