"""Everything that is wrong with a template, each fault with its file and line, and the draft of its sample where it has none.

Runs template and renderer, so it belongs into a process of its own (`app.documents.inspection_apart`).
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.context import expected_texts, plain
from app.documents.drafts import as_draft
from app.documents.faults import TemplateFault, line_of
from app.documents.inspection_rules import (
    CSS,
    HTML,
    TemplateFinding,
    address_findings,
    font_findings,
    source_findings,
    unused_findings,
)
from app.documents.render import render_pdf
from app.documents.templates import PARTS, Template, template_from_files
from app.domain.errors import DomainError

SAMPLE = "sample.json"
_MOST_FINDINGS = 60
_STYLE_CODES = frozenset({"template_page"})
_SAMPLE_CODES = frozenset({"document_glyph", "document_overflow", "document_notdef"})


@dataclass(frozen=True)
class Inspection:
    """What was found, and the draft of the sample: empty where the template is not able to give one."""

    findings: tuple[TemplateFinding, ...]
    pdf: bytes = b""

    @property
    def accepted(self) -> bool:
        """Tell whether the template may be deployed."""
        return bool(self.pdf) and all(finding.severity != "error" for finding in self.findings)


def inspect_template(files: Mapping[str, bytes], *, key: str, created_at: datetime) -> Inspection:
    """Return all findings about a template and, where none is an error, the draft of its sample as PDF.

    Raises nothing for a bad template. Endless ones do not come back: the caller limits time and memory.
    """
    try:
        template = template_from_files(files, key=key)
    except DomainError as fault:
        return Inspection((_of(fault), *_in_source(files)))
    fields = frozenset(spec.name for spec in template.metadata.fields)
    found = [*source_findings(template.html, fields=fields), *address_findings(template), *font_findings(template)]
    if found:
        return Inspection(tuple(sorted(found, key=lambda one: (PARTS.index(one.file), one.line)))[:_MOST_FINDINGS])
    rendered, pdf = _sample(template, files[SAMPLE].decode("utf-8-sig"), created_at)
    return Inspection((*rendered, *unused_findings(template))[:_MOST_FINDINGS], pdf)


def _of(error: DomainError) -> TemplateFinding:
    return (
        TemplateFinding(error.file, error.line, error.message)
        if isinstance(error, TemplateFault)
        else TemplateFinding("", 0, error.message)
    )


def _in_source(files: Mapping[str, bytes]) -> tuple[TemplateFinding, ...]:
    """A template that does not load has its source read all the same: who mends one part wants to hear of the other."""
    return tuple(source_findings(files.get(HTML, b"").decode("utf-8-sig", "replace"), fields=None))


def _sample(template: Template, source: str, created_at: datetime) -> tuple[tuple[TemplateFinding, ...], bytes]:
    """Render the draft of the sample; what the renderer grumbles about becomes a warning at its line."""
    from app.documents.readback import require_texts  # slow import: pypdf

    try:
        values = plain(template.sample, template)
    except DomainError as error:
        return (TemplateFinding(SAMPLE, _named_line(source, error.message), error.message),), b""
    marked, shown = as_draft(template, values)
    grumbles: list[logging.LogRecord] = []
    with _listening(grumbles):
        try:
            pdf = render_pdf(marked, shown, created_at=created_at)
            require_texts(pdf, expected=())
            unprinted = _unprinted(marked, shown, pdf)
        except DomainError as error:
            return (_of_rendering(template, source, error),), b""
    if unprinted is not None:
        return (unprinted,), b""
    told = dict.fromkeys(_grumble(template, record) for record in grumbles)
    return tuple(told), pdf


def _unprinted(template: Template, values: Mapping[str, Any], pdf: bytes) -> TemplateFinding | None:
    """Say which field of the sample does not come out of the finished page again."""
    from app.documents.readback import require_texts  # slow import: pypdf

    expected = list(expected_texts(plain(values, template), template))
    try:
        require_texts(pdf, expected=[text for _, text in expected])
    except DomainError:
        return next(_each_unprinted(pdf, expected), None)
    return None


def _each_unprinted(pdf: bytes, expected: Sequence[tuple[str, str]]) -> Iterator[TemplateFinding]:
    from app.documents.readback import require_texts  # slow import: pypdf

    for place, text in expected:
        try:
            require_texts(pdf, expected=[text])
        except DomainError:
            message = f"{place}的“{text}”没有印出来。请在版面上显示它；只用来判断、不印的字段，请在 metadata.toml 中写 printed = false。"
            yield TemplateFinding("metadata.toml", 0, message)


def _of_rendering(template: Template, source: str, error: DomainError) -> TemplateFinding:
    """Give a refusal of the renderer the place where it is mended."""
    if isinstance(error, TemplateFault):
        return _of(error)
    if error.code in _STYLE_CODES:
        page = re.search(r"@page\b", template.css)
        return TemplateFinding(CSS, line_of(template.css, page.start()) if page else 0, error.message)
    if error.code in _SAMPLE_CODES:
        return TemplateFinding(SAMPLE, _named_line(source, error.message), error.message)
    return TemplateFinding(HTML, 0, error.message)


def _named_line(source: str, message: str) -> int:
    """Return the line of the sample that a sentence speaks of: of the field that it names, else of the text that it quotes."""
    for named in re.findall(r"（([a-z][a-z0-9_]*)）", message) + re.findall(r"“([^”]+)”", message):
        place = source.find(f'"{named}"')
        if place >= 0:
            return line_of(source, place)
    return 0


@contextmanager
def _listening(records: list[logging.LogRecord]) -> Iterator[None]:
    from weasyprint.logger import LOGGER  # slow import: WeasyPrint

    handler = logging.Handler(logging.WARNING)
    handler.emit = records.append  # type: ignore[method-assign]
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)


def _grumble(template: Template, record: logging.LogRecord) -> TemplateFinding:
    """Turn a line of the renderer's log into a warning; its style sheet begins one line before ours."""
    given = record.args if isinstance(record.args, tuple) else ()
    if len(given) == 5 and isinstance(given[2], int):
        name, value, line = str(given[0]).strip(), str(given[1]).strip(), given[2] - 1
        what = "没有这个样式" if "unknown" in str(given[4]) else "值不能用"
        if line > 0:
            return TemplateFinding(CSS, line, f"第{line}行的“{name}: {value[:40]}”{what}，已忽略。", "warning")
        place = template.html.find(f"{name}:")
        line = line_of(template.html, place) if place >= 0 else 0
        return TemplateFinding(HTML, line, f"样式“{name}: {value[:40]}”{what}，已忽略。", "warning")
    said = record.getMessage()[:120]
    return TemplateFinding(CSS, 0, f"排版引擎提示：{said}", "warning")
