"""退回: sending a case back to a user task that it reached before."""

from app.engine.case import Case, Token
from app.engine.paths import forward_edges, reach
from app.engine.steps import position
from app.engine.tasks import ParallelGateway
from app.engine.types import EngineError

PERSONAL = ("userTask", "manualTask")


def send_back(case: Case, node_id: str) -> None:
    """Take away every top-level token that depends on the node (or that it depends on), and put one on the node.

    A token is kept when the node cannot lead to it nor it to the node, going forward only: it stands on a line of its own.
    Refused when a join after the node would then wait for a branch that is gone (H4, M1).
    """
    target = _target(case, node_id)
    edges = forward_edges(case.spec)

    def after(name: str) -> frozenset[str]:
        return reach([name], lambda at: edges.get(at, []))

    downstream = after(target.name)
    kept: list[Token] = []
    dropped: list[Token] = []
    for token in case.task_tree.children:
        if "host" in token.internal_data:
            continue  # goes or stays with its activity
        at = position(token)
        independent = at not in downstream and target.name not in after(at)
        (kept if independent else dropped).append(token)
    alive = downstream.union(*(after(position(token)) for token in kept))
    for name in downstream:
        spec = case.spec.task_specs[name]
        if isinstance(spec, ParallelGateway) and not set(spec._inputs) <= alive:
            message = "要退回的环节在并行分支之内，而分支已经汇合，请退回到并行开始之前的环节。"
            raise EngineError("engine.return", message, node_id=node_id)
    for token in dropped:
        case.remove(token)
    case.enter(case, target)


def _target(case: Case, node_id: str) -> Token:
    specs = case.spec.task_specs
    infos = {info.node_id: info for info in case.spec_of_version.nodes(case.process_id)}
    if node_id not in specs or node_id not in infos or infos[node_id].kind not in PERSONAL:
        raise EngineError("engine.return", "只能退回到本流程主干上的用户任务，请另选环节。", node_id=node_id)
    if node_id not in case.reached:
        raise EngineError("engine.return", "办件还没有到过这个环节，不能退回到那里。", node_id=node_id)
    return specs.get(f"{node_id}.BoundaryEventSplit") or specs[node_id]  # type: ignore[no-any-return]
