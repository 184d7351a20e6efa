"""Which nodes lead to which: needed by inclusive joins and by sending back."""

from collections.abc import Callable, Iterable
from typing import Any


def upstream(gateway: Any, source: str) -> frozenset[str]:
    """Return the names of all specs from which `source` can be reached without passing the gateway, itself included."""
    cache: dict[str, frozenset[str]] = gateway.__dict__.setdefault("_upstream", {})
    if source not in cache:
        specs = gateway._wf_spec.task_specs
        cache[source] = reach([source], lambda name: [n for n in specs[name]._inputs if n != gateway.name])
    return cache[source]


def reach(starts: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Return everything that can be reached from the starts, themselves included."""
    seen = set(starts)
    stack = list(seen)
    while stack:
        for name in neighbours(stack.pop()):
            if name not in seen:
                seen.add(name)
                stack.append(name)
    return frozenset(seen)


def forward_edges(wf_spec: Any) -> dict[str, list[str]]:
    """Return the flows of a process without those that lead back (found by a walk from its start), by spec name."""
    edges: dict[str, list[str]] = {}
    open_now: set[str] = set()
    done: set[str] = set()
    stack: list[tuple[str, bool]] = [(wf_spec.start.name, False)]
    while stack:
        name, leaving = stack.pop()
        if leaving:
            open_now.discard(name)
            done.add(name)
            continue
        if name in done or name in open_now:
            continue
        open_now.add(name)
        stack.append((name, True))
        targets = [target for target in wf_spec.task_specs[name]._outputs if target not in open_now]
        edges[name] = targets
        stack.extend((target, False) for target in reversed(targets))
    return edges
