"""What a person is told after a work item: what has happened, and who has the case now."""

from app.domain.actors import Actor, role_title
from app.domain.permissions import may_read_submission
from app.persistence.queries import case_view
from app.services.casework.case_file import outcome_title
from app.services.casework.case_history import decision_label
from app.services.casework.case_track import holders
from app.services.casework.case_work import CaseWork
from app.services.casework.forms import readers_of
from app.services.context import Context


def what_next(context: Context, work: CaseWork, *, actor: Actor) -> str:
    """Return one or two sentences about a work item that was just completed (one statement, none where no unit is to be named)."""
    assert work.work_item is not None
    case, item = work.case, work.work_item
    nodes = work.loaded.nodes[case.kind]
    label = decision_label(work.loaded.form_of(nodes[item.node_id]), item.decision)
    done = f"“{item.title}”已{'办理' if label else '提交'}{f'：{label}' if label else ''}。"
    if case.ended_at is not None:
        return f"{done}{case.number} 已办结：{outcome_title(work.loaded, case.kind, case.outcome)}。"
    hands = _hands(context, work, actor)
    if hands:
        title, who = hands[0]
        return f"{done}下一步：{who}办理“{title}”{'等' if len(hands) > 1 else ''}。"
    stage = work.loaded.procedure.case_kinds[case.kind].stage(case.stage).title if case.stage else ""
    if not stage:
        return done
    others = "由其他人员办理" if work.result is not None and work.result.ready else "到时会自动进入后面的环节"
    return f"{done}办件现在处于“{stage}”，{others}，您不用再做什么。"


def _hands(context: Context, work: CaseWork, actor: Actor) -> list[tuple[str, str]]:
    """Return what is to be done next and which body does it; of steps that show their readers' own work only, nothing."""
    assert work.result is not None
    nodes, lanes = work.loaded.nodes[work.case.kind], work.loaded.procedure.lanes

    def is_told(node_id: str) -> bool:
        return may_read_submission(actor, visible_to=readers_of(nodes.get(node_id)), submitted_by=None)

    ready = [task for task in work.result.ready if is_told(task.node.node_id)]
    if not any(task.scope for task in ready):  # no unit is to be named, so that the database need not be asked
        return list(dict.fromkeys((task.node.name, role_title(lanes[task.node.lane or ""] or "")) for task in ready))
    with context.reading() as tx:
        items = [item for item in case_view.open_items(tx.session, case_id=work.case.id) if is_told(item.node_id)]
    return [(each.title, each.who) for each in holders(items, outsider=True)]
