"""Pairs like those of `cases` that need a decision table, several tables, or several processes."""

from tests.engine.diagrams import boundary, catch, document, end, flows, message, start
from tests.gate.house import lane, person, process
from tests.gate.shapes import GO, TASK, line

Files = dict[str, bytes]

ASK = (
    '<bpmn:businessRuleTask id="{}"><bpmn:extensionElements><spiffworkflow:calledDecisionId>grade</spiffworkflow:calledDecisionId>'
    "</bpmn:extensionElements></bpmn:businessRuleTask>"
)
RULE_TASK = line(ASK.format("T"))
ANY_ROW = '<inputEntry id="ie1"><text>&gt;= 60</text></inputEntry><outputEntry id="oe1"><text>1</text></outputEntry>'


def decision(
    policy: str = "FIRST",
    cell: str = "&gt;= 60",
    output: str = 'name="grade"',
    *,
    reads: str = "ok",
    gives: str = "1",
    more: str = "",
) -> bytes:
    """A table of one row (and more) from one variable to another."""
    cells = f'<inputEntry id="ie1"><text>{cell}</text></inputEntry><outputEntry id="oe1"><text>{gives}</text></outputEntry>'
    return table(
        f'<decisionTable id="t" hitPolicy="{policy}"><input id="in"><inputExpression id="ie"><text>{reads}</text></inputExpression>'
        f'</input><output id="out" {output} /><rule id="r">{cells}</rule>{more}</decisionTable>'
    )


def table(inner: str) -> bytes:
    """A file with one decision."""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        f'<decision id="grade" name="g">{inner}</decision></definitions>'
    ).encode()


def second_row(cell: str) -> str:
    """Another row of the table."""
    return f'<rule id="r2"><inputEntry id="ie2"><text>{cell}</text></inputEntry><outputEntry id="oe2"><text>2</text></outputEntry></rule>'


def typed(kind: str) -> bytes:
    """The table with a type of its condition."""
    return decision().replace(b'<inputExpression id="ie">', f'<inputExpression id="ie" typeRef="{kind}">'.encode())


OTHER = decision().replace(b'decision id="grade"', b'decision id="other"')
ROWS = decision(more="".join(second_row(str(number)) for number in range(8_100)))
NO_INPUT = decision().replace(b"<text>ok</text>", b"<text></text>")
NO_ROWS = decision()[: decision().index(b"<rule")] + decision()[decision().index(b"</rule>") + 7 :]
TOO_MANY_CELLS = decision().replace(b"<outputEntry", b'<inputEntry id="ie9"><text>-</text></inputEntry><outputEntry')

TABLE_CASES: list[tuple[str, bytes, bytes]] = [
    ("table.missing", OTHER, decision()),
    ("table.shape", decision(policy="PRIORITY"), decision()),
    ("table.shape", decision(policy="NONSENSE"), decision(policy="UNIQUE")),
    ("table.shape", decision(policy='COLLECT" aggregation="SUM'), decision(policy="COLLECT")),
    ("table.shape", decision(output='label="等级"'), decision()),
    ("table.shape", table('<literalExpression id="l"><text>1</text></literalExpression>'), decision()),
    ("table.shape", NO_INPUT, decision()),
    ("table.shape", TOO_MANY_CELLS, decision()),
    ("table.shape", decision().replace(b"<rule id", b'<annotation id="an" name="x" /><rule id'), decision()),
    ("table.no_rows", NO_ROWS, decision()),
    ("table.cell", decision(cell="[60..100]"), decision(cell="60 &lt; ? &lt;= 80")),
    ("table.cell", decision(cell="= 60"), decision(cell="== 60")),
    ("table.cell", decision(gives=""), decision(gives="None")),
    ("table.silent", decision(cell='"a", "b"'), decision(cell='in ["a", "b"]')),
    ("table.silent", decision(cell="ok &gt; 60"), decision(cell="&gt; 60")),
    ("table.silent", decision(cell="not ok"), decision(cell="True")),
    ("table.silent", decision(cell='in ("a")'), decision(cell='in ("a", "b")')),
    ("table.word", decision(cell="null"), decision(cell="None")),
    ("table.word", decision(cell="? != true"), decision(cell="? != True")),
    ("table.word", decision(gives="false"), decision(gives="False")),
    ("table.mixed", decision(more=second_row('"甲"')), decision(more=second_row("in [1, -2]"))),
    ("table.type", typed("string"), typed("number")),
    ("table.type", typed("date"), typed("any")),
    ("table.type", decision(output='name="grade" typeRef="boolean"'), decision(output='name="grade" typeRef="integer"')),
    (
        "table.type",
        decision(output='name="grade" typeRef="string"', gives="-1"),
        decision(output='name="grade" typeRef="string"', gives="ok"),
    ),
    ("expression.variable", decision(cell="甲"), decision(cell='"甲"')),
    ("expression.variable", decision(cell="? in ghosts"), decision(cell="? in units")),
    ("expression.variable", decision(reads="ghost"), decision(reads="ok")),
    ("expression.variable", decision(gives="ghost"), decision(gives="ok")),
    ("expression.function", decision(cell='date("2020-01-01")'), decision(cell="now()")),
    ("expression.function", decision(reads="steal(ok)"), decision(reads="len(units)")),
    ("expression.arguments", decision(gives='workdays("x")'), decision(gives="workdays(3)")),
    ("expression.always", decision(cell='? == "a" or "b"'), decision(cell='? == "a" or ? == "b"')),
    ("expression.impossible", decision(cell="&gt; 1 / 0"), decision(cell="&gt; 1 / 2")),
    ("variable.too_early", decision(reads="grade"), decision(reads="ok")),
]


def named(content: bytes, name: str) -> bytes:
    """A second file: its outermost id must not be that of the first."""
    return content.replace(b'id="Definitions"', f'id="{name}"'.encode())


def sub(key: str, inner: str, way: str) -> str:
    """A subprocess; its start and end are named after it."""
    body = start(f"s{key}") + inner + end(f"e{key}") + flows(f"s{key} > {way} > e{key}" if way else f"s{key} > e{key}")
    return f'<bpmn:subProcess id="{key}">{body}</bpmn:subProcess>'


def call(target: str) -> str:
    """A call activity."""
    return f'<bpmn:callActivity id="T" calledElement="{target}" />'


def called(target: str, inner: str = "") -> bytes:
    """A process that calls another one, directly or from a subprocess."""
    return line(sub("SP", call(target), "T"), ways="S > SP > E") if inner else line(call(target))


def second(inner: str = "", way: str = "", process_id: str = "Q", extra: str = "") -> bytes:
    """Another process in a file of its own."""
    body = start("s2") + inner + end("e2") + flows(f"s2 > {way} > e2" if way else "s2 > e2")
    return named(document(body, process_id=process_id, extra=extra), "D2")


def back(target: str) -> bytes:
    """The other process, which calls one from within a subprocess."""
    inner = call(target).replace('"T"', '"C2"')
    return second(sub("SP2", inner, "C2"), "SP2")


def nested(levels: int) -> bytes:
    """Subprocesses inside each other."""
    inner, way = "", ""
    for level in range(levels):
        inner, way = sub(f"SP{level}", inner, way), f"SP{level}"
    return line(inner, ways=f"S > {way} > E")


def both(first: str, other: str, *lanes: str) -> bytes:
    """Two parallel branches, A and B."""
    gateways = '<bpmn:parallelGateway id="F" /><bpmn:parallelGateway id="J" />'
    return line(gateways, lane(*lanes) if lanes else "", first, other, ways="S > F > A > J > E\nF > B > J")


def filled(key: str, exports: str) -> str:
    """A subprocess in which a person gives something."""
    return sub(key, person(f"U{key}", exports=exports), f"U{key}")


def calling(key: str, target: str) -> str:
    return f'<bpmn:callActivity id="{key}" calledElement="{target}" />'


PEOPLE = lane("V").replace('"lanes"', '"lanes2"').replace('"lane"', '"lane2"') + person("V", exports="x")
ERRORS = GO + '<bpmn:error id="one" errorCode="ONE" /><bpmn:error id="two" errorCode="TWO" />'


def failing(caught: str) -> bytes:
    """A subprocess that ends in an error, and what is caught at its boundary."""
    inner = start("s") + end("X", '<bpmn:errorEventDefinition errorRef="one" />') + flows("s > X")
    watcher = boundary("B", "SP", f'<bpmn:errorEventDefinition errorRef="{caught}" />')
    body = f'<bpmn:subProcess id="SP">{inner}</bpmn:subProcess>{watcher}'
    return line(body, end("E2"), ways="S > SP > E\nB > E2", extra=ERRORS)


def failing_call(caught: bool) -> Files:
    """The same in a called process."""
    watcher = boundary("B", "T", '<bpmn:errorEventDefinition errorRef="one" />') + end("E2") if caught else ""
    caller = line(call("Q"), watcher, ways="S > T > E" + ("\nB > E2" if caught else ""), extra=ERRORS)
    body = start("s2") + end("X", '<bpmn:errorEventDefinition errorRef="own" />') + flows("s2 > X")
    return {
        "a.bpmn": caller,
        "b.bpmn": named(document(body, process_id="Q", extra='<bpmn:error id="own" errorCode="ONE" />'), "D2"),
    }


TWO_TASKS = both(ASK.format("A"), ASK.format("B"))
ONE_TASK = both(ASK.format("A"), TASK.replace('"T"', '"B"'))
BROUGHT = both(catch("A", message("go")), catch("B", message("stop")))

PACKAGE_CASES: list[tuple[str, Files, Files]] = [
    ("call.unknown", {"a.bpmn": called("Q")}, {"a.bpmn": called("Q"), "b.bpmn": second()}),
    ("call.recursive", {"a.bpmn": called("P")}, {"a.bpmn": called("Q"), "b.bpmn": second()}),
    ("call.recursive", {"a.bpmn": called("P", "inside")}, {"a.bpmn": called("Q", "inside"), "b.bpmn": second()}),
    (
        "call.recursive",
        {"a.bpmn": called("Q", "inside"), "b.bpmn": back("P")},
        {
            "a.bpmn": called("Q", "inside"),
            "b.bpmn": back("R"),
            "c.bpmn": named(process(start() + end(), "S > E"), "D3").replace(b'"P"', b'"R"'),
        },
    ),
    ("file.too_many", {"a.bpmn": nested(41)}, {"a.bpmn": nested(20)}),
    ("file.too_many", {"a.bpmn": RULE_TASK, "t.dmn": ROWS}, {"a.bpmn": RULE_TASK, "t.dmn": decision(more=second_row("&lt; 60"))}),
    ("call.too_deep", {"a.bpmn": nested(21)}, {"a.bpmn": nested(20)}),
    ("flow.uncaught_error", {"a.bpmn": failing("two")}, {"a.bpmn": failing("one")}),
    ("flow.uncaught_error", failing_call(False), failing_call(True)),
    (
        "flow.uncaught_error",
        {"a.bpmn": process(start() + end("E", '<bpmn:errorEventDefinition errorRef="one" />'), "S > E", ERRORS)},
        {"a.bpmn": process(start() + end("E"), "S > E", ERRORS)},
    ),
    (
        "parallel.written_twice",
        {"a.bpmn": both(filled("A", "x"), filled("B", "x"), "A", "B")},
        {"a.bpmn": both(filled("A", "x"), filled("B", "y"), "A", "B")},
    ),
    ("parallel.written_twice", {"a.bpmn": TWO_TASKS, "t.dmn": decision()}, {"a.bpmn": ONE_TASK, "t.dmn": decision()}),
    (
        "parallel.written_twice",
        {"a.bpmn": both(calling("A", "Q"), calling("B", "Q")), "b.bpmn": second(PEOPLE, "V")},
        {"a.bpmn": both(calling("A", "Q"), calling("B", "Q")), "b.bpmn": second()},
    ),
    ("parallel.written_twice", {"a.bpmn": both(catch("A", message("go")), catch("B", message("go")))}, {"a.bpmn": BROUGHT}),
    (
        "table.duplicate",
        {"a.bpmn": RULE_TASK, "t.dmn": decision(), "u.dmn": decision()},
        {"a.bpmn": RULE_TASK, "t.dmn": decision(), "u.dmn": OTHER},
    ),
]
