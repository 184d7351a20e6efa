"""What the tests of content share: the packages of this tree, their diagrams and their forms."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from app.catalog.archive import read_folder
from app.catalog.manifest import read_procedure
from app.domain.fields import Field, FormSpec
from app.domain.procedure import Procedure
from app.engine.specs import Spec, load_spec
from app.engine.types import NodeInfo
from app.formkit.schema import read_form

ROOT = Path(__file__).parents[2]
NAMES = sorted(folder.name for folder in (ROOT / "bpmn").iterdir() if (folder / "procedure.toml").is_file())
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
FLOW_NODES = ("Task", "Event", "Gateway", "subProcess", "callActivity")


@cache
def package(name: str) -> Procedure:
    """Return a package of this tree, read once."""
    return read_procedure(read_folder(ROOT / "bpmn" / name, forms_folder=ROOT / "forms" / name))


def spec_of(name: str) -> Spec:
    """Return the diagrams of a package, parsed as they are when a case runs."""
    procedure = package(name)
    return load_spec(procedure.files, content_hash=procedure.content_hash)


def nodes_of(name: str) -> Iterator[tuple[str, NodeInfo]]:
    """Yield every node of a package with the id of its process."""
    spec = spec_of(name)
    for process_id in spec.process_ids:
        for node in spec.nodes(process_id):
            yield process_id, node


@cache
def forms_of(name: str) -> dict[str, FormSpec]:
    """Return the forms of a package by key."""
    files = {Path(path).stem: data for path, data in package(name).files.items() if path.startswith("forms/")}
    return {key: read_form(key, json.loads(data)) for key, data in files.items()}


def field_of(form: FormSpec, key: str) -> Field | None:
    """Return the field of a form by key."""
    return next((field for field in form.every if field.key == key), None)


def scenarios_of(name: str) -> dict[str, dict[str, Any]]:
    """Return the scenarios of a package by file name."""
    files = package(name).files
    return {Path(path).stem: json.loads(files[path]) for path in sorted(files) if path.startswith("scenarios/")}


@cache
def diagrams_of(name: str) -> dict[str, Any]:
    """Return the root element of each diagram of a package."""
    procedure = package(name)
    return {file: etree.fromstring(procedure.files[file]) for file in procedure.diagrams}


def flow_nodes(root: Any) -> list[Any]:
    """Return every task, event and gateway of a diagram."""
    return [item for item in root.iter() if isinstance(item.tag, str) and item.tag.startswith(BPMN) and _is_flow_node(item)]


def _is_flow_node(element: Any) -> bool:
    return bool(element.get("id")) and element.tag.removeprefix(BPMN).endswith(FLOW_NODES)


def listed(text: str) -> list[str]:
    """Split a comma list."""
    return [part.strip() for part in text.split(",") if part.strip()]


def compared(condition: str) -> Iterator[tuple[str, str]]:
    """Yield each variable of a condition with each text that it is compared with."""
    for name, value in re.findall(r'(\w+)\s*==\s*"([^"]*)"', condition):
        yield name, value
    for name, values in re.findall(r"(\w+)\s+in\s+\[([^\]]*)\]", condition):
        for value in re.findall(r'"([^"]*)"', values):
            yield name, value
