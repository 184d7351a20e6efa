"""For each rule about a package: the smallest change of the small procedure that breaks it, and one like it that does not."""

from typing import Any

from tests.engine.diagrams import HEAD, catch, end, flows, message, messages, properties, start
from tests.studio.small import CHECK, FORM, MANIFEST, PASSED, WAYS, diagram

Changes = dict[str, Any]
OTHER = {"type": "default", "components": [{"type": "text", "id": "t", "text": "说明"}]}
MORE = '[messages.told]\ntitle = "通知"\nfrom = "request"\nto = "request"\n'
ADDRESSED = MORE + 'addressed_by = "winners"\n'
BARRIER = MORE + '[messages.told.barrier]\nof = "request"\nstage = "checking"\n'
ACTION = '[actions.again]\ntitle = "再撤"\ncase = "request"\nroles = ["bureau_handler"]\nmessage = "cancelled"\n'
THROW = '<bpmn:sendTask id="send" messageRef="m_told" />'
HEAR = catch("hear", message("told"))


def told(more: str, way: str) -> bytes:
    """The flow with something about another message between the choice and its end."""
    drawn = diagram(more=more, ways=WAYS.replace("G > done", f"G > {way} > done"), clerk=f"fill {way.replace(' > ', ' ')}")
    drawn = drawn.replace(b'<bpmn:message id="m_cancelled"', messages("told").encode() + b'<bpmn:message id="m_cancelled"')
    return drawn.replace(b'default="G_done"', f'default="G_{way.split(" > ")[0]}"'.encode())


THROWN, HEARD, BOTH = told(THROW, "send"), told(HEAR, "hear"), told(THROW + HEAR, "send > hear")
HEARING = {**PASSED, "steps": [*PASSED["steps"], {"deliver": "told"}]}


def second(process: str = "second", stages: str = "other", diagrams: str = '"flow.bpmn", "second.bpmn"') -> str:
    """The manifest with a second kind of case."""
    kind = f'[cases.second]\nprocess = "{process}"\ntitle = "另一种"\nnumber = "B{{year}}-{{n}}"\n'
    listed = "".join(f'[[stages.second]]\nid = "{stage}"\ntitle = "{stage}"\n' for stage in stages.split())
    return MANIFEST.replace('"flow.bpmn"', diagrams) + kind + listed


def second_flow() -> str:
    """Its diagram."""
    body = start("s2") + end("e2", stage="other") + flows("s2 > e2")
    head = HEAD.replace('id="Definitions"', 'id="D2"')
    return f'{head}<bpmn:process id="second" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'


def foreign(stage: str) -> bytes:
    """The flow with an end that belongs to a stage."""
    plain, named = '<bpmn:endEvent id="reminded">', f'<bpmn:endEvent id="reminded">{properties(stage=stage)}'
    return diagram().replace(plain.encode(), named.encode())


PLAYED = {"title": "另一种", "case": "second", "steps": [], "expect": {"path": ["e2"]}}
TWO: Changes = {"procedure__toml": second(), "second__bpmn": second_flow(), "scenarios_second__json": PLAYED}


def buttons(*values: str, key: str = "decision") -> dict[str, Any]:
    """The checking form with these choices."""
    field = {**CHECK["components"][0], "key": key, "values": [{"label": value, "value": value} for value in values]}
    return {**CHECK, "components": [field]}


def select(source: str) -> dict[str, Any]:
    """The request form with a list."""
    field = {"type": "select", "id": "s", "key": "unit", "label": "单位", "properties": {"optionsSource": source}}
    return {**FORM, "components": [field]}


def files_for(readers: str) -> dict[str, Any]:
    """The request form with a file that names its readers."""
    field = {"type": "filepicker", "id": "f", "key": "proof", "label": "证明", "properties": {"visible_to": readers}}
    return {**FORM, "components": [*FORM["components"], field]}


def read_by(readers: str) -> bytes:
    """The diagram with a task that names its readers."""
    named = f'<spiffworkflow:property name="visible_to" value="{readers}" /><spiffworkflow:property name="stage" value="filling"'
    return diagram().replace(b'<spiffworkflow:property name="stage" value="filling"', named.encode())


def expecting(**expected: Any) -> dict[str, Any]:
    """The first scenario with other expectations."""
    return {**PASSED, "expect": {**PASSED["expect"], **expected}}


def doing(*, fill: dict[str, Any] | None = None, **step: Any) -> dict[str, Any]:
    """The first scenario with other words about who checks and what."""
    check = {"complete": "check", "values": {"decision": "pass"}, **step}
    return {**PASSED, "steps": [{"complete": "fill", **(fill or {})}, check]}


def manifest(old: str, new: str) -> Changes:
    """The manifest with a word changed."""
    assert old in MANIFEST
    return {"procedure__toml": MANIFEST.replace(old, new)}


def titled(title: str) -> dict[str, Any]:
    """The request form with a title."""
    return {**FORM, "title": title}


def passed(scenario: Any) -> Changes:
    return {"scenarios_passed__json": scenario}


MANY = {f"scenarios_s{number}__json": {**PASSED, "steps": [{"wait": "P1D"}] * 999} for number in range(6)}
PAIRS: list[tuple[str, Changes, Changes]] = [
    ("package.manifest", {"procedure__toml": "id = "}, manifest("小事项", "小事")),
    ("package.manifest", {"procedure__toml": "lanes = 5\n" + MANIFEST.replace("[lanes]", "[other]")}, manifest("[lanes]", "[lanes]\n")),
    ("package.manifest", manifest("小事项", "小\\u0000事项"), manifest("小事项", "小\\u4e8b项")),
    ("manifest.id", manifest("small-service", "../small"), manifest("small-service", "small-2")),
    ("manifest.process", {**TWO, "procedure__toml": second(process="none")}, TWO),
    ("manifest.shared", {"procedure__toml": second("request", "filling checking", '"flow.bpmn"'), "scenarios_second__json": PLAYED}, TWO),
    ("manifest.variables", manifest('decision = ""', "decision = 2026-01-01"), manifest('decision = ""', 'decision = "2026-01-01"')),
    ("manifest.number", manifest("{n:04d}", "{n:>999999999}"), manifest("{n:04d}", "{n:03d}")),
    ("manifest.number", manifest("{n:04d}", "{n.__class__}"), manifest("{n:04d}", "{n}")),
    ("name.too_long", {"flow__bpmn": diagram().replace("填写申请".encode(), "填".encode() * 81)},
     {"flow__bpmn": diagram().replace("填写申请".encode(), "填".encode() * 80)}),
    ("lane.unused", manifest("[lanes]", '[lanes]\n"系统" = "system"'), manifest("[lanes]", "[lanes]  # 谁办")),
    ("stage.unused", {"flow__bpmn": diagram().replace(b'value="checking"', b'value="filling"')},
     {"flow__bpmn": diagram().replace(b'value="filling"', b'value="checking"', 1).replace(b'value="checking"', b'value="filling"', 1)}),
    ("stage.foreign", {**TWO, "flow__bpmn": foreign("other")}, {**TWO, "flow__bpmn": foreign("checking")}),
    ("message.uncaught", {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": THROWN},
     {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": BOTH, **passed(HEARING)}),
    ("message.unthrown", {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": HEARD, **passed(HEARING)},
     {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": BOTH, **passed(HEARING)}),
    ("message.unthrown", {"procedure__toml": MANIFEST + MORE, "flow__bpmn": HEARD, **passed(HEARING)},
     {"procedure__toml": MANIFEST + BARRIER, "flow__bpmn": HEARD, **passed(HEARING)}),
    ("message.unthrown",
     {**TWO, "procedure__toml": second() + ADDRESSED.replace('from = "request"', 'from = "second"'), "flow__bpmn": BOTH, **passed(HEARING)},
     {**TWO, "procedure__toml": second() + ADDRESSED, "flow__bpmn": BOTH, **passed(HEARING)}),
    ("message.unaddressed", {"procedure__toml": MANIFEST + MORE, "flow__bpmn": BOTH, **passed(HEARING)},
     {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": BOTH, **passed(HEARING)}),
    ("message.addresser",
     {"procedure__toml": MANIFEST + ADDRESSED.replace("winners", "nobody"), "flow__bpmn": BOTH, **passed(HEARING)},
     {"procedure__toml": MANIFEST + ADDRESSED, "flow__bpmn": BOTH, **passed(HEARING)}),
    ("action.message", {"procedure__toml": MANIFEST + ACTION.replace("cancelled", "other")}, {"procedure__toml": MANIFEST + ACTION}),
    ("form.malformed", {"forms_request__json": b"{"}, {"forms_request__json": titled("申请")}),
    ("form.invalid", {"forms_request__json": {**FORM, "components": [{"type": "script", "id": "x"}]}},
     {"forms_request__json": OTHER}),
    ("form.invalid", {"forms_request__json": b"[1, 2]"}, {"forms_request__json": titled("申请")}),
    ("form.source", {"forms_request__json": select("no_such_list")}, {"forms_request__json": select("local_offices")}),
    ("reader.unknown", {"flow__bpmn": read_by("bureau_handlr")}, {"flow__bpmn": read_by("bureau_handler,own_unit")}),
    ("reader.unknown", {"forms_request__json": files_for("nobody")}, {"forms_request__json": files_for("bureau_handler")}),
    ("form.unused", {"forms_other__json": OTHER}, {"forms_request__json": OTHER}),
    ("decision.not_exported", {"flow__bpmn": diagram().replace(b'name="exports" value="decision"', b'name="hint" value="x"')},
     {"flow__bpmn": diagram().replace(b'name="stage" value="filling"', b'name="stage" value="filling" ')}),
    ("decision.unread", {"forms_check__json": buttons("a", "b", key="other"), "flow__bpmn": diagram().replace(
        b'name="exports" value="decision"', b'name="exports" value="other"')}, {"forms_check__json": buttons("pass", "return")}),
    ("decision.same_way", {"forms_check__json": buttons("pass", "again", "return")}, {"forms_check__json": buttons("pass", "return")}),
    ("decision.unknown_value", {"forms_check__json": buttons("pass", "back")}, {"forms_check__json": buttons("pass", "return")}),
    ("text.encoding", {"messages_todo__txt": "请办理\n\n您好".encode("gb18030")}, {"messages_todo__txt": "请办理\n\n您好".encode()}),
    ("text.control", {"messages_todo__txt": "请办理\n\n您\x00好"}, {"messages_todo__txt": "请办理\n\n您\t好"}),
    ("text.control", {"forms_request__json": titled("申\x07请")}, {"forms_request__json": titled("申\n请")}),
    ("text.empty", {"messages_todo__txt": "只有标题"}, {"messages_todo__txt": "标题\n\n正文"}),
    ("text.placeholder", {"messages_todo__txt": "请办理{stop}\n\n正文"}, {"messages_todo__txt": "请办理{step}\n\n正文"}),
    ("text.unsent", {"messages_other__txt": "标题\n\n正文"}, {"messages_check__txt": "标题\n\n正文"}),
    ("text.missing", {"messages_todo__txt": None}, {"messages_todo__txt": "标题\n\n正文"}),
    ("text.subject", {"messages_todo__txt": "长" * 61 + "\n\n正文"}, {"messages_todo__txt": "长" * 60 + "\n\n正文"}),
    ("scenario.unreadable", passed(b'{"title": "x", "case": "request"}'), passed(PASSED)),
    ("scenario.unreadable", passed(b"[" * 200_000), passed(PASSED)),
    ("scenario.unreadable", MANY, passed(PASSED)),
    ("scenario.step", passed({**PASSED, "steps": [{"complete": "check"}]}), passed(doing())),
    ("scenario.step", passed({**PASSED, "case": "other"}), passed({**PASSED, "case": "request"})),
    ("scenario.step", passed(doing(values={"decision": "XYZ"})), passed(doing(values={"decision": "pass"}))),
    ("scenario.step", passed(doing(values={"decision": "pass", "remarks": "x"})), passed(doing())),
    ("scenario.step", passed(doing(role="bureau_handler")), passed(doing(role="bureau_leader"))),
    ("scenario.step", passed(doing(fill={"by": "陈"}, by="陈")), passed(doing(fill={"by": "陈"}, by="李"))),
    ("scenario.step", passed({**PASSED, "settings": {"review_day": 3}}), passed({**PASSED, "settings": {"review_days": 3}})),
    ("scenario.step", passed({**PASSED, "deadlines": {"notice_end": 5}}),
     passed({**PASSED, "deadlines": {"notice_end": "2026-12-30T18:00+08:00"}})),
    ("scenario.path", passed(expecting(path=["fill", "done"])), passed(expecting(path=["fill", "check", "done"]))),
    ("scenario.no_end", passed({**PASSED, "steps": [{"complete": "fill"}], "expect": {}}), passed({**PASSED, "expect": {}})),
    ("scenario.outcome", passed(expecting(outcome="refused")), passed(expecting(outcome="passed"))),
    ("scenario.outcome", passed(expecting(variables={"decision": "return"})), passed(expecting(variables={"decision": "pass"}))),
    ("scenario.none", {"scenarios_passed__json": None, "scenarios_returned__json": None}, passed(PASSED)),
    ("scenario.not_covered", {"scenarios_returned__json": None}, passed(PASSED)),
]  # fmt: skip
COMES_WITH = {
    "decision.not_exported": {"scenario.step", "scenario.outcome"},
    "decision.unread": {"scenario.step"},
    "decision.unknown_value": {"scenario.step", "decision.same_way"},
}
"""A decision that decides nothing is a warning: the scenarios are played all the same, and those that need it cannot go on."""
