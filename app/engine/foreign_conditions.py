"""Conditions of other engines (Java's expression language, FEEL) turned into our expression language, or refused."""

import re

from app.engine.expressions import ExpressionError, parse

_WRAPPED = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
_TEXT = re.compile(r"('[^'\\]*'|\"[^\"\\]*\")")
_WORDS = (
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"!(?!=)"), " not "),
    (re.compile(r"\beq\b"), "=="),
    (re.compile(r"\bne\b"), "!="),
    (re.compile(r"\bge\b"), ">="),
    (re.compile(r"\ble\b"), "<="),
    (re.compile(r"\bgt\b"), ">"),
    (re.compile(r"\blt\b"), "<"),
    (re.compile(r"\btrue\b"), "True"),
    (re.compile(r"\bfalse\b"), "False"),
    (re.compile(r"\bnull\b"), "None"),
    (re.compile(r"\bempty\s+(\w+)"), r"not \1"),
)
_FEEL_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_INSTANCES = (
    (re.compile(r"\bnumberOfInstances\b"), "nrOfInstances"),
    (re.compile(r"\bnumberOfCompletedInstances\b"), "nrOfCompletedInstances"),
    (re.compile(r"\bnumberOfActiveInstances\b"), "nrOfActiveInstances"),
)


def translate(text: str) -> str | None:
    """Return a foreign expression in our language, None when it says something that ours cannot."""
    source = text.strip()
    wrapped = _WRAPPED.fullmatch(source)
    feel = source.startswith("=") and not source.startswith("==")
    if wrapped is None and not feel:
        return None
    inner = wrapped[1] if wrapped else source[1:]
    parts = _TEXT.split(inner)
    # Every second part is a text in quotes, which is left as it is.
    ours = "".join(part if place % 2 else _words(part, feel=feel) for place, part in enumerate(parts))
    ours = re.sub(r"[ \t\r\n]+", " ", ours).strip()
    try:
        parse(ours)
    except ExpressionError:
        return None
    return ours


def _words(part: str, *, feel: bool) -> str:
    for pattern, ours in (*_WORDS, *_INSTANCES):
        part = pattern.sub(ours, part)
    return _FEEL_EQUALS.sub("==", part) if feel else part
