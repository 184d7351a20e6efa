"""Who gives which variable: an element with all that is inside it, the tables that it asks and the processes that it calls."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from app.engine.gate.model import GateContext, Package
from app.engine.gate.reading import LOOP, item_name, written_by, written_inside
from app.engine.nodes import BPMN, CONTAINERS, SPIFF, local_name
from app.engine.paths import reach

Names = frozenset[str]
NOTHING: Names = frozenset()


class Giving:
    """The variables that elements and processes of a package give. What was found once is kept: many rules ask again."""

    def __init__(self, package: Package, context: GateContext) -> None:
        self._package = package
        self._context = context
        self._by_node: dict[Any, Names] = {}
        self._by_loop: dict[Any, Names] = {}

    @cached_property
    def processes(self) -> dict[str, Any]:
        """Every process by its id."""
        return {item.get("id", ""): item for diagram in self._package.diagrams for item in diagram.processes}

    @cached_property
    def calls(self) -> dict[str, frozenset[str]]:
        """The processes that each process calls, from anywhere inside it."""
        return {name: called_in(item) for name, item in self.processes.items()}

    @cached_property
    def tables(self) -> dict[str, Names]:
        """The variables that each decision sets."""
        return {
            decision.get("id", ""): frozenset(output.get("name") or "" for output in decision.iter("{*}output"))
            for root in self._package.tables.values()
            for decision in root.iter("{*}decision")
        }

    @cached_property
    def by_process(self) -> dict[str, Names]:
        """What each process gives by itself, without those that it calls."""
        return {name: self._inside(item) for name, item in self.processes.items()}

    @cached_property
    def anything(self) -> dict[str, Names]:
        """What anything in each process writes, be it for one instance only."""
        return {
            name: NOTHING.union(*(written_by(element, self._context) for element in item.iter(f"{BPMN}*")))
            for name, item in self.processes.items()
        }

    @cached_property
    def related(self) -> dict[str, frozenset[str]]:
        """The processes that each process calls or is called by, through any number of calls, itself included."""
        both: dict[str, set[str]] = {name: set(targets) for name, targets in self.calls.items()}
        for name, targets in self.calls.items():
            for target in targets:
                both.setdefault(target, set()).add(name)
        return {name: reach([name], lambda at: both.get(at, NOTHING)) for name in self.processes}

    def by_call(self, process_id: str) -> Names:
        """Return what a process gives, with those that it calls."""
        below = reach([process_id], lambda at: self.calls.get(at, NOTHING))
        return NOTHING.union(*(self.by_process.get(name, NOTHING) for name in below))

    def by(self, node: Any) -> Names:
        """Return the variables of the case that an element gives; of a multi-instance only the collection of its results."""
        if node not in self._by_node:
            self._by_node[node] = self._given(node)
        return self._by_node[node]

    def _given(self, node: Any) -> Names:
        names = set(written_by(node, self._context))
        if node.find(LOOP) is None:
            names |= self._inside(node) if local_name(node) in CONTAINERS else self._asked(node)
            for call in (node, *_shared(node)):
                if local_name(call) == "callActivity" and call.find(LOOP) is None:
                    names |= self.by_call(call.get("calledElement", ""))
        return frozenset(names)

    def _inside(self, container: Any) -> Names:
        return NOTHING.union(*(self._one(element) for element in _shared(container)))

    def _one(self, element: Any) -> Names:
        own = frozenset(written_by(element, self._context))
        return own if element.find(LOOP) is not None else own | self._asked(element)

    def _asked(self, element: Any) -> Names:
        path = f"{BPMN}extensionElements/{SPIFF}calledDecisionId"
        return NOTHING.union(*(self.tables.get((item.text or "").strip(), NOTHING) for item in element.findall(path)))

    def of_instances(self, element: Any) -> Names:
        """Return the variables that belong to the multi-instance activities around an element, and to itself if it is one."""
        found = NOTHING
        while element is not None and element.tag != f"{BPMN}process":
            loop = element.find(LOOP)
            if loop is not None:
                found |= self._of_instance(element, loop)
            element = element.getparent()
        return found

    def _of_instance(self, activity: Any, loop: Any) -> Names:
        if activity not in self._by_loop:
            inner = (written_inside(item, self._context) for item in activity.iter(f"{BPMN}*"))
            self._by_loop[activity] = frozenset({item_name(loop, "inputDataItem")}).union(*inner)
        return self._by_loop[activity]


def giving(package: Package, context: GateContext) -> Giving:
    """Return what gives what in a package, gathered once for all rules."""
    key = ("giving", id(context))
    if key not in package.kept:
        package.kept[key] = (context, Giving(package, context))
    found: Giving = package.kept[key][1]
    return found


def called_in(container: Any) -> frozenset[str]:
    """Return the processes that an element calls, itself or from inside."""
    return frozenset(call.get("calledElement", "") for call in container.iter(f"{BPMN}callActivity"))


def _shared(container: Any) -> Iterator[Any]:
    """Yield what is inside a process or subprocess and writes to the variables of the case: not the insides of a multi-instance."""
    for element in container:
        if isinstance(element.tag, str):
            yield element
            if local_name(element) in CONTAINERS and element.find(LOOP) is None:
                yield from _shared(element)
