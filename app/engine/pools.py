"""One pool of a collaboration by itself, for whom its neighbours do not concern."""

from collections.abc import Mapping

from lxml import etree

from app.engine.drawing import roots_of
from app.engine.nodes import BPMN, DI


def pool_of(files: Mapping[str, bytes], process_id: str) -> bytes | None:
    """Return the diagram of a process, drawn as in its file but without other pools and messages; `None` when no file has it.

    `EngineError` (`engine.unreadable`) for broken XML. What is inside keeps its own prefixes: types are named by them in attributes.
    """
    for _, root in roots_of(files):
        processes = root.findall(f"{BPMN}process")
        if any(process.get("id") == process_id for process in processes):
            for process in processes:
                if process.get("id") != process_id:
                    root.remove(process)
            _leave_the_pool(root, process_id)
            return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
    return None


def _leave_the_pool(root: etree._Element, process_id: str) -> None:
    for collaboration in root.findall(f"{BPMN}collaboration"):
        for part in list(collaboration):
            if part.tag != f"{BPMN}participant" or part.get("processRef") != process_id:
                collaboration.remove(part)
    known = {element.get("id") for element in root.iter(f"{BPMN}*")}
    for plane in root.iter(f"{DI}BPMNPlane"):
        for drawn in list(plane):
            if drawn.get("bpmnElement") not in known:
                plane.remove(drawn)
