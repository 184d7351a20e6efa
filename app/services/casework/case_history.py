"""The timeline of a case: its audit events as sentences, without what the reader may not know of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.actors import Actor
from app.domain.fields import FormSpec
from app.domain.lists import listed
from app.domain.permissions import may_read_submission
from app.domain.rounds import DEADLINES
from app.engine.types import NodeInfo
from app.persistence.queries.case_view import EventRow, ItemRow
from app.services.casework.forms import readers_of

HIDDEN = frozenset({"downloaded", "uploaded", "upload_removed", "message_ignored"})
"""In the log for those who supervise, and noise on the page of a case."""

_SIGNERS = frozenset({"signer_added", "signer_removed"})
_READ = frozenset({"exported", "invitation_read", "objector_read"})
_REGISTER = frozenset({"certificate_proposed", "certificate_unproposed", "followed_up"})
_INSIDE = (
    frozenset({"claimed", "released", "transferred", "reassigned", "timer", "message", "deadline_moved"})
    | _SIGNERS
    | _READ
    | _REGISTER
)
"""How the office organises its work is not the nominee's business, nor what it enters about them and has not decided."""
_BY_TITLE = frozenset({"claimed", "released", "reminded"}) | _SIGNERS
"""These events name the step by its title only."""

SENT_BACK = "return_to"
"""The decision under which a work item is kept that was not done but sent back."""

SENTENCES = {
    "started": "发起{subject}",
    "completed": "{subject}",
    "claimed": "认领待办“{subject}”",
    "released": "把待办“{subject}”退回小组",
    "transferred": "把待办“{subject}”转办给{to}",
    "reassigned": "把待办“{subject}”指派给{to}",
    "sent_back": "把“{subject}”退回到“{to}”",
    "taken_back": "撤回“{subject}”的办理",
    "signer_added": "“{subject}”加签：{who}",
    "signer_removed": "“{subject}”减签：{who}",
    "reminded": "催办“{subject}”",
    "message": "收到“{subject}”",
    "timer": "“{subject}”时间已到",
    "ended": "办结",
    "nominee_struck": "审定会议取消{subject}",
    "cancelled": "评选取消，办件终止",
    "revoked": "称号撤销，办件终止",
    "round_suspended": "暂停评选（依据：{basis}）",
    "round_resumed": "恢复评选（依据：{basis}），期限顺延{days}个工作日",
    "round_cancelled": "取消评选（依据：{basis}）",
    "term_extended": "延长办理期限至{to}",
    "deadline_moved": "调整时限“{subject}”",
    "quota_granted": "给{subject}追加推荐名额{places}个",
    "panel_replaced": "{subject}",
    "notice_published": "发布《{subject}》",
    "notice_dropped": "名单上已没有人选，不发布《{subject}》",
    "document_issued": "印发公文 {subject}",
    "paper_made": "生成文书：{subject}",
    "paper_remade": "重新制作文书：{subject}",
    "payment_settled": "登记奖金已发放",
    "archived": "归档，档号 {subject}",
    "followed_up": "登记后续情况：{subject}",
    "department_asked": "再次发函征求{subject}意见",
    "exported": "导出{subject}",
    "invitation_read": "查看候选人账号的激活单",
    "objector_read": "查看异议人信息",
    "migrated": "改按流程{subject}办理",
    "certificate_issued": "制发证书 {subject}",
    "certificate_proposed": "登记撤销称号，证书 {subject}，待负责人确认",
    "certificate_unproposed": "证书 {subject} 的撤销未办理",
    "certificate_revoked": "撤销称号，证书 {subject}",
    "certificate_asked": "证书 {subject} 印错，申请补发",
    "certificate_declined": "证书 {subject} 的补发申请未办理",
    "certificate_reissued": "证书 {subject} 印错，补发",
    "certificate_void": "证书编号 {subject} 作废",
    "papers_sealed": "登记用印：{subject}",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    who: str
    what: str
    action: str
    decision: str = ""
    opinion: str = ""
    item_id: int | None = None


def timeline(
    events: Sequence[EventRow],
    *,
    items: Sequence[ItemRow],
    known: Sequence[ItemRow],
    opinions: Mapping[int, str],
    nodes: Mapping[str, NodeInfo],
    forms: Mapping[str, FormSpec],
    actor: Actor,
    outsider: bool,
) -> list[Entry]:
    """Return what happened, newest first, with the opinions that were written in work items.

    What was done in a task that names its readers is kept from everybody else.
    """
    by_id, open_to = {item.id: item for item in items}, {item.id for item in known}
    shown = []
    for event in events:
        item = by_id.get(event.detail.get("item", 0))
        if event.action in HIDDEN or (outsider and event.action in _INSIDE):
            continue
        if item is not None and item.id not in open_to:
            continue
        if event.action in _BY_TITLE and not _may_know(event, nodes, actor):
            continue
        said = event.detail.get("reason") or (opinions.get(item.id) if item and event.action == "completed" else "")
        shown.append(_entry(event, item, said, nodes, forms, actor=actor, outsider=outsider))
    return shown


def decision_label(form: FormSpec | None, decision: str | None) -> str:
    """Return the words of the button that was pressed."""
    if decision == SENT_BACK:
        return "退回"
    if form is None or not decision:
        return ""
    buttons = (field for field in form.fields if field.is_decision)
    return next((option.label for field in buttons for option in field.options if option.value == decision), decision)


def is_grave(form: FormSpec | None, decision: str | None) -> bool:
    """Tell whether a decision is one that the form marks as dangerous, e.g. an objection or a rejection."""
    buttons = (field for field in form.fields if field.is_decision) if form and decision else ()
    return any(decision in listed(field.properties.get("danger", "")) for field in buttons)


def opinion_text(text: object, decision: str | None) -> str:
    """Return what somebody wrote; where the form's buttons themselves are called `opinion`, that is nothing."""
    return "" if not text or text == decision else str(text)


def _may_know(event: EventRow, nodes: Mapping[str, NodeInfo], actor: Actor) -> bool:
    titles = {event.subject, *event.subject.split("、")}
    named = [node for node in nodes.values() if node.name in titles]
    return all(may_read_submission(actor, visible_to=readers_of(node), submitted_by=event.actor_id) for node in named)


def _entry(
    event: EventRow,
    item: ItemRow | None,
    said: object,
    nodes: Mapping[str, NodeInfo],
    forms: Mapping[str, FormSpec],
    *,
    actor: Actor,
    outsider: bool,
) -> Entry:
    node = nodes.get(item.node_id) if item else None
    form = forms.get(node.properties.get("form", "")) if node else None
    subject = DEADLINES.get(event.subject, event.subject) if event.action == "deadline_moved" else event.subject
    # What has no sentence is an action of the manifest (撤回申报): its title is the subject.
    sentence = SENTENCES.get(event.action, "{subject}").replace("{subject}", subject or event.action)
    for place in ("to", "who", "places", "basis", "days"):
        sentence = sentence.replace(f"{{{place}}}", str(event.detail.get(place, "")))
    return Entry(
        at=event.at,
        who=who_did(event.actor, event.actor_id, actor=actor, outsider=outsider) if event.action != "ended" else "系统",
        what=sentence,
        action=event.action,
        decision=decision_label(form, item.decision if item else None),
        opinion=opinion_text(said, item.decision if item else None),
        item_id=event.detail.get("item"),
    )


def who_did(name: str, user_id: int | None, *, actor: Actor, outsider: bool) -> str:
    """Return how somebody is named to the reader: outsiders read which body acted; people of their own unit they know."""
    unit = name.split(" · ", 1)[0]
    return name if not outsider or user_id == actor.user_id or unit == actor.unit_name else unit
