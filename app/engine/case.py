"""A running case: SpiffWorkflow's workflow and task objects, used as plain tokens.

SpiffWorkflow keeps a tree of all that was and all that may come, copies the data at every step and merges it at joins. Its tree
grows with every loop and with every parallel block (defects C3, K3), and its merge loses list entries (B4). Here a workflow
holds **only open tokens**, one level deep (two inside a multi-instance): a token that leaves its node is removed and new
ones stand on the targets of its flows. All tokens of a case share one set of variables; an instance of a multi-instance has a
layer of its own over it.
"""

from collections import ChainMap, deque
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.evaluation import MAX_STEPS, Walker
from app.engine.expressions import ExpressionError, parse
from app.engine.types import EngineError, Functions, NodeInfo, OperationCaller, ThrownMessage, Variable
from app.engine.variables import as_variable

if TYPE_CHECKING:
    from app.engine.specs import Spec

STEP_LIMIT = 2000
TOKEN_LIMIT = 20_000
DEPTH_LIMIT = 20
WORK_LIMIT = 1_000_000
"""What one advance may come to: nodes passed, tokens placed, subprocesses inside each other, steps of expressions. A few seconds."""
_SPLIT = ".BoundaryEventSplit"


class Token(Task):
    """One open token. `internal_data` is small JSON: where it came from, what it waits for, what was evaluated for it."""

    def _set_state(self, value: int) -> None:
        self._state = value

    @property
    def case(self) -> "Case":
        """The case that this token belongs to, also from inside a subprocess."""
        found: Case = self.workflow.top_workflow
        return found

    @property
    def node(self) -> NodeInfo | None:
        """The element of the diagram, None for what SpiffWorkflow adds between the elements."""
        node_id = self.task_spec.bpmn_id
        return None if node_id is None else self.case.spec_of_version.node(self.workflow.spec.name, node_id)

    @property
    def node_id(self) -> str:
        """The id of the element, for error messages."""
        return str(self.task_spec.bpmn_id or self.task_spec.name)

    @property
    def is_instance(self) -> bool:
        """Tell whether this is one of several runs of a multi-instance or loop activity."""
        return "index" in self.internal_data

    @property
    def instance(self) -> "Token | None":
        """The innermost run of a multi-instance activity that this token is or is inside of, also through subprocesses."""
        current: Token | None = self
        while current is not None and not (current.is_instance and "items" in current.parent.internal_data):
            owner_id = getattr(current.workflow, "parent_task_id", None)
            current = self.case.find(owner_id) if owner_id is not None else None
        return current


class Case(BpmnWorkflow):
    """The open tokens and the variables of one case, and what happened to it during one advance."""

    def __init__(
        self, spec: "Spec", process_id: str, *, call: OperationCaller | None = None, functions: Functions | None = None
    ) -> None:
        if process_id not in spec.process_ids:
            raise EngineError("engine.unknown_process", f"流程包中没有编号为“{process_id}”的可执行流程。")
        super().__init__(spec.processes[process_id], spec.parts[process_id], deserializing=True)
        self.spec_of_version = spec
        self.process_id = process_id
        self.call = call
        self.functions: Functions = functions or {}
        self.variables: dict[str, Variable] = {}
        self.outcome: str | None = None
        self.ended = False
        self.reached: dict[str, None] = {}
        self.thrown: list[ThrownMessage] = []
        self.passed: list[NodeInfo] = []
        self.taken: list[tuple[str, str]] = []
        self.steps = 0
        self.placed = 0
        self.work = 0
        self.queue: deque[Token] = deque()
        self.plant(self, self.variables)

    @staticmethod
    def plant(workflow: Any, variables: MutableMapping[str, Variable]) -> None:
        """Give a workflow its root, which every token of it hangs on and takes its variables from."""
        workflow.task_tree = Token(workflow, workflow.spec.start, state=TaskState.COMPLETED, id="root")
        workflow.task_tree.data = variables

    def place(
        self, workflow: Any, spec: Any, *, parent: Token | None = None, token_id: str | None = None, layer: bool = False
    ) -> Token:
        """Put a new token on a node without entering it; with `layer` it writes its variables to a layer of its own."""
        self.placed += 1
        if self.placed > TOKEN_LIMIT:
            message = f"办件同时展开的分支超过 {TOKEN_LIMIT} 个，请检查多实例和并行分支。"
            raise EngineError("engine.token_limit", message, node_id=spec.bpmn_id or str(spec.name))
        holder = parent or workflow.task_tree
        token = Token(workflow, spec, parent=holder, state=TaskState.FUTURE, id=token_id or uuid4().hex)
        token.data = ChainMap({}, holder.data) if layer else holder.data
        return token

    def enter(self, workflow: Any, spec: Any, *, source: str | None = None, **internal: Any) -> Token:
        """Let a token arrive at a node: it becomes ready, or waits."""
        token = self.place(workflow, spec)
        if source is not None:
            token.internal_data["from"] = source
            self.taken.append((source.removesuffix(_SPLIT), str(spec.name).removesuffix(_SPLIT)))
        token.internal_data.update(internal)
        if workflow is self and token.task_spec.bpmn_id is not None:
            self.reached.setdefault(token.task_spec.bpmn_id)
        token.task_spec._update(token)
        return token

    def leave(self, token: Token, targets: Sequence[Any]) -> None:
        """Take a completed token off its node and put one on each target."""
        if token.node is not None and not token.is_instance:
            self.passed.append(token.node)
        for watcher in self.watchers(token):
            self.remove(watcher)
        parent = token.parent
        self.remove(token)
        if token.is_instance:
            parent.task_spec.instance_done(parent, token)
            return
        for target in targets:
            self.enter(token.workflow, target, source=token.task_spec.name)

    def watchers(self, token: Token) -> list[Token]:
        """Return the boundary events that wait while this token's activity runs."""
        return [other for other in token.workflow.tasks.values() if other.internal_data.get("host") == token.id]

    def remove(self, token: Token) -> None:
        """Take a token away with all that hangs on it: instances, subprocess, boundary events. No flow is taken."""
        for child in token.children:
            self.remove(child)
        inner = self.subprocesses.pop(token.id, None)
        if inner is not None:
            for below in list(inner.task_tree.children):
                self.remove(below)
        workflow = token.workflow
        if token.id in workflow.tasks:
            for watcher in self.watchers(token):
                self.remove(watcher)
            del workflow.tasks[token.id]
            token.parent._children.remove(token.id)
        token._set_state(TaskState.CANCELLED)

    def open_subprocess(self, token: Token) -> Any:
        """Start the workflow inside a subprocess or called process; its variables are those of the token.

        Raises `EngineError` (`engine.depth`) where processes call each other without end: what each costs grows with the depth.
        """
        depth = getattr(token.workflow, "depth", 0) + 1
        if depth > DEPTH_LIMIT:
            message = f"子流程和调用的流程套了 {DEPTH_LIMIT} 层以上，请检查“{token.node_id}”是否又调用了自己。"
            raise EngineError("engine.depth", message, node_id=token.node_id)
        inner = BpmnSubWorkflow(self.subprocess_specs[token.task_spec.spec], token.id, self, deserializing=True)
        inner.depth = depth
        self.plant(inner, token.data)
        self.subprocesses[token.id] = inner
        return inner

    def tokens(self) -> Iterator[Token]:
        """Yield every open token, those of the top level first."""
        for workflow in (self, *list(self.subprocesses.values())):
            for token in list(workflow.tasks.values()):
                if token is not workflow.task_tree:
                    yield token

    def find(self, task_id: str) -> Token | None:
        """Return the open token of this id."""
        return next((token for token in self.tokens() if token.id == task_id), None)

    def evaluate(self, token: Token, source: str, extra: Mapping[str, object] | None = None, *, shown: str = "") -> object:
        """Return the value of an expression for a token; a faulty one becomes an `EngineError` that names the element.

        `shown` is what people wrote, where the expression was made from it.
        """
        walker = Walker(ChainMap(dict(extra), token.data) if extra else token.data, self.functions)
        try:
            return walker.run(parse(source).tree)
        except ExpressionError as error:
            message = f"节点“{token.node_id}”的表达式“{(shown or source).strip()[:80]}”无法计算：{error.message}。"
            raise EngineError("engine.expression", message, node_id=token.node_id) from error
        finally:
            self.work += MAX_STEPS - walker.steps

    def evaluate_variable(self, token: Token, source: str) -> Variable:
        """Return the value of an expression as something that the engine may hold."""
        return as_variable(self.evaluate(token, source), node_id=token.node_id)

    def clear(self) -> None:
        """Take every token away."""
        for token in list(self.task_tree.children):
            self.remove(token)
        self.queue.clear()
