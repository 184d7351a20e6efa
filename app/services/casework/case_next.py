"""What a person is told after a work item: what has happened, and who has the case now."""

from app.domain.actors import Actor
from app.domain.permissions import may_read_submission
from app.persistence.queries import case_view
from app.services.casework.case_file import outcome_title
from app.services.casework.case_history import decision_label
from app.services.casework.case_track import holders
from app.services.casework.case_work import CaseWork
from app.services.casework.forms import readers_of
from app.services.context import Transaction


def what_next(tx: Transaction, work: CaseWork, *, actor: Actor) -> str:
    """Return one or two sentences about a work item that was just completed (one statement)."""
    assert work.work_item is not None
    case, item = work.case, work.work_item
    nodes = work.loaded.nodes[case.kind]
    label = decision_label(work.loaded.form_of(nodes[item.node_id]), item.decision)
    done = f"“{item.title}”已{'办理' if label else '提交'}{f'：{label}' if label else ''}。"
    if case.ended_at is not None:
        return f"{done}{case.number} 已办结：{outcome_title(work.loaded, case.kind, case.outcome)}。"
    waits_for_nobody = work.result is not None and not work.result.ready
    items = [
        row
        for row in ([] if waits_for_nobody else case_view.open_items(tx.session, case_id=case.id))
        if may_read_submission(actor, visible_to=readers_of(nodes.get(row.node_id)), submitted_by=None)
    ]
    hands = holders(items, outsider=True)  # which body has it now is enough
    if hands:
        return f"{done}下一步：{hands[0].who}办理“{hands[0].title}”{'等' if len(hands) > 1 else ''}。"
    stage = work.loaded.procedure.case_kinds[case.kind].stage(case.stage).title if case.stage else ""
    return f"{done}办件现在处于“{stage}”，由系统等待后续环节。" if stage else done
