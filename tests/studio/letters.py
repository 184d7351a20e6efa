"""A small paper template for the tests of templates."""

from collections.abc import Mapping

from app.domain.actors import SYSTEM
from app.services.issuing import templates
from tests.studio.house import House

KEY = "small/letter"
METADATA = b"""
title = "\xe5\x87\xbd"
[fields]
name = { label = "n", type = "text" }
number = { label = "no", type = "text", in_draft = "(none)" }
"""


def letter(word: str = "你好") -> dict[str, bytes]:
    """Return the files of a small letter."""
    return {
        "template.html": f"<p>{word} {{{{ name }}}}</p><p>{{{{ number }}}}</p>".encode(),
        "style.css": b"@page { size: A4 }",
        "metadata.toml": METADATA,
        "sample.json": '{"name": "张三", "number": "七号"}'.encode(),
    }


def deploy(house: House, files: Mapping[str, bytes]) -> int:
    """Write a version of the letter; return its id."""
    with house.context.transaction() as tx:
        return templates.write_version(tx, actor=SYSTEM, key=KEY, files=files, reason="首版")
