"""Settings in TOML that people hand in, kept from being made to keep the reader busy."""

import re
import tomllib
from functools import lru_cache
from typing import Any

MOST_PARTS = 40
"""Parts of a dotted key: the reader's work grows with their square, and nothing here has more than four."""


@lru_cache(maxsize=32)
def read_toml(source: str) -> dict[str, Any]:
    """Return what a text in TOML says. Raises `tomllib.TOMLDecodeError` for what is none, or goes too deep.

    Who reads the same text again (the rules of the gate ask for one manifest five times) gets the same document, and leaves it as it is.
    """
    for piece in re.split(r"[=,{\n]", source):
        if piece.count(".") >= MOST_PARTS:
            raise tomllib.TOMLDecodeError("too many parts")
    try:
        return tomllib.loads(source)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("nested too deep") from error
