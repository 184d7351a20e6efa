"""The diagrams and decision tables of one version, parsed once and cached by content hash."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree
from SpiffWorkflow.spiff.parser import VALIDATOR, SpiffBpmnParser

from app.engine import specialise
from app.engine.nodes import BPMN, CONTAINERS, is_executable, read_nodes, secure_parser
from app.engine.schema_faults import element_of, sentence_of
from app.engine.types import EngineError, NodeInfo, Unreadable

CACHE_SIZE = 64


@dataclass(frozen=True, eq=False)
class Spec:
    """One version's processes, ready to run. Shared between threads and never changed after `load_spec`."""

    content_hash: str
    process_ids: tuple[str, ...]
    _nodes: Mapping[str, tuple[NodeInfo, ...]]
    _by_id: Mapping[tuple[str, str], NodeInfo]
    _owners: Mapping[str, str]  # process or subprocess id -> id of the process that it is drawn in
    processes: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]  # process id -> every subprocess and called process below it

    def nodes(self, process_id: str) -> tuple[NodeInfo, ...]:
        """Return the elements of a process in document order, those of its subprocesses included."""
        return self._nodes[process_id]

    def node(self, process_id: str, node_id: str) -> NodeInfo:
        """Return one element of a process; raises `EngineError` when there is none of this id."""
        info = self._by_id.get((self._owners.get(process_id, process_id), node_id))
        if info is None:
            raise EngineError("engine.unknown_node", f"流程图中没有编号为“{node_id}”的节点，请核对流程版本。", node_id=node_id)
        return info


_cache: "OrderedDict[str, Spec]" = OrderedDict()
_lock = threading.Lock()


def load_spec(files: Mapping[str, bytes], *, content_hash: str) -> Spec:
    """Return the parsed diagrams and decision tables of a version, from the cache if this hash was parsed before.

    `files` maps names to content; other names than `*.bpmn` and `*.dmn` are passed over. Raises `EngineError`
    (`engine.unreadable`) when the files cannot be parsed; the deployment gate explains why in detail.
    """
    with _lock:
        if content_hash in _cache:
            _cache.move_to_end(content_hash)
            return _cache[content_hash]
        spec = parse_files(files, content_hash=content_hash)
        _cache[content_hash] = spec
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
        return spec


def parse_files(files: Mapping[str, bytes], *, content_hash: str) -> Spec:
    """Parse without the cache. The whole work of SpiffWorkflow's parser happens here; errors as in `load_spec`."""
    parser = SpiffBpmnParser(validator=VALIDATOR)
    roots = []
    name, tree = "", None
    try:
        for name in sorted(files):
            if name.endswith(".dmn"):
                parser.add_dmn_xml(etree.parse(BytesIO(files[name]), secure_parser()).getroot(), name)
        for name in sorted(files):
            if name.endswith(".bpmn"):
                tree = etree.parse(BytesIO(files[name]), secure_parser())
                for process in filter(is_executable, tree.getroot().findall(f"{BPMN}process")):
                    process.set("isExecutable", "true")  # the parser knows no other way to write it
                parser.add_bpmn_xml(tree, name)
                roots.append(tree.getroot())
        name, tree = "", None
        ids = [item.get("id", "") for root in roots for item in root.findall(f"{BPMN}process") if is_executable(item)]
        processes = {process_id: parser.get_spec(process_id) for process_id in ids}
        parts = {process_id: parser.get_subprocess_specs(process_id) for process_id in ids}
    except Exception as error:  # the parser raises whatever its own mistakes come to
        where = element_of(error, tree, VALIDATOR) or None
        raise Unreadable(
            f"流程文件无法读取：{sentence_of(error)}", file=name or getattr(error, "file_name", ""), node_id=where
        ) from error
    return _assemble(roots, content_hash, processes, parts)


def _assemble(roots: list[Any], content_hash: str, processes: dict[str, Any], parts: dict[str, Any]) -> Spec:
    nodes: dict[str, tuple[NodeInfo, ...]] = {}
    owners: dict[str, str] = {}
    flows: dict[str, list[str]] = {}
    for root in roots:
        for process in root.findall(f"{BPMN}process"):
            process_id = process.get("id", "")
            nodes[process_id] = read_nodes(process)
            owners[process_id] = process_id
            owners.update({item.get("id", ""): process_id for tag in CONTAINERS for item in process.iter(f"{BPMN}{tag}")})
            for flow in process.iter(f"{BPMN}sequenceFlow"):
                flows.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    seen: set[int] = set()
    for spec in [*processes.values(), *(part for below in parts.values() for part in below.values())]:
        if id(spec) not in seen:
            seen.add(id(spec))
            specialise.specialise(spec, flows)
    by_id = {(process_id, info.node_id): info for process_id, infos in nodes.items() for info in infos}
    return Spec(content_hash, tuple(processes), nodes, by_id, owners, processes, parts)
