"""Templates, values and files as JSON, for processes that render apart."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from app.documents.metadata import FieldSpec, Metadata
from app.documents.templates import Template


def pack_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return files by name as text."""
    return {name: pack_bytes(content) for name, content in files.items()}


def unpack_files(packed: Mapping[str, str]) -> dict[str, bytes]:
    """Return what `pack_files` packed."""
    return {name: base64.b64decode(content) for name, content in packed.items()}


def pack_bytes(content: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(content).decode("ascii")


def pack_template(template: Template) -> dict[str, Any]:
    """Return a template as JSON can hold it; its sample stays behind, since no paper is made of it."""
    return {
        "key": template.key,
        "hash": template.hash,
        "html": template.html,
        "css": template.css,
        "metadata": asdict(replace(template.metadata, words=dict(template.metadata.words))),
        "pictures": pack_files(template.pictures),
    }


def unpack_template(packed: Mapping[str, Any]) -> Template:
    """Return what `pack_template` packed."""
    told = dict(packed["metadata"])
    told |= {"fields": tuple(map(_field, told["fields"])), "signers": tuple(told["signers"])}
    return Template(
        key=packed["key"],
        hash=packed["hash"],
        html=packed["html"],
        css=packed["css"],
        metadata=Metadata(**told),
        sample=MappingProxyType({}),
        pictures=MappingProxyType(unpack_files(packed["pictures"])),
    )


def _field(told: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(**{**told, "columns": tuple(map(_field, told["columns"]))})
