"""From a template and its values to a finished PDF/A."""

import hashlib
import html
import io
import json
import re
import weakref
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import datetime
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from app.documents.assembly import pack
from app.documents.context import Plain, plain, texts
from app.documents.edges import refuse_overflow
from app.documents.fetcher import BASE, fetcher_for
from app.documents.fonts import FontRole, check_coverage, no_installed_fonts, resolve_chains
from app.documents.layers import content_of
from app.documents.layouts import laid_out
from app.documents.sandbox import render_body
from app.documents.subset import FontSet, subset_for
from app.documents.templates import Template
from app.domain.clock import local
from app.domain.errors import DomainError

PDF_VARIANT = "pdf/a-3b"
NOTHING: Mapping[str, bytes] = MappingProxyType({})

# Every small font has one weight, and a made-up bold would be smeared; the role says how heavy a text is.
BASE_CSS = "*{font-weight:normal!important;font-style:normal!important}html{font-family:var(--fangsong)}body{margin:0}"
# The squares of a QR code stay squares; PDF/A forbids a picture to ask for smoothing.
BASE_CSS += "img{image-rendering:pixelated}"

# Pango never breaks a line beside a quotation mark, which leaves Chinese lines short; an invisible space lets it break outside.
_QUOTES = re.compile(r"(?<=[\u2e80-\uffef])(?=[“‘])|(?<=[”’])(?=[\u2e80-\uff00])")
_ROLE = re.compile(r"var\(--(fangsong|song|xiaobiaosong|kai|hei)\)")


def render_pdf(
    template: Template,
    context: Mapping[str, Any],
    *,
    created_at: datetime,
    resources: Mapping[str, bytes] = NOTHING,
    fonts: FontSet | None = None,
) -> bytes:
    """Render a document as PDF/A-3b; equal input gives equal bytes.

    `created_at` is the aware moment written into the document information. `resources` are PNG or JPEG pictures by the
    name the template uses. `fonts` are the small fonts of a batch (see `batch_fonts`); without them they are cut here.
    Raises `DomainError` for missing fields, a character without glyph (naming place and character), a forbidden
    construct or address in the template, more pages than the template allows, or another page size than it declares.
    """
    values = plain(context, template)
    body = render_body(template, values)
    refuse_missing_glyphs(template, values)
    fonts = _sufficient(fonts, template, body)
    fetcher = fetcher_for(template=template, fonts=fonts.files, resources=resources)
    with fonts.lock:
        return _produce(template, values, body, fonts, fetcher, created_at)


def batch_fonts(template: Template, contexts: list[Mapping[str, Any]]) -> FontSet:
    """Cut the fonts once for all documents of a batch; values that cannot be used are left out, and refused when they are printed."""
    characters: set[str] = set()
    for context in contexts:
        with suppress(DomainError):
            characters.update(render_body(template, plain(context, template)))
    return subset_for("".join(sorted(characters | set(template.css))), roles=roles_of(template))


def roles_of(template: Template) -> frozenset[FontRole]:
    """Return the font roles that a template names; 仿宋 is always among them because the body is set in it."""
    named = {FontRole(name) for name in _ROLE.findall(template.css + template.html)}
    return frozenset(named | {FontRole.FANGSONG})


def refuse_missing_glyphs(template: Template, values: Mapping[str, Plain]) -> None:
    """Raise `DomainError` ("document_glyph") naming place and character when a value has a character without glyph."""
    chains = resolve_chains()
    roles, placed = sorted(roles_of(template)), list(texts(values, template))
    every = "".join(
        frozenset().union(*(text for _, text in placed))
    )  # each character once; the place matters when one is missing
    if not any(check_coverage(every, faces=chains[role]) for role in roles):
        return
    for place, text in placed:
        for role in roles:
            missing = check_coverage(text, faces=chains[role])
            if missing:
                what = "、".join(f"“{gap.char}”（{gap.codepoint}）" for gap in missing)
                raise DomainError(
                    "document_glyph",
                    f"{place}“{text}”中的字{what}没有可用字形，未生成文书。请核对用字，或请系统管理员安装含该字的字体。",
                )


def _sufficient(fonts: FontSet | None, template: Template, body: str) -> FontSet:
    needed, roles = body + template.css, roles_of(template)
    if fonts is not None and frozenset(needed) <= fonts.characters and roles <= fonts.roles:
        return fonts
    return subset_for(needed, roles=roles)


def page_html(template: Template, body: str, fonts: FontSet, created_at: datetime, *, state: str = "even") -> str:
    """Return the whole page around a rendered body, with fonts and document information. Raises `DomainError` for a bad style."""
    moment = local(created_at).isoformat(timespec="seconds")
    title, language = html.escape(template.metadata.title), html.escape(template.metadata.language)
    style = _with_families(f"{BASE_CSS}\n{template.css}", fonts)
    content = _QUOTES.sub("\u200b", _with_families(body, fonts, quote="&quot;"))
    # The closing tag cannot come from data (a style sheet holds none), but a template could write it; it has no business there.
    if "</" in style:
        raise DomainError("template_forbidden", f"模板“{template.key}”的样式表里不能有网页标签，请删去。")
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="dcterms.created" content="{moment}"><meta name="dcterms.modified" content="{moment}">'
        f'<style>{style}</style></head><body class="{state}">{content}</body></html>'
    )


def _with_families(source: str, fonts: FontSet, *, quote: str = '"') -> str:
    # Page margin boxes do not inherit custom properties in WeasyPrint, so the family lists are written in place.
    return _ROLE.sub(lambda found: fonts.families[FontRole(found[1])].replace('"', quote), source)


def _produce(
    template: Template, values: Mapping[str, Plain], body: str, fonts: FontSet, fetcher: Any, created_at: datetime
) -> bytes:
    from weasyprint.urls import FatalURLFetchingError  # slow import: WeasyPrint

    try:
        document = laid_out(
            template,
            lambda state: lay_out(page_html(template, body, fonts, created_at, state=state), fonts, fetcher),
        )
        check_pages(template, document)
        # The colour profile was handed in with the layout; any name but "srgb" keeps the engine from opening its own again.
        pdf: bytes = document.write_pdf(
            finisher=_pack_once,
            pdf_variant=PDF_VARIANT,
            pdf_identifier=identifier_of(template, values),
            output_intent="given",
        )
    except FatalURLFetchingError as error:
        raise (fetcher.refused or error) from error
    # A drawing inside a drawing is fetched late, and the engine goes on without it: the page would lack a picture unnoticed.
    if fetcher.refused is not None:
        raise fetcher.refused
    return pdf


def _pack_once(_: Any, pdf: Any) -> None:
    """The writer asks every stream twice for its bytes, for the file and for its sum, and would compress it twice."""
    for drawn in pdf.objects:
        if getattr(drawn, "compress", False):
            drawn.stream, drawn.extra["Filter"], drawn.compress = [pack(content_of(drawn))], "/FlateDecode", False


def lay_out(page: str, fonts: FontSet, fetcher: Any) -> Any:
    """Return the laid-out document; the caller holds `fonts.lock`."""
    from weasyprint import CSS, HTML  # slow import: WeasyPrint
    from weasyprint.css import ColorProfile  # slow import: WeasyPrint
    from weasyprint.text.fonts import FontConfiguration  # slow import: WeasyPrint

    engine = fonts.engine
    if not engine:
        # A set without files goes by the names of fonts that are installed.
        with no_installed_fonts() if fonts.files else nullcontext():
            configuration = FontConfiguration()
        engine["sheet"] = CSS(string=fonts.css, font_config=configuration, url_fetcher=fetcher, base_url=BASE)
        engine["profile"] = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
        engine["configuration"] = configuration
        # Given back before the interpreter takes its modules apart, which the renderer's own clearing up does not survive.
        weakref.finalize(fonts, engine.clear)
    # A profile that was written once comes out with other bytes the next time, so each document reads it afresh.
    profile = ColorProfile(io.BytesIO(engine["profile"]), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
    return HTML(string=page, base_url=BASE, url_fetcher=fetcher).render(
        font_config=engine["configuration"], stylesheets=[engine["sheet"]], color_profiles={"srgb": profile}
    )


def check_pages(template: Template, document: Any) -> None:
    """Raise `DomainError` for more pages than the template allows, another size of page, or a text that runs out of its box."""
    metadata = template.metadata
    if metadata.max_pages and len(document.pages) > metadata.max_pages:
        raise DomainError(
            "document_overflow",
            f"“{metadata.title}”的内容超出了{metadata.max_pages}页，未生成。请缩短过长的内容，或改用容得下的模板。",
        )
    for page in document.pages:
        size = tuple(round(pixels * 25.4 / 96) for pixels in (page.width, page.height))
        if size != metadata.size_mm:
            raise DomainError(
                "template_page",
                f"模板“{template.key}”声明的纸张是 {metadata.page}，样式表却排成 {size[0]}×{size[1]} 毫米。请改成一致。",
            )
    _refuse_attachments(template, document)
    refuse_overflow(template, document)


def _refuse_attachments(template: Template, document: Any) -> None:
    """A file that travels inside a paper is seen by nobody who reads it."""
    linked = any(kind == "attachment" for page in document.pages for kind, *_ in page.links)
    if document.metadata.attachments or linked:
        raise DomainError("template_forbidden", f"模板“{template.key}”在文书里夹带文件（rel=attachment），不允许。请删去。")


def identifier_of(template: Template, values: Mapping[str, Plain]) -> bytes:
    """Return the ID of a document, in hexadecimal digits: equal for equal templates and values."""
    told = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{template.hash}\n{told}".encode()).hexdigest()[:32].encode()
