"""Turns what SpiffWorkflow's parser built into our kinds of elements.

The parser makes its classes in many places, several of which cannot be overridden (splits for boundary events, loops, business
rule tasks), so the class of each spec is exchanged once, after parsing. Ours add methods only, no state.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.spiff.specs import defaults as spiff

from app.engine import events, tasks, votes
from app.engine.decisions import mend_table

OURS: dict[type, type] = {
    bpmn.StartEvent: tasks.StartEvent,
    bpmn.EndEvent: tasks.EndEvent,
    bpmn.ExclusiveGateway: tasks.ExclusiveGateway,
    bpmn.InclusiveGateway: tasks.InclusiveGateway,
    bpmn.ParallelGateway: tasks.ParallelGateway,
    bpmn.EventBasedGateway: events.EventBasedGateway,
    bpmn.IntermediateCatchEvent: events.IntermediateCatchEvent,
    bpmn.IntermediateThrowEvent: tasks.IntermediateThrowEvent,
    bpmn.BoundaryEvent: events.BoundaryEvent,
    BoundaryEventSplit: tasks.BoundarySplit,
    spiff.UserTask: tasks.UserTask,
    spiff.ManualTask: tasks.ManualTask,
    spiff.NoneTask: tasks.NoneTask,
    spiff.ServiceTask: tasks.ServiceTask,
    spiff.BusinessRuleTask: tasks.BusinessRuleTask,
    spiff.SendTask: tasks.SendTask,
    spiff.ReceiveTask: events.ReceiveTask,
    spiff.SubWorkflowTask: tasks.SubWorkflowTask,
    spiff.CallActivity: tasks.CallActivity,
    spiff.ParallelMultiInstanceTask: votes.ParallelInstances,
    spiff.SequentialMultiInstanceTask: votes.SequentialInstances,
    spiff.StandardLoopTask: votes.Loop,
}


def specialise(wf_spec: Any, flows: dict[str, list[str]]) -> None:
    """Exchange the classes of a parsed process, in place; `flows` gives the targets of each element in the order of the file."""
    for spec in wf_spec.task_specs.values():
        spec.__class__ = OURS.get(type(spec), type(spec))
    for spec in wf_spec.task_specs.values():
        if isinstance(spec, events.EventBasedGateway):
            # The parser moved the definitions of the events into the gateway; each event gets its own back.
            for child, definition in zip(spec.outputs, spec.event_definition.event_definitions, strict=True):
                child.event_definition = definition
        elif isinstance(spec, (tasks.ExclusiveGateway, tasks.InclusiveGateway)):
            # The parser sorts flows by height on the drawing; conditions are tried in the order of the file.
            order = flows.get(spec.name, [])
            spec.cond_task_specs.sort(key=lambda pair, order=order: order.index(pair[1].removesuffix(".BoundaryEventSplit")))
        elif isinstance(spec, tasks.BusinessRuleTask):
            mend_table(spec.dmnEngine)
