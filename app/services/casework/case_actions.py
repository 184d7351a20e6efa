"""What people may do with a case outside its tasks, e.g. withdraw an application."""

from app.domain.actors import Actor
from app.domain.procedure import CaseAction
from app.persistence.models import Case
from app.services.casework import cases
from app.services.context import Context
from app.services.packages.procedure_cache import LoadedProcedure


def allowed_actions(loaded: LoadedProcedure, case: Case, *, actor: Actor) -> list[CaseAction]:
    """Return the actions that the actor may take now; `perform_action` judges again when it comes to it."""
    if case.ended_at is not None:
        return []
    kind = loaded.procedure.case_kinds[case.kind]
    own = actor.user_id is not None and actor.user_id == case.subject_id
    found = []
    for action in loaded.procedure.actions.values():
        if action.case_kind != case.kind:
            continue  # its stages are those of another kind
        in_time = action.until_stage is None or case.stage_order < kind.order_of(action.until_stage)
        theirs = own or any(case.owner_unit_id in actor.units_of(role) for role in action.roles)
        if in_time and theirs and actor.has(*action.roles):
            found.append(action)
    return found


def perform_action(context: Context, *, actor: Actor, case_id: int, action_id: str, reason: str) -> CaseAction:
    """Take an action on a case in one transaction and return it; raises what `cases.act` raises."""
    with context.transaction() as tx:
        work = cases.act(tx, actor=actor, case_id=case_id, action_id=action_id, reason=reason)
        return work.loaded.procedure.actions[action_id]
