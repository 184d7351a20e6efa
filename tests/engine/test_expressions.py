"""The expression language: what it computes, what it refuses, and its limits."""

from datetime import timedelta

import pytest

from app.engine.expressions import ExpressionError, parse

VALUES: dict[str, object] = {
    "score": 82,
    "name": "甲",
    "none": None,
    "votes": [{"item": "甲", "vote": "yes"}, {"item": "乙", "vote": "no"}],
    "info": {"street": "s1"},
    "key": "street",
    "大写": 5,
}


def value(source: str, **functions: object) -> object:
    return parse(source).evaluate(VALUES, functions=functions)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("score >= 60 and score < 90", True),
        ("60 <= score < 80", False),
        ("not none", True),
        ("none is None", True),
        ('name in ["甲", "乙"]', True),
        ('name not in {"甲"}', False),
        ("score // 10 * 2 + 7 % 4 - -1", 20),
        ('len([v for v in votes if v["vote"] == "yes"]) / len(votes)', 0.5),
        ('sum(1 for v in votes if v["vote"] == "no")', 1),
        ('any(v["vote"] == "no" for v in votes)', True),
        ('info["street"]', "s1"),
        ("info[key]", "s1"),
        ('votes[-1]["item"]', "乙"),
        ('"优" if score >= 80 else "良"', "优"),
        ("round(score / 7, 1)", 11.7),
        ("大写 + 1", 6),
        ('{"a": score, "b": [1, 2]}', {"a": 82, "b": [1, 2]}),
        ('duration("P3DT12H")', timedelta(days=3, hours=12)),
        ('duration("P2W") + duration("PT5M")', timedelta(weeks=2, minutes=5)),
        ('"a" + "b"', "ab"),
        ("none or 3", 3),
    ],
)
def test_values(source: str, expected: object) -> None:
    assert value(source) == expected


def test_registered_functions_are_called_by_name_and_with_keywords() -> None:
    assert value("workdays(3, start=score)", workdays=lambda n, start: n + start) == 85


def test_names_and_calls_are_known_without_evaluating() -> None:
    found = parse('len([v for v in votes if v["x"] == limit]) > f(info[key]) and v2')
    assert found.names == {"votes", "limit", "info", "key", "v2"}
    assert found.calls == {"len", "f"}


@pytest.mark.parametrize(
    "source",
    [
        "", "   ", "score >", "x ==== 2", "().__class__", "name.upper()", "lambda: 1", "2 ** 9", 'f"{name}"', "[*votes]",
        "f(**info)",
        "f(_x=1)", "_x", "__import__('os')", "(x := 3)", "votes[1:2]", "votes[len(votes)]", "{k: 1 for k in votes}",
        "{1: 2}", "[a for a, b in votes]", "b'x'", "3j", "...", "x = 1", "import os", "info.street", "f()()", "x if y", "~1",
        "1 << 9", "1 & 2",
        "yield x", "await x", "(" * 300 + "1" + ")" * 300, "1" + "+1" * 400, "a" * 1001, "not " * 200 + "x",
    ],
)  # fmt: skip
def test_refused_when_parsed(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.message)


@pytest.mark.parametrize(
    "source",
    [
        "missing", "none >= 3", "1 / 0", '"a" * 9', "votes * 2", '"%s" % name', "info + info", '"a" + 1', "votes[9]", 'info["x"]',
        "score[0]", "nothing()", "open(name)", "eval(name)", "getattr(name, name)", "int('9' * 2)", "int(name)", "str(votes)",
        "[a for a in score]", "sum(votes)", "999999999999 * 999999999999", 'duration("1D")', 'duration("P")', 'duration("PT")',
        'duration("P1M")', 'duration("P1Y")', 'duration("-P1D")', 'duration("p1d")', "duration(3)", "len()", "-name",
        "[a for a in votes for b in big for c in big for d in big]",
    ],
)  # fmt: skip
def test_refused_when_evaluated(source: str) -> None:
    with pytest.raises(ExpressionError):
        parse(source).evaluate(VALUES | {"big": list(range(100))}, functions={})


def test_error_names_the_column() -> None:
    with pytest.raises(ExpressionError) as caught:
        value("score + missing")
    assert caught.value.column == 8


def test_errors_of_registered_functions_pass() -> None:
    def refuse() -> None:
        raise KeyError("theirs")

    with pytest.raises(KeyError):
        value("refuse()", refuse=refuse)
