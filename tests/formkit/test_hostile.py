"""Many odd files and posts, always the same ones: refused with a sentence or accepted and stable, never a crash."""

import json
import random
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.formkit.build import BoundForm, bind
from app.formkit.rows import rows
from app.formkit.schema import FormError, read_form
from app.formkit.values import collect, collect_draft, summary
from tests.formkit.samples import FULL, GOOD_POST, SOURCES, TODAY

SPEC = read_form("nomination", FULL)
LONG = "1" * 5000
ODD_TEXTS = [
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "９９",
    "²",
    "٣",
    "𠮷",
    LONG,
    "-",
    "1.",
    ".5",
    "1e9",
    "NaN",
    "true",
    "a",
    "../x",
    "\n",
    "{}",
    "<b>",
]
ODD_TEXTS += ["2026-02-29", "2026-11-22T9:5", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00+23:59", "1992-01-01T00:00-23:59"]
ODD_NAMES = ["jobs-1-since", "jobs--employer", "jobs-²-since", "jobs-00001-since", "marks_craft", "home", "jobs", "jobs-"]
ODD_PARTS = [
    None,
    True,
    -1,
    3.5,
    float("nan"),
    10**30,
    "",
    "=x",
    "{{a}}",
    "\x00",
    "\ud800",
    [],
    [None],
    ["a"],
    {},
    {"hide": 5},
    LONG,
]
ODD_KEYS = ["type", "conditional", "layout", "properties", "validate", "values", "path", "key", "label", "components", "readonly"]


def sent(post: dict[str, Any]) -> BoundForm:
    bound = bind(SPEC, sources=SOURCES, today=TODAY, formdata=MultiDict(post))
    bound.validate()
    return bound


@pytest.mark.parametrize("seed", range(4))
def test_odd_posts_are_refused_or_stable(seed: int) -> None:
    chance, accepted = random.Random(seed), 0
    for _ in range(100):
        post = {**GOOD_POST, chance.choice([*GOOD_POST, *ODD_NAMES]): [chance.choice(ODD_TEXTS), chance.choice(ODD_TEXTS)]}
        bound = sent(post)
        draft = collect_draft(SPEC, sources=SOURCES, formdata=MultiDict(post))
        again = bind(SPEC, sources=SOURCES, today=TODAY, data=draft)
        json.dumps(draft, ensure_ascii=False).encode()
        assert bound.accepted == (bound.problems() == [])
        assert again.validate() or not bound.accepted
        if bound.accepted:
            accepted += 1
            assert collect(again) == collect(bound)
    assert 10 < accepted < 90


@pytest.mark.parametrize("seed", range(4))
def test_odd_files_are_refused_or_usable(seed: int) -> None:
    chance, read = random.Random(seed), 0
    for _ in range(100):
        document = {**FULL, "components": [dict(component) for component in FULL["components"]]}
        chance.choice(document["components"])[chance.choice(ODD_KEYS)] = chance.choice(ODD_PARTS)
        try:
            spec = read_form("odd", document)
            bound = bind(spec, sources=SOURCES, today=TODAY, formdata=MultiDict(GOOD_POST))
        except FormError:
            continue
        read += 1
        bound.validate()
        assert len(rows(bound)) == len(spec.fields)
        assert summary(spec, bound.values(), sources=SOURCES)
    assert 0 < read < 100
