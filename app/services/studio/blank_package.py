"""A new procedure from nothing, or a new process in one: a kind of case with one task, its form and a scenario; it passes the gate."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from app.catalog.manifest import MANIFEST
from app.catalog.manifest_text import dump_manifest, parse_manifest, put_rows, put_table
from app.domain.actors import Role
from app.domain.errors import DomainError
from app.services.packages.package_manifest import read_manifest

_LANES = {"经办人": Role.BUREAU_HANDLER}
_ID = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions_{process}" \
targetNamespace="http://bpmn.io/schema/bpmn">
"""
_MODEL = """  <bpmn:collaboration id="collaboration_{process}">
    <bpmn:participant id="participant_{process}" name="{title}" processRef="{process}" />
  </bpmn:collaboration>
  <bpmn:process id="{process}" name="{title}" isExecutable="true">
    <bpmn:laneSet id="lanes_{process}">
      <bpmn:lane id="{at}lane_handler" name="{lane}">
        <bpmn:flowNodeRef>{at}start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{at}handle</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{at}finished</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="{at}start" name="开始">
      <bpmn:outgoing>{at}flow_start_handle</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="{at}handle" name="办理">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="form" value="{form}" />
          <spiffworkflow:property name="due" value="workdays(5)" />
          <spiffworkflow:property name="stage" value="handling" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>{at}flow_start_handle</bpmn:incoming>
      <bpmn:outgoing>{at}flow_handle_finished</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="{at}finished" name="办结">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="outcome" value="finished" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>{at}flow_handle_finished</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="{at}flow_start_handle" sourceRef="{at}start" targetRef="{at}handle" />
    <bpmn:sequenceFlow id="{at}flow_handle_finished" sourceRef="{at}handle" targetRef="{at}finished" />
  </bpmn:process>
"""
_SHAPES = (
    ("participant_{process}", 160, 80, 1140, 200),
    ("{at}lane_handler", 190, 80, 1110, 200),
    ("{at}start", 252, 162, 36, 36),
    ("{at}handle", 380, 140, 100, 80),
    ("{at}finished", 1212, 162, 36, 36),
)
_EDGES = (("flow_start_handle", 288, 380), ("flow_handle_finished", 480, 1212))


def blank_package(procedure_id: str, *, title: str) -> dict[str, bytes]:
    """Return the files of a new package. Raises `DomainError` for an id or a title that cannot be used."""
    title = title.strip()
    if _ID.fullmatch(procedure_id) is None:
        raise DomainError("procedure.id", "流程编号用小写字母、数字和短横线，3 至 40 个字符，以字母开头。")
    if not 0 < len(title) <= 40:
        raise DomainError("procedure.title", "流程名称应为 1 至 40 个字。")
    process = procedure_id.replace("-", "_")
    return {
        MANIFEST: dump_manifest(_manifest(procedure_id, process, title)),
        "process.bpmn": _diagram(process, title, lane="经办人", form="handling", at=""),
        "forms/handling.json": _form("办理"),
        "scenarios/finished.json": _scenario("request", at=""),
    }


def added_process(files: Mapping[str, bytes], name: str, *, title: str) -> dict[str, bytes]:
    """Return what a package gains by a second diagram: its file, a kind of case for it in the manifest, a form and a scenario.

    Raises `DomainError` for a name that is taken by a file or a kind of case, and for a manifest that cannot be read.
    """
    procedure = read_manifest(files)
    diagram, form = f"{name}.bpmn", f"forms/{name}.json"
    if diagram in files or form in files or name in procedure.case_kinds or f"{name}.bpmn" in procedure.diagrams:
        raise DomainError("file.name", "已经有这个编号的流程图、表单或办件类型，请换一个编号。")
    lanes = [name for name, role in procedure.lanes.items() if role is not None]
    document = parse_manifest(files[MANIFEST])
    if not lanes:
        put_table(document, "lanes", {**document.get("lanes", {}), **{name: role.value for name, role in _LANES.items()}})
    document["diagrams"] = [*procedure.diagrams, diagram]
    document["cases"][name] = {
        "process": name,
        "title": title,
        "number": f"{name[:4].upper()}{{year}}-{{n:04d}}",
        "variables": {},
    }
    put_rows(document["stages"], name, [{"id": "handling", "title": "办理", "public": "正在办理"}], by="id")
    changes = {
        MANIFEST: dump_manifest(document),
        diagram: _diagram(name, title, lane=[*lanes, *_LANES][0], form=name, at=f"{name}_"),
        form: _form(title),
        f"scenarios/{name}_finished.json": _scenario(name, at=f"{name}_"),
    }
    read_manifest({**files, **changes})
    return changes


def _form(title: str) -> bytes:
    field = {"type": "textarea", "id": "field_opinion", "key": "opinion", "label": "办理意见", "validate": {"required": True}}
    return _json({"type": "default", "schemaVersion": 16, "title": title, "components": [field]})


def _scenario(kind: str, *, at: str) -> bytes:
    expected = {"outcome": "finished", "path": [f"{at}handle", f"{at}finished"]}
    return _json({"title": "办理后办结", "case": kind, "steps": [{"complete": f"{at}handle"}], "expect": expected})


def _manifest(procedure_id: str, process: str, title: str) -> dict[str, Any]:
    return {
        "id": procedure_id,
        "title": title,
        "summary": "",
        "legal_basis": "",
        "diagrams": ["process.bpmn"],
        "cases": {"request": {"process": process, "title": title, "number": "SX{year}-{n:04d}", "variables": {}}},
        "lanes": {name: role.value for name, role in _LANES.items()},
        "stages": {"request": [{"id": "handling", "title": "办理", "public": "正在办理"}]},
    }


def _diagram(process: str, title: str, *, lane: str, form: str, at: str) -> bytes:
    """Return the diagram of a process with one task; `at` stands before the ids of its nodes, which a package has once."""
    quoted = {"title": _quoted(title), "lane": _quoted(lane), "form": form, "process": process, "at": at}
    boxes = [(name.format(**quoted), x, y, width, height) for name, x, y, width, height in _SHAPES]
    shapes = "".join(
        f'      <bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}"{_flat(key)}>\n'
        f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />\n      </bpmndi:BPMNShape>\n'
        for key, x, y, width, height in boxes
    )
    edges = "".join(
        f'      <bpmndi:BPMNEdge id="{at}{key}_di" bpmnElement="{at}{key}">\n'
        f'        <di:waypoint x="{x}" y="180" />\n        <di:waypoint x="{to}" y="180" />\n      </bpmndi:BPMNEdge>\n'
        for key, x, to in _EDGES
    )
    plane = f'    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration_{process}">\n{shapes}{edges}    </bpmndi:BPMNPlane>\n'
    drawing = f'  <bpmndi:BPMNDiagram id="diagram">\n{plane}  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n'
    return (_HEAD.format(process=process) + _MODEL.format(**quoted) + drawing).encode()


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _flat(key: str) -> str:
    return ' isHorizontal="true"' if key.startswith("participant_") or key.endswith("lane_handler") else ""


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
