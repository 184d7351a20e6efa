"""The gate of paper templates: every fault by file and line, and the draft of the sample, from a process with limits."""

from collections.abc import Mapping
from datetime import datetime, time
from functools import lru_cache

from app.catalog.archive import PAPER_SUFFIXES, read_zip, write_zip
from app.documents.inspection import Inspection
from app.documents.inspection_apart import inspect_apart
from app.documents.templates import content_hash
from app.domain.clock import LOCAL_ZONE, local
from app.domain.errors import DomainError
from app.services.context import Context
from app.services.issuing.templates import refuse_known


def examine_template(context: Context, *, files: Mapping[str, bytes], key: str) -> Inspection:
    """Return what is wrong with a template and the draft of its sample. Takes a second; the same content is looked at once.

    Starts a child process; writes nothing, locks nothing.
    """
    day = datetime.combine(local(context.clock()).date(), time(), LOCAL_ZONE)
    return _examined(key, write_zip(files), day)


@lru_cache(maxsize=24)
def _examined(key: str, package: bytes, created_at: datetime) -> Inspection:
    return inspect_apart(read_zip(package, suffixes=PAPER_SUFFIXES), key=key, created_at=created_at)


def refuse_faulty(context: Context, *, files: Mapping[str, bytes], key: str) -> None:
    """Raise `DomainError` with the first fault of a template that may not be deployed; `Conflict` where it was already."""
    with context.reading() as tx:
        refuse_known(tx, key=key, digest=content_hash(files))
    found = examine_template(context, files=files, key=key)
    if found.accepted:
        return
    errors = [finding for finding in found.findings if finding.severity == "error"]
    first = f"{errors[0].file}：{errors[0].message}" if errors else "样例没有成文。"
    raise DomainError("template.refused", f"模板没有通过检查（{max(1, len(errors))} 处），第一处在 {first}")
