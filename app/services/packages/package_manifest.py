"""Rules about the manifest: kinds of case, lanes, stages, messages between cases, actions."""

import re
from collections.abc import Iterable, Mapping

from app.catalog.manifest import MANIFEST, read_procedure
from app.domain.errors import DomainError
from app.domain.procedure import Procedure
from app.engine import drawing
from app.engine.types import EngineError
from app.engine.variables import as_variable
from app.services.packages.control_characters import has_control
from app.services.packages.package_model import Hit, HouseRule, PackageView

# The pattern is filled in by `str.format`, which could reach attributes or ask for a gigabyte of blanks.
_NUMBER = re.compile(r"[^{}]{0,16}\{year\}[^{}]{0,4}\{n(:0[1-9]d)?\}[^{}]{0,8}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST = {"id": 60, "name": 80, "stage": 40, "outcome": 40, "form": 60}
"""What the columns of the house hold."""


def read_manifest(files: Mapping[str, bytes]) -> Procedure:
    """Read a package; `DomainError` (package.manifest) for every manifest that cannot be used, whatever its shape."""
    try:
        procedure = read_procedure(files)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        # The manifest is typed by people: a number where a table belongs must not become an error page.
        raise DomainError(
            "package.manifest", "清单 procedure.toml 里有一处写法不对：应为小节的写成了值，或应为列表的写成了别的。"
        ) from error
    if has_control(MANIFEST, files[MANIFEST]):
        raise DomainError("package.manifest", "清单 procedure.toml 里有看不见的控制字符，请删去后重新输入那处文字。")
    return procedure


def _ids(view: PackageView) -> Iterable[Hit]:
    # The id becomes part of addresses and of the path to the paper templates.
    if _ID.fullmatch(view.procedure.id) is None:
        yield MANIFEST, "id", f"“{view.procedure.id[:60]}”"
    names = [*view.procedure.case_kinds, *view.procedure.messages, *view.procedure.actions]
    names += [stage.id for kind in view.procedure.case_kinds.values() for stage in kind.stages]
    for name in names:
        if _NAME.fullmatch(name) is None:
            yield MANIFEST, name[:60], f"“{name[:60]}”"


def _too_long(view: PackageView) -> Iterable[Hit]:
    titles = [view.procedure.title, *(kind.title for kind in view.procedure.case_kinds.values())]
    yield from ((MANIFEST, "title", f"“{title[:20]}…”") for title in titles if len(title) > 60)
    for file, nodes in view.processes.values():
        for node in nodes:
            texts = {"id": node.node_id, "name": node.name, **node.properties}
            for key, longest in _LONGEST.items():
                if len(texts.get(key, "")) > longest:
                    yield file, node.node_id[:60], f"“{node.name[:20]}”的 {key} 超过 {longest} 个字符"


def _processes(view: PackageView) -> Iterable[Hit]:
    for kind in view.procedure.case_kinds.values():
        if kind.process not in view.processes:
            yield MANIFEST, kind.id, f"“{kind.title}”的流程“{kind.process}”"


def _shared(view: PackageView) -> Iterable[Hit]:
    seen: dict[str, str] = {}
    for kind in view.procedure.case_kinds.values():
        if kind.process in seen:
            yield MANIFEST, kind.id, f"“{kind.title}”与“{seen[kind.process]}”都用“{kind.process}”"
        seen.setdefault(kind.process, kind.title)


def _variables(view: PackageView) -> Iterable[Hit]:
    for kind in view.procedure.case_kinds.values():
        try:
            as_variable(dict(kind.variables))
        except EngineError as error:
            yield MANIFEST, kind.id, error.message


def _unused_lanes(view: PackageView) -> Iterable[Hit]:
    used = {node.lane for _, nodes in view.processes.values() for node in nodes}
    for lane in view.procedure.lanes:
        if lane not in used:
            yield MANIFEST, lane, f"“{lane}”"


def _unused_stages(view: PackageView) -> Iterable[Hit]:
    for kind in view.procedure.case_kinds.values():
        _, nodes = view.processes.get(kind.process, ("", ()))
        used = {node.properties.get("stage") for node in nodes}
        for stage in kind.stages:
            if stage.id not in used and nodes:
                yield MANIFEST, stage.id, f"“{kind.title}”的“{stage.title}”"


def _foreign_stages(view: PackageView) -> Iterable[Hit]:
    for kind in view.procedure.case_kinds.values():
        file, nodes = view.processes.get(kind.process, ("", ()))
        own = {stage.id for stage in kind.stages}
        known = {stage.id for other in view.procedure.case_kinds.values() for stage in other.stages}
        for node in nodes:
            stage = node.properties.get("stage", "")
            if stage in known - own:
                yield file, node.node_id, f"“{node.name or node.node_id}”的阶段“{stage}”属于别的办件类型"


def _process_of(view: PackageView, kind: str) -> str:
    return view.procedure.case_kinds[kind].process if kind in view.procedure.case_kinds else ""


def _uncaught(view: PackageView) -> Iterable[Hit]:
    caught = {(use.process_id, use.message) for use in view.messages if not use.throws}
    for message in view.procedure.messages.values():
        if (_process_of(view, message.target), message.name) not in caught:
            yield MANIFEST, message.name, f"“{message.title}”（{message.name}）"


SENT_BY = {"lapsed": "close_nominations", "disqualified": "disqualify_nominee"}
"""Messages that an operation sends by itself, to the cases that it has found."""


def _unthrown(view: PackageView) -> Iterable[Hit]:
    """Nobody begins it: no barrier, no action, no operation in use, and no element of the process that it is said to come from."""
    own = {kind.process for kind in view.procedure.case_kinds.values()}
    thrown = {(use.process_id, use.message) for use in view.messages if use.throws}
    acted = {action.message for action in view.procedure.actions.values()}
    called = {call.operation for call in drawing.calls_of(view.procedure.files).values()}
    for message in view.procedure.messages.values():
        # A process that is called belongs to whoever calls it.
        sources = {_process_of(view, message.source)} | {process_id for process_id in view.processes if process_id not in own}
        sent = any((process_id, message.name) in thrown for process_id in sources) or SENT_BY.get(message.name) in called
        if not sent and message.barrier is None and message.name not in acted:
            yield MANIFEST, message.name, f"“{message.title}”（{message.name}）"


def _unaddressed(view: PackageView) -> Iterable[Hit]:
    for use in view.messages:
        message = view.procedure.messages.get(use.message)
        if use.throws and message is not None and message.addressed_by is None:
            yield use.file, use.node_id, f"“{use.name or use.node_id}”发出“{message.title}”"


def _addressers(view: PackageView) -> Iterable[Hit]:
    for message in view.procedure.messages.values():
        if message.addressed_by is not None and message.addressed_by not in view.registry.addressers:
            yield MANIFEST, message.name, f"“{message.title}”的“{message.addressed_by}”"


def _actions(view: PackageView) -> Iterable[Hit]:
    for action in view.procedure.actions.values():
        message = view.procedure.messages.get(action.message)
        if message is None:
            yield MANIFEST, action.id, f"“{action.title}”的消息“{action.message}”没有登记"
        elif message.target != action.case_kind:
            yield MANIFEST, action.id, f"“{action.title}”的消息“{message.title}”不是发给这类办件的"


def _numbers(view: PackageView) -> Iterable[Hit]:
    for kind in view.procedure.case_kinds.values():
        if _NUMBER.fullmatch(kind.number) is None:
            yield MANIFEST, kind.id, f"“{kind.title}”的“{kind.number[:60]}”"


RULES = (
    HouseRule("manifest.id", "编号的写法不对", "只用小写字母、数字和连接符：流程用短横线，其余用下划线。", _ids),
    HouseRule("name.too_long", "名称或编号过长，存不下", "请缩短。", _too_long),
    HouseRule("manifest.process", "办件类型的流程不在流程图中", "请核对流程编号，并勾选“可执行”。", _processes),
    HouseRule("manifest.shared", "两类办件不能用同一个流程", "请给每类办件画自己的流程。", _shared),
    HouseRule("manifest.variables", "办件类型的初始变量不能保存", "请只用文字、数字、真假和列表。", _variables),
    HouseRule("manifest.number", "办件编号的格式不对", "请写成 TJ{year}-{n:04d} 这样的格式。", _numbers),
    HouseRule("lane.unused", "清单中的泳道没有画在图上", "不再需要的请从清单中删去。", _unused_lanes, "note"),
    HouseRule("stage.unused", "没有环节属于这个阶段", "请给环节选择这个阶段，或从清单中删去。", _unused_stages, "note"),
    HouseRule("stage.foreign", "环节的阶段属于别的办件类型", "请选择本类办件的阶段。", _foreign_stages),
    HouseRule("message.uncaught", "消息没有环节接收", "请在接收方的流程中画上消息事件，或从清单中删去。", _uncaught),
    HouseRule(
        "message.unthrown",
        "消息没有人发出",
        "请在发出方的流程中画上消息事件，或给它一个动作或汇合条件，或从清单中删去。",
        _unthrown,
    ),
    HouseRule("message.unaddressed", "发出的消息没有写明发给哪些办件", "请在清单中给这个消息选择收件方式。", _unaddressed),
    HouseRule("message.addresser", "消息的收件方式没有登记", "请从已登记的收件方式中选择。", _addressers),
    HouseRule("action.message", "办件动作的消息不对", "请选择发给这类办件的一个消息。", _actions),
)
