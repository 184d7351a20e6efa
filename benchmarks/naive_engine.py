"""The engine used the way its examples do: the whole workflow, diagram included, is read and written at every step.

It stands in for `app.engine.runtime` in the benchmark only, so that everything around it is the same.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from app.engine.specs import Spec
from app.engine.types import Advance, ReadyTask
from benchmarks.places import DIAGRAM

_serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


def start(spec: Spec, *, process_id: str, variables: Mapping[str, Any], **_: object) -> Advance:
    """Parse, begin, and write all of it."""
    parser = SpiffBpmnParser()
    with DIAGRAM.open("rb") as stream:
        parser.add_bpmn_io(stream)
    workflow = BpmnWorkflow(parser.get_spec(process_id))
    workflow.task_tree.data.update(variables)
    return _advance(spec, workflow)


def complete(spec: Spec, state: bytes, *, task_id: str, exports: Mapping[str, Any], **_: object) -> Advance:
    """Read all of it, complete one task, write all of it."""
    workflow = _serializer.deserialize_json(state.decode())
    task = workflow.get_task_from_id(UUID(task_id))
    task.data.update(exports)
    task.run()
    return _advance(spec, workflow)


def _advance(spec: Spec, workflow: BpmnWorkflow) -> Advance:
    workflow.do_engine_steps()
    workflow.refresh_waiting_tasks()
    ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
    return Advance(
        state=_serializer.serialize_json(workflow).encode(),
        ready=tuple(ReadyTask(str(task.id), spec.node("benchmark", task.task_spec.bpmn_id)) for task in ready),
        timers=(),
        waiting=(),
        thrown=(),
        passed=(),
        ended=workflow.completed,
        outcome=None,
        variables=json.loads(json.dumps(workflow.data)),
    )
