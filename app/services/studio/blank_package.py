"""A new procedure from nothing: one kind of case with one task, its form and a scenario; it passes the gate as it is."""

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from app.domain.errors import DomainError
from app.services.studio.manifest_editing import write_document

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
      <bpmn:lane id="lane_handler" name="经办人">
        <bpmn:flowNodeRef>start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>handle</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>finished</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="start" name="开始">
      <bpmn:outgoing>flow_start_handle</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="handle" name="办理">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="form" value="handling" />
          <spiffworkflow:property name="due" value="workdays(5)" />
          <spiffworkflow:property name="stage" value="handling" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>flow_start_handle</bpmn:incoming>
      <bpmn:outgoing>flow_handle_finished</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="finished" name="办结">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="outcome" value="finished" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>flow_handle_finished</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="flow_start_handle" sourceRef="start" targetRef="handle" />
    <bpmn:sequenceFlow id="flow_handle_finished" sourceRef="handle" targetRef="finished" />
  </bpmn:process>
"""
_SHAPES = (
    ("participant_{process}", 160, 80, 760, 200),
    ("lane_handler", 190, 80, 730, 200),
    ("start", 252, 162, 36, 36),
    ("handle", 380, 140, 100, 80),
    ("finished", 572, 162, 36, 36),
)
_EDGES = (("flow_start_handle", 288, 380), ("flow_handle_finished", 480, 572))


def blank_package(procedure_id: str, *, title: str) -> dict[str, bytes]:
    """Return the files of a new package. Raises `DomainError` for an id or a title that cannot be used."""
    title = title.strip()
    if _ID.fullmatch(procedure_id) is None:
        raise DomainError("procedure.id", "流程编号用小写字母、数字和短横线，3 至 40 个字符，以字母开头。")
    if not 0 < len(title) <= 40:
        raise DomainError("procedure.title", "流程名称应为 1 至 40 个字。")
    process = procedure_id.replace("-", "_")
    form: dict[str, Any] = {
        "type": "default", "schemaVersion": 16, "title": "办理",
        "components": [{"type": "textarea", "id": "field_opinion", "key": "opinion", "label": "办理意见", "validate": {"required": True}}],
    }  # fmt: skip
    scenario: dict[str, Any] = {
        "title": "办理后办结", "case": "request", "steps": [{"complete": "handle"}],
        "expect": {"outcome": "finished", "path": ["handle", "finished"]},
    }  # fmt: skip
    return {
        "procedure.toml": write_document(_manifest(procedure_id, process, title)),
        "process.bpmn": _diagram(process, escape(title, {'"': "&quot;"})),
        "forms/handling.json": _json(form),
        "scenarios/finished.json": _json(scenario),
    }


def _manifest(procedure_id: str, process: str, title: str) -> dict[str, Any]:
    return {
        "id": procedure_id,
        "title": title,
        "summary": "",
        "legal_basis": "",
        "diagrams": ["process.bpmn"],
        "cases": {"request": {"process": process, "title": title, "number": "SX{year}-{n:04d}", "variables": {}}},
        "lanes": {"经办人": "bureau_handler"},
        "stages": {"request": [{"id": "handling", "title": "办理", "public": "正在办理"}]},
    }


def _diagram(process: str, title: str) -> bytes:
    shapes = "".join(
        f'      <bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}"{_flat(key)}>\n'
        f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />\n      </bpmndi:BPMNShape>\n'
        for key, x, y, width, height in _boxes(process)
    )
    edges = "".join(
        f'      <bpmndi:BPMNEdge id="{key}_di" bpmnElement="{key}">\n'
        f'        <di:waypoint x="{x}" y="180" />\n        <di:waypoint x="{to}" y="180" />\n      </bpmndi:BPMNEdge>\n'
        for key, x, to in _EDGES
    )
    plane = f'    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration_{process}">\n{shapes}{edges}    </bpmndi:BPMNPlane>\n'
    drawing = f'  <bpmndi:BPMNDiagram id="diagram">\n{plane}  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n'
    return (_HEAD.format(process=process) + _MODEL.format(process=process, title=title) + drawing).encode()


def _boxes(process: str) -> list[tuple[str, int, int, int, int]]:
    return [(name.format(process=process), x, y, width, height) for name, x, y, width, height in _SHAPES]


def _flat(key: str) -> str:
    return ' isHorizontal="true"' if key.startswith(("participant_", "lane_")) else ""


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
