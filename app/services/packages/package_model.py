"""What the rules about a whole package look at, and how they are written down; the rules about diagrams are the engine's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.domain.fields import FormSpec
from app.domain.procedure import Procedure
from app.engine import drawing
from app.engine.drawing import FlowInfo, MessageUse
from app.engine.expressions import Expression, ExpressionError, parse
from app.engine.gate import Finding
from app.engine.gate.model import Severity
from app.engine.types import NodeInfo
from app.services.registry import Registry

PapersOf = Callable[[str], Mapping[str, bool]]
"""The paper templates of a procedure that were ever deployed, by name: whether one of their versions is in use."""


@dataclass(frozen=True)
class PackageView:
    """A package whose manifest can be read, with what several rules need. Forms that do not build are not among `forms`."""

    procedure: Procedure
    registry: Registry
    forms: Mapping[str, FormSpec]
    papers: Path | None = None  # the folder with the procedure's paper templates
    papers_of: PapersOf | None = None  # None where no house is asked

    @cached_property
    def processes(self) -> Mapping[str, tuple[str, tuple[NodeInfo, ...]]]:
        """The file and the nodes of each executable process."""
        return drawing.nodes_of(self.procedure.files)

    @cached_property
    def flows(self) -> tuple[FlowInfo, ...]:
        """Every sequence flow."""
        return drawing.flows_of(self.procedure.files)

    @cached_property
    def messages(self) -> tuple[MessageUse, ...]:
        """Every element that throws or catches a message."""
        return drawing.messages_of(self.procedure.files)

    @cached_property
    def expressions(self) -> tuple[tuple[str, str, Expression], ...]:
        """Every expression that can be read: file, element, expression."""
        found = []
        for file, element, text in drawing.readings_of(self.procedure.files):
            try:
                found.append((file, element, parse(text)))
            except ExpressionError:
                continue  # the engine's gate tells
        return tuple(found)

    def tasks(self) -> Iterable[tuple[str, str, NodeInfo]]:
        """Yield every user task with its file and process."""
        for process_id, (file, nodes) in self.processes.items():
            yield from ((file, process_id, node) for node in nodes if node.kind == "userTask")


Hit = tuple[str, str, str]
"""File, element (or form field, or message), detail."""


@dataclass(frozen=True)
class HouseRule:
    """A rule about a package: a stable id, what is wrong, how to cure it, and the function that finds it."""

    id: str
    sentence: str
    cure: str
    find: Callable[[PackageView], Iterable[Hit]]
    severity: Severity = "error"

    def findings(self, view: PackageView) -> list[Finding]:
        """Return what the rule finds."""
        return [self.finding(hit) for hit in self.find(view)]

    def finding(self, hit: Hit) -> Finding:
        """Return the finding of one hit."""
        file, element, detail = hit
        message = f"{self.sentence}：{detail}" if detail else self.sentence
        return Finding(self.id, element, message, self.cure, self.severity, file)


def found_elsewhere(_view: PackageView) -> Iterable[Hit]:
    """For rules whose hits come up while the package is read, or while its scenarios are played."""
    return ()
