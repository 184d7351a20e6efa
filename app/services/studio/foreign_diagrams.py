"""Taking diagrams of other modelers into a draft: converted, with a report of what was turned and what was not."""

from dataclasses import dataclass

from app.domain.actors import Actor
from app.domain.errors import DomainError
from app.engine.drawing import nodes_of
from app.engine.foreign import Note, convert
from app.engine.types import EngineError
from app.services.versions.draft_files import MOST_FILE_BYTES, require_right


@dataclass(frozen=True)
class Imported:
    """A diagram in our dialect. `processes` are its executable processes; `groups` need lanes with roles."""

    content: bytes
    notes: tuple[Note, ...]
    groups: tuple[str, ...]
    processes: tuple[str, ...]


def import_diagram(data: bytes, *, actor: Actor) -> Imported:
    """Convert an uploaded BPMN file. Writes nothing: the page shows the report, then saves the content as a file of the draft.

    `DomainError` (diagram.unreadable) for what is too large, is not BPMN, or brings a document type.
    """
    require_right(actor)
    if len(data) > MOST_FILE_BYTES:
        raise DomainError("diagram.unreadable", f"文件有 {len(data) / 1e6:.1f} MB，最多 2 MB。请删去图中嵌入的图片后再试。")
    try:
        converted = convert(data)
        processes = tuple(nodes_of({"upload.bpmn": converted.content}))
    except EngineError as error:
        raise DomainError("diagram.unreadable", error.message) from error
    return Imported(converted.content, converted.notes, converted.groups, processes)
