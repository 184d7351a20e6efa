"""The house's own texts: what people are told where a package has no text of its own. First line the subject, then the body."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_ASIDE = re.compile(r"（[^（）]*?\{([a-z_]+)\}[^（）{}]*）")


@cache
def house_text(name: str) -> str | None:
    """Return a text of the house, None when there is none of this name."""
    path = FOLDER / f"{name}.txt"
    return path.read_text(encoding="utf-8") if re.fullmatch(r"[a-z_]+", name) and path.exists() else None


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in; nothing in it is executed.

    One that nobody fills becomes empty, and an aside in brackets that would hold nothing else goes with it.
    """
    shown = _ASIDE.sub(lambda aside: aside[0] if values.get(aside[1]) else "", template)
    return _PLACE.sub(lambda place: values.get(place[1], ""), shown)
