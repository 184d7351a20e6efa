"""Paper templates as folders and zips: checked, deployed and handed out from the command line."""

from pathlib import Path

from app.documents.inspection import Inspection
from app.documents.inspection_apart import inspect_apart
from app.documents.templates import read_files
from app.domain.actors import Actor
from app.domain.clock import Clock
from app.domain.errors import DomainError
from app.services.context import Context
from app.services.issuing.template_check import refuse_faulty
from app.services.issuing.template_drafts import import_zip, require_key
from app.services.issuing.templates import write_version
from app.services.versions.draft_files import require_right


def read_template(path: Path) -> dict[str, bytes]:
    """Return the files of a template in a folder or a zip. Raises `DomainError` for what is neither."""
    return import_zip(path.read_bytes()) if path.is_file() else read_files(path)


def check_path(path: Path, *, clock: Clock) -> Inspection:
    """Return what is wrong with a template in a folder or a zip, and the draft of its sample. Needs no installation."""
    key = f"{path.resolve().parent.name}/{path.stem}"
    return inspect_apart(read_template(path), key=key, created_at=clock())


def deploy(context: Context, *, actor: Actor, path: Path, key: str, reason: str) -> int:
    """Make a template in a folder or a zip the newest version of `key` (procedure/name); return its row id.

    Writes the version and an audit event. Refuses without the right, without a reason, with faults, and for known content.
    """
    require_right(actor)
    if not reason.strip():
        raise DomainError("template.reason", "请写明部署原因，它会记入版本说明。")
    files = read_template(path)
    refuse_faulty(context, files=files, key=key)
    with context.transaction() as tx:
        procedure, _, name = key.partition("/")
        require_key(tx, procedure=procedure, name=name)
        return write_version(tx, actor=actor, key=key, files=files, reason=reason)
