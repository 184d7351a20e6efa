"""Settings in TOML that people hand in, kept from being made to keep the reader busy."""

import re
import tomllib
from typing import Any

MOST_PARTS = 40
"""Parts of a dotted key: the reader's work grows with their square, and nothing here has more than four."""


def read_toml(source: str) -> dict[str, Any]:
    """Return what a text in TOML says. Raises `tomllib.TOMLDecodeError` for what is none, or goes too deep."""
    for piece in re.split(r"[=,{\n]", source):
        if piece.count(".") >= MOST_PARTS:
            raise tomllib.TOMLDecodeError("too many parts")
    try:
        return tomllib.loads(source)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("nested too deep") from error
