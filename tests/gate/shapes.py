"""Small diagrams with a place for a fault: what the pairs of `cases` are drawn with."""

from tests.engine.diagrams import boundary, catch, end, flows, messages, several, start, timer
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


def woven(width: int) -> bytes:
    """Parallel gateways, each of which leads to each of as many others."""
    names = [(f"F{number}", f"J{number}") for number in range(width)]
    gateways = "".join(f'<bpmn:parallelGateway id="{one}" />' for pair in [("A", "Z"), *names] for one in pair)
    ways = "".join(f"A > {fork}\n{join} > Z\n" + "".join(f"{fork} > {other}\n" for _, other in names) for fork, join in names)
    return process(start() + gateways + end(), f"S > A\nZ > E\n{ways}")


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


def on_event_gateway(second: str, third: str = "") -> bytes:
    body = '<bpmn:eventBasedGateway id="G" />' + catch("A", DAY) + second
    return line(body, ways="S > G > A > E\nG > B > E" + (f"\nG > {third} > E" if third else ""))


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


def exporting(names: int, nodes: int) -> bytes:
    """A person whose form gives so many variables, and so many nodes after that."""
    values = ",".join(f"v{number}" for number in range(names))
    tasks = "".join(f'<bpmn:task id="t{number}" />' for number in range(nodes))
    return process(start() + tasks + end() + person("T", exports=values), "S > T > t0 > E")
