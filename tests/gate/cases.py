"""For each rule that reads a diagram: the smallest diagram that breaks it, and the smallest like it that does not."""

from tests.engine.diagrams import boundary, catch, end, flows, message, messages, service, several, start, timer
from tests.gate.house import lane, person, process

GO = messages("go", "stop", "other")
XOR = '<bpmn:exclusiveGateway id="G" default="G_E" />'
SUB = '<bpmn:subProcess id="SP">' + start("s") + end("e") + flows("s > e") + "</bpmn:subProcess>"
TASK = '<bpmn:task id="T" />'
DAY = timer('duration("P1D")')


def line(*parts: str, ways: str = "S > T > E", extra: str = GO) -> bytes:
    """A process with a start, an end and these elements."""
    return process("".join(parts) + start() + end(), ways, extra)


def throw(definition: str) -> str:
    return f'<bpmn:intermediateThrowEvent id="T">{definition}</bpmn:intermediateThrowEvent>'


def person_line(lane_name: str = "经办人", inner: str = "", **values: str) -> bytes:
    return line(lane("T", name=lane_name), person("T", inner, **values))


def two_persons(not_same_as: str) -> bytes:
    return line(lane("T", "U"), person("U"), person("T", not_same_as=not_same_as), ways="S > U > T > E")


def chain(count: int) -> bytes:
    names = [f"n{i}" for i in range(count)]
    return process(start() + "".join(f'<bpmn:task id="{n}" />' for n in names) + end(), " > ".join(["S", *names, "E"]))


def blocks(count: int, joined: bool) -> bytes:
    """Three-way parallel blocks, one after the other, that are joined by parallel or by exclusive gateways."""
    kind = "parallel" if joined else "exclusive"
    body, ways, last = start(), "", "S"
    for i in range(count):
        body += f'<bpmn:parallelGateway id="F{i}" /><bpmn:{kind}Gateway id="J{i}" />'
        body += "".join(f'<bpmn:task id="t{i}{b}" />' for b in "abc")
        ways += f"{last} > F{i}\n" + "".join(f"F{i} > t{i}{b} > J{i}\n" for b in "abc")
        last = f"J{i}"
    return process(body + end(), ways + f"{last} > E")


def branches(first: str, second: str) -> bytes:
    body = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />' + lane("A", "T")
    return line(body, person("A", exports=first), person("T", exports=second), ways="S > F > A > J > E\nF > T > J")


def beside(target: str) -> bytes:
    """A reminder beside a task: its way leads to the next task, or to an end of its own."""
    reminder = boundary("B", "T", DAY, interrupting=False)
    own_end = end("E2") if target == "E2" else ""
    return line(TASK, reminder, '<bpmn:task id="U" />', own_end, ways=f"S > T > U > E\nB > {target}")


def leaving(exit_event: str) -> bytes:
    """A branch that may end before the join."""
    gateways = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" /><bpmn:exclusiveGateway id="G" default="G_J" />'
    return line(gateways, TASK, exit_event, ways="S > F > T > J > E\nF > G > J\nG > X if ok")


def chosen(kind: str) -> bytes:
    """Two ways of a choice that meet at a gateway of this kind."""
    gateways = f'<bpmn:exclusiveGateway id="G" default="G_T" /><bpmn:{kind}Gateway id="J" />'
    return line(gateways, TASK, '<bpmn:task id="U" />', ways="S > G > T > J > E\nG > U if ok\nU > J")


def reentered(output: str) -> bytes:
    mi = several("units", "unit", output=output)
    return line(lane("T"), person("T", mi), XOR, ways="S > T > G > E\nG > T if ok")


def on_event_gateway(second: str) -> bytes:
    body = '<bpmn:eventBasedGateway id="G" />' + catch("A", DAY) + second
    return line(body, ways="S > G > A > E\nG > B > E")


GOOD = line(TASK)
CHOICE = line(XOR, TASK, ways="S > G > E\nG > T if ok\nT > E")
ERROR = '<bpmn:errorEventDefinition errorRef="err" />'
ONLY = '<bpmn:exclusiveGateway id="G" />'


def named(node_id: str) -> bytes:
    """A task with this id."""
    return process(start() + f'<bpmn:task id="{node_id}" />' + end(), f"S > {node_id} > E")


def scripted(script: str) -> str:
    """A task with a script before it."""
    inner = f"<bpmn:extensionElements><spiffworkflow:preScript>{script}</spiffworkflow:preScript></bpmn:extensionElements>"
    return f'<bpmn:task id="T">{inner}</bpmn:task>'


def ending(definition: str) -> bytes:
    """A process that ends so."""
    return process(start() + end("E", definition), "S > E", GO)


def started(definition: str) -> str:
    """A start event."""
    return f'<bpmn:startEvent id="S">{definition}</bpmn:startEvent>'


def doubled(other: str) -> bytes:
    """A choice between two ends, which may be one."""
    flow = '<bpmn:sequenceFlow id="other" sourceRef="G" targetRef="{}"><bpmn:conditionExpression>ok</bpmn:conditionExpression></bpmn:sequenceFlow>'
    return line(XOR, end("E2") if other == "E2" else "", flow.format(other), ways="S > G > E")


def stepping_back(count: int) -> bytes:
    """Tasks from each of which one may go back to the one before it: what the last one gives may be there in all of them."""
    names = [f"u{number}" for number in range(count)]
    gateways = "".join(f'<bpmn:exclusiveGateway id="g{number}" default="on{number}" />' for number in range(count))
    ways = "".join(f"g{number} > u{max(number - 1, 0)} if ok\nu{number} > g{number}\n" for number in range(count))
    onward = "".join(
        f'<bpmn:sequenceFlow id="on{number}" sourceRef="g{number}" targetRef="{target}" />'
        for number, target in enumerate([*names[1:], "E"])
    )
    people = lane(*names) + "".join(person(name) for name in names[:-1]) + person(names[-1], exports="x")
    return line(people, gateways, onward, ways=f"S > u0\n{ways}")


def trapped(way: str) -> bytes:
    """Two tasks beside the way to the end that lead to each other, or out."""
    people = lane("T", "U") + person("T") + person("U")
    return line(people, XOR, ways=f"S > G > E\nG > T if ok\nT > U\n{way}")


def circling(inside: str) -> bytes:
    """A gateway that leads back to the one before it, directly or through a task of a person."""
    gateways = '<bpmn:exclusiveGateway id="H" /><bpmn:exclusiveGateway id="G" default="G_E" />'
    people = lane("T") + person("T") if inside else ""
    return line(gateways, people, ways="S > H > G > E\n" + ("G > T if ok\nT > H" if inside else "G > H if ok"))


def times(cardinality: str) -> str:
    """A task that runs several times."""
    inner = f"<bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality>"
    return f'<bpmn:task id="T"><bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics></bpmn:task>'


def returning(second: str) -> bytes:
    """Two tasks one after the other; the first or the second may be sent back."""
    allowed = {second: "return_to"}
    people = "".join(person(one, actions=allowed.get(one, "")) for one in ("U", "T"))
    return line(lane("T", "U"), people, ways="S > U > T > E")


def repeated(maximum: str) -> str:
    """A task with a standard loop."""
    condition = "<bpmn:loopCondition>ok</bpmn:loopCondition>"
    loop = f"<bpmn:standardLoopCharacteristics{maximum}>{condition}</bpmn:standardLoopCharacteristics>"
    return f'<bpmn:task id="T">{loop}</bpmn:task>'


def with_error(host: str) -> bytes:
    """An error boundary event on a task or a subprocess."""
    extra = GO + '<bpmn:error id="err" name="no" errorCode="NO" />'
    return line(TASK, SUB, boundary("B", host, ERROR), end("E2"), ways="S > T > SP > E\nB > E2", extra=extra)


def endless(task: str) -> bytes:
    """A task that is gone back to."""
    return line(task, XOR, ways="S > T > G > E\nG > T if ok")


def given_later(order: str) -> bytes:
    """A task T that gives x, and a task U that reads it."""
    return line(lane("T", "U"), person("T", exports="x"), person("U", assignee="x"), ways=f"S > {order} > E")


def given_beside(read: str) -> bytes:
    """A parallel branch that reads what the other branch gives, or something that was there before."""
    gateways = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
    return line(
        gateways, lane("T", "U"), person("T", exports="x"), person("U", assignee=read), ways="S > F > T > J > E\nF > U > J"
    )


def given_on_one_way(source: str) -> bytes:
    """A task that reads x after a choice, on one of whose ways it was given, or on the only one."""
    reader = person("U", assignee="x")
    ways = "S > G > U > E\nG > T if ok\nT > U" if source == "T" else "S > T > G > U > E\nG > E if ok"
    return line(XOR.replace("G_E", "G_U"), lane("T", "U"), person("T", exports="x"), reader, ways=ways)


CASES: list[tuple[str, bytes, bytes]] = [
    ("file.no_process", process(start() + end(), "S > E", attributes='isExecutable="false"'), process(start() + end(), "S > E")),
    ("file.too_many", blocks(201, True), blocks(20, True)),
    ("id.duplicate", line(TASK, TASK), line(TASK, TASK.replace("T", "U"), ways="S > T > U > E")),
    ("id.reserved", process(start("Start") + end(), "Start > E"), process(start("Start_1") + end(), "Start_1 > E")),
    ("id.reserved", named("P.EndJoin"), named("P.End")),
    ("element.script", line('<bpmn:scriptTask id="T" />'), line(service("T", "count"))),
    ("element.pre_post_script", line(scripted("x = 1")), line(scripted(" "))),
    (
        "element.event_subprocess",
        line(SUB.replace('"SP"', '"SP" triggeredByEvent="true"'), ways="S > SP > E"),
        line(SUB, ways="S > SP > E"),
    ),
    ("element.ad_hoc", line(SUB.replace("subProcess", "adHocSubProcess"), ways="S > SP > E"), line(SUB, ways="S > SP > E")),
    ("element.complex_gateway", line('<bpmn:complexGateway id="T" />'), line('<bpmn:parallelGateway id="T" />')),
    ("element.transaction", line(SUB.replace("subProcess", "transaction"), ways="S > SP > E"), line(SUB, ways="S > SP > E")),
    ("element.signal", ending('<bpmn:signalEventDefinition signalRef="sig" />'), ending(message("go"))),
    ("element.link", line(throw('<bpmn:linkEventDefinition name="L" />')), line(throw(message("go")))),
    ("element.compensation", line(throw("<bpmn:compensateEventDefinition />")), line(throw(message("go")))),
    ("element.conditional", line(catch("T", "<bpmn:conditionalEventDefinition />")), line(catch("T", message("go")))),
    ("element.escalation", line(throw("<bpmn:escalationEventDefinition />")), line(throw(message("go")))),
    ("element.cancel", ending("<bpmn:cancelEventDefinition />"), ending("<bpmn:terminateEventDefinition />")),
    ("element.event_place", line(throw(DAY)), line(catch("T", DAY))),
    ("element.event_place", line(catch("T", "")), line(catch("T", DAY))),
    ("element.event_place", line(catch("T", DAY + message("go"))), line(catch("T", DAY))),
    ("element.event_place", process(started(DAY) + end(), "S > E"), process(started("") + end(), "S > E")),
    ("element.event_place", process(started(message("go")) + end(), "S > E", GO), process(started("") + end(), "S > E", GO)),
    ("element.boundary", with_error("T"), with_error("SP")),
    ("element.start_end", line(TASK, start("S2"), ways="S > T > E\nS2 > T"), GOOD),
    ("element.start_end", process(TASK + end(), "T > E"), GOOD),
    ("element.data", line(TASK, '<bpmn:dataObject id="o" />'), GOOD),
    ("flow.dangling", line(TASK, ways="S > T > E\nnowhere > T"), GOOD),
    ("flow.dangling", line(TASK, SUB, ways="S > T > SP > E\ns > E"), line(TASK, SUB, ways="S > T > SP > E")),
    ("flow.doubled", doubled("E"), doubled("E2")),
    ("flow.condition_on_task", line(TASK, ways="S > T\nT > E if ok"), GOOD),
    ("flow.two_out", line(TASK, end("E2"), ways="S > T > E\nT > E2"), GOOD),
    ("flow.no_default", line(XOR.replace(' default="G_E"', ""), TASK, ways="S > G\nG > E if ok\nG > T if ok\nT > E"), CHOICE),
    ("flow.no_default", line(ONLY, TASK, ways="S > G\nG > T if ok\nT > E"), line(ONLY, TASK, ways="S > G > T > E")),
    ("flow.no_default", line(ONLY.replace("exclusive", "inclusive"), TASK, ways="S > G\nG > T if ok\nT > E"), CHOICE),
    ("flow.default_condition", line(XOR, TASK, ways="S > G\nG > E if ok\nG > T if ok\nT > E"), CHOICE),
    ("flow.no_condition", line(XOR, TASK, ways="S > G > E\nG > T > E"), CHOICE),
    ("flow.event_gateway", on_event_gateway(catch("B", DAY)), on_event_gateway(catch("B", message("go")))),
    (
        "flow.event_gateway",
        on_event_gateway('<bpmn:task id="B" />'),
        on_event_gateway('<bpmn:receiveTask id="B" messageRef="m_go" />'),
    ),
    ("flow.unreachable", line(TASK, '<bpmn:task id="U" />', ways="S > T > E\nU > E"), GOOD),
    ("flow.dead_end", line(TASK, XOR, ways="S > G > E\nG > T if ok"), CHOICE),
    ("flow.too_tangled", stepping_back(190), stepping_back(3)),
    ("flow.no_way_out", trapped("U > T"), trapped("U > E")),
    ("flow.idle_cycle", circling(""), circling("T")),
    ("flow.too_long", chain(420), chain(300)),
    ("parallel.explosion", blocks(5, False), blocks(8, True)),
    ("parallel.unsynchronised", blocks(1, False), blocks(1, True)),
    ("parallel.unsynchronised", beside("U"), beside("E2")),
    ("parallel.may_wait", leaving(end("X")), leaving(end("X", "<bpmn:terminateEventDefinition />"))),
    ("parallel.may_wait", chosen("parallel"), chosen("exclusive")),
    ("parallel.written_twice", branches("x", "x,y"), branches("x", "y")),
    ("loop.no_maximum", line(repeated("")), line(repeated(' loopMaximum="3"'))),
    (
        "loop.collection",
        line(repeated("").replace("standardLoop", "multiInstanceLoop")),
        person_line(inner=several("units", "unit")),
    ),
    ("loop.cardinality", line(times("99999")), line(times("3"))),
    ("loop.cardinality", line(times('"x"')), line(times("ok"))),
    ("loop.reentry", reentered("votes"), reentered("")),
    ("expression.invalid", line(XOR, TASK, ways="S > G > E\nG > T if ok.x\nT > E"), CHOICE),
    (
        "expression.impossible",
        line(XOR, TASK, ways='S > G > E\nG > T if "x" * 999999999 == ok\nT > E'),
        line(XOR, TASK, ways='S > G > E\nG > T if "xxx" == ok\nT > E'),
    ),
    ("expression.impossible", person_line(due="workdays(1 / 0)"), person_line(due="workdays(6 // 2)")),
    ("expression.impossible", line(catch("T", timer('duration("hello")'))), line(catch("T", DAY))),
    ("expression.impossible", line(catch("T", timer('duration("-P3D")'))), line(catch("T", timer('duration("P3D")')))),
    ("expression.arguments", person_line(due="workdays()"), person_line(due="workdays(3)")),
    ("expression.arguments", person_line(due='workdays("x")'), person_line(due="workdays(ok)")),
    ("expression.arguments", person_line(due="workdays(-1)"), person_line(due="workdays(0)")),
    ("expression.always", line(XOR, TASK, ways='S > G > E\nG > T if ok == "a" or "b"\nT > E'), CHOICE),
    ("expression.always", line(XOR, TASK, ways='S > G > E\nG > T if "a"\nT > E'), CHOICE),
    (
        "expression.always",
        line(XOR, TASK, ways="S > G > E\nG > T if not (ok and 1)\nT > E"),
        line(XOR, TASK, ways="S > G > E\nG > T if (ok or 0) > 1\nT > E"),
    ),
    ("expression.function", person_line(due="workday(3)"), person_line(due="workdays(3)")),
    ("expression.variable", person_line(assignee="handler"), person_line(assignee="ok")),
    ("variable.too_early", given_later("U > T"), given_later("T > U")),
    ("variable.too_early", given_beside("x"), given_beside("ok")),
    ("variable.not_always", given_on_one_way("T"), given_on_one_way("G")),
    ("timer.bare", line(catch("T", timer("P14D"))), line(catch("T", timer('duration("P14D")')))),
    ("timer.bare", line(catch("T", timer('"P14D"'))), line(catch("T", timer("workdays(5)")))),
    ("timer.bare", line(catch("T", timer("2026-12-31", "timeDate"))), line(catch("T", timer("now()", "timeDate")))),
    ("timer.bare", line(catch("T", "<bpmn:timerEventDefinition />")), line(catch("T", DAY))),
    ("timer.not_a_time", line(catch("T", timer("1 + 2"))), line(catch("T", timer('now() + duration("P1D")')))),
    ("timer.not_a_time", line(catch("T", timer('len("x")'))), line(catch("T", timer("max(now(), workdays(3))")))),
    ("timer.not_a_time", line(catch("T", timer("ok", "timeDate"))), line(catch("T", timer("now()", "timeDate")))),
    ("timer.not_a_time", person_line(due="5"), person_line(due="workdays(5)")),
    ("timer.not_a_time", person_line(due="now() + 3"), person_line(due='now() + 3 * duration("P1D")')),
    ("timer.not_a_time", person_line(due="workdays(5) if ok else 0"), person_line(due="workdays(5) if ok else None")),
    ("timer.cycle", line(catch("T", timer('duration("P1D")', "timeCycle"))), line(catch("T", DAY))),
    ("role.outside_lane", line(person("T")), person_line()),
    ("role.unknown", person_line("路人"), person_line()),
    ("role.nobody", person_line("系统"), person_line()),
    ("form.missing", person_line(form=""), person_line()),
    ("form.unknown", person_line(form="g"), person_line()),
    ("form.exports", person_line(exports="x,z"), person_line(exports="x, y")),
    ("form.exports", person_line(exports="total"), person_line(exports="total", records="keep")),
    ("operation.unknown", line(service("T", "delete_all")), line(service("T", "count"))),
    ("operation.parameters", line(service("T", "greet", note='"x"')), line(service("T", "greet", name='"x"'))),
    ("operation.parameters", line(service("T", "count", n="1")), line(service("T", "count"))),
    ("operation.parameter_type", line(service("T", "greet", name="3")), line(service("T", "greet", name='"x"'))),
    ("operation.parameter_type", line(service("T", "greet", name="None")), line(service("T", "greet", name="ok"))),
    ("flow.endless", endless(TASK), endless(lane("T") + person("T"))),
    ("flow.endless", endless(TASK), endless('<bpmn:receiveTask id="T" messageRef="m_go" />')),
    ("recorder.unknown", person_line(records="lose"), person_line(records="keep")),
    ("message.unknown", line(catch("T", message("other"))), line(catch("T", message("go")))),
    ("message.unknown", line('<bpmn:sendTask id="T" />'), line('<bpmn:sendTask id="T" messageRef="m_go" />')),
    ("stage.unknown", person_line(stage="end"), person_line(stage="draft")),
    ("action.unknown", person_line(actions="transfer,fly"), person_line(actions="transfer")),
    ("action.return_to", person_line(actions="return_to"), returning("T")),
    ("action.return_to", returning("U"), returning("T")),
    ("action.transfer", person_line(actions="transfer", assignee="ok"), person_line(actions="transfer", scope="ok")),
    (
        "action.signers",
        person_line(actions="add_signer"),
        person_line(inner=several("units", "unit"), scope="unit", actions="add_signer"),
    ),
    (
        "action.signers",
        person_line(inner=several("units", "unit"), scope="ok", actions="remove_signer"),
        person_line(inner=several("units", "unit"), assignee="unit", actions="remove_signer"),
    ),
    ("person.not_same_as", two_persons("nobody"), two_persons("U")),
    ("property.unknown", person_line(asignee="ok"), person_line(assignee="ok")),
]
