"""The diagram of a case for its page: the pool that the case runs in, without its neighbours."""

from xml.etree import ElementTree

from app.domain.errors import NotFound
from app.services.packages.procedure_cache import LoadedProcedure

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_PREFIXES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


def diagram_of(loaded: LoadedProcedure, kind: str) -> bytes:
    """Return the BPMN of the process of a kind of case, drawn as in its package but without other pools and messages.

    A clerk who looks for the step that waits should not have to find it among the steps of the round. `NotFound` without one.
    """
    process = loaded.procedure.case_kinds[kind].process
    for name in loaded.procedure.diagrams:
        root = ElementTree.fromstring(loaded.procedure.files[name])  # the gate has read it before
        if root.find(f"{_BPMN}process[@id='{process}']") is not None:
            return _only(root, process)
    raise NotFound("diagram.none", "这类办件没有流程图，不影响办理。")


def _only(root: ElementTree.Element, process: str) -> bytes:
    for prefix, uri in _PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)
    for other in root.findall(f"{_BPMN}process"):
        if other.get("id") != process:
            root.remove(other)
    for collaboration in root.findall(f"{_BPMN}collaboration"):
        for part in list(collaboration):
            if part.tag != f"{_BPMN}participant" or part.get("processRef") != process:
                collaboration.remove(part)
    known = {element.get("id") for element in root.iter() if not element.tag.startswith(_DI)}
    for plane in root.iter(f"{_DI}BPMNPlane"):
        for drawn in list(plane):
            if drawn.get("bpmnElement") not in known:
                plane.remove(drawn)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
