"""One pool by itself: what is drawn, what is left out, and that a diagram's own prefixes are kept."""

from pathlib import Path

from lxml import etree

from app.engine.pools import pool_of

FLAGSHIP = {path.name: path.read_bytes() for path in (Path(__file__).parents[2] / "bpmn" / "linkonggang-artisan").glob("*.bpmn")}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def test_a_pool_comes_without_its_neighbours() -> None:
    round_id, nomination_id = _processes()
    for kept, left in ((round_id, nomination_id), (nomination_id, round_id)):
        root = etree.fromstring(pool_of(FLAGSHIP, kept) or b"")
        assert [process.get("id") for process in root.findall(f"{BPMN}process")] == [kept]
        assert [part.get("processRef") for part in root.findall(f"{BPMN}collaboration/*")] == [kept]
        known = {element.get("id") for element in root.iter(f"{BPMN}*")}
        drawn = {element.get("bpmnElement") for element in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
        assert len(drawn) > 20
        assert drawn <= known - {left}


def test_a_pool_keeps_its_texts_and_the_prefixes_that_types_are_named_by() -> None:
    drawn = pool_of(FLAGSHIP, _processes()[1]) or b""
    assert drawn.startswith(b"<?xml")
    root = etree.fromstring(drawn)
    names = {element.get("name") for element in root.iter(f"{BPMN}userTask")}
    assert any("初审" in (name or "") for name in names)
    types = [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("}type")]
    assert types
    assert {value.partition(":")[0] for value in types} <= set(root.nsmap)


def test_a_process_that_nobody_drew_is_none() -> None:
    assert pool_of(FLAGSHIP, "nobody") is None
    assert pool_of({}, "nobody") is None


def _processes() -> tuple[str, str]:
    """The processes of the collaboration: the round's and the nomination's, in the order of the diagram."""
    first, second = (process.get("id", "") for process in etree.fromstring(FLAGSHIP["artisan.bpmn"]).findall(f"{BPMN}process"))
    return first, second
