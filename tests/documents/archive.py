"""What the archive format asks of a finished file (PDF/A-3b: ISO 19005-3, which is ISO 19005-2 with attachments).

No checker of the format can be had from the package registries, so this one stands in. It knows the clauses that papers like ours can
break, by their numbers in ISO 19005-2, and reads the finished bytes: the file's syntax as it stands, what it says by pypdf, the font
programs by fontTools. It is written against the standard, not against the code that writes the files.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, IndirectObject, StreamObject

from tests.documents.archive_fonts import font_breaches

_NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}
_FILTERS = {
    "/ASCIIHexDecode",
    "/ASCII85Decode",
    "/FlateDecode",
    "/RunLengthDecode",
    "/CCITTFaxDecode",
    "/JBIG2Decode",
    "/DCTDecode",
}
_ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named", "/SubmitForm"}
_MODES = {"/Normal", "/Compatible"}


def breaches(pdf: bytes) -> list[str]:
    """Return what a file does that the format forbids, each with its clause; an empty list for a file that may be archived."""
    reader = PdfReader(io.BytesIO(pdf))
    if reader.is_encrypted:
        return ["6.1.3 encrypted"]
    found = [*_syntax(pdf, reader), *_structure(reader), *_description(reader)]
    for value in _objects(reader):
        found += _anywhere(value)
    for number, page in enumerate(reader.pages, 1):
        found += (f"page {number}: {what}" for what in _page(page))
    return found + list(font_breaches(reader))


def _syntax(pdf: bytes, reader: PdfReader) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", pdf):
        yield "6.1.2 header, and a comment of four bytes above 127"
    if not re.search(rb"%%EOF\r?\n?\Z", pdf):
        yield "6.1.3 something stands behind the end"
    first = reader.trailer.get("/ID")
    if first is None or len(first) != 2:
        yield "6.1.3 no ID"
    for place in reader.xref.get(0, {}).values():
        if not re.match(rb"\d+ 0 obj(\r\n|\n|\r)?", pdf[place : place + 20]):
            yield f"6.1.9 no object at {place}"
    for begun in re.finditer(rb"/Length (\d+)(?! 0 R)[^<>]*(?:>>[^<>]*)*?>>\s*stream(\r\n|\n)", pdf):
        end = begun.end() + int(begun[1])
        if not re.match(rb"\s{0,2}endstream", pdf[end : end + 12]):
            yield f"6.1.7.1 a length is wrong at {begun.start()}"


def _structure(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.root_object
    intents = [one.get_object() for one in root.get("/OutputIntents", [])]
    archival = [one for one in intents if one["/S"] == "/GTS_PDFA1"]
    if len(archival) != 1:
        yield "6.2.3 no output intent of the archive format"
    for intent in archival:
        profile = intent["/DestOutputProfile"].get_object()
        head = profile.get_data()
        if head[36:40] != b"acsp" or head[8] > 4 or head[12:16] not in (b"mntr", b"prtr") or head[16:20] != b"RGB ":
            yield "6.2.3 the profile is no ICC profile for output"
        if profile["/N"] != 3:
            yield "6.2.3 the profile has another number of colours"
    if {"/AA", "/OpenAction", "/OCProperties", "/Requirements"} & set(root):
        yield "6.5 something happens when the file is opened, or it has layers or requirements"
    if {"/JavaScript", "/EmbeddedFiles", "/AlternatePresentations"} & set(root.get("/Names", {})):
        yield "6.4 scripts, or files that travel along"
    form = root.get("/AcroForm")
    if form is not None and (form.get_object().get("/NeedAppearances") == BooleanObject(True) or "/XFA" in form.get_object()):
        yield "6.4.1 a form that the reader has to draw"
    if root.get("/Version", "/1.7") > "/1.7":
        yield "6.1.2 another version"


def _description(reader: PdfReader) -> Iterator[str]:
    """The packet identifies the format, and says what the document information says."""
    stream: Any = reader.root_object.get("/Metadata")
    if stream is None:
        yield "6.6.2.1 no metadata"
        return
    packet = stream.get_object().get_data()
    if b"bytes=" in packet[:80] or b"encoding=" in packet[:80]:
        yield "6.6.2.1 the head of the packet has attributes that are not allowed"
    tree = etree.fromstring(re.sub(rb"<\?xpacket[^>]*\?>", b"", packet))
    told = {name: _told(tree, name) for name in ("pdfaid:part", "pdfaid:conformance", "dc:title", "dc:creator", "pdf:Producer")}
    if (told["pdfaid:part"], told["pdfaid:conformance"]) != ("3", "B"):
        yield "6.6.4 not identified as PDF/A-3b"
    info = reader.metadata or {}
    pairs = (("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Producer", "pdf:Producer"))
    yield from (f"6.6.3 {key} differs" for key, name in pairs if key in info and str(info[key]) != told[name])
    for key, name in (("/CreationDate", "xmp:CreateDate"), ("/ModDate", "xmp:ModifyDate")):
        if key in info and _digits(str(info[key])) != _digits(_told(tree, name)):
            yield f"6.6.3 {key} differs"
    if not reader.root_object.get("/Lang"):
        yield "no language"


def _told(tree: Any, name: str) -> str:
    """Return a property, which may stand in an element or in an attribute."""
    space, local = name.split(":")
    for one in tree.iterfind(f".//{name}", _NAMES):
        return "".join(one.itertext()).strip()
    described = [one.get(f"{{{_NAMES[space]}}}{local}") for one in tree.iterfind(".//rdf:Description", _NAMES)]
    return next((said for said in described if said), "")


def _digits(moment: str) -> str:
    return re.sub(r"\D", "", moment)


def _objects(reader: PdfReader) -> Iterator[Any]:
    for number in range(1, int(str(reader.trailer["/Size"]))):
        value = reader.get_object(number)
        if value is not None:
            yield from _within(value)


def _within(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, DictionaryObject) else value if isinstance(value, ArrayObject) else ()
    for one in inner:
        if not isinstance(one, IndirectObject):
            yield from _within(one)


def _anywhere(value: Any) -> Iterator[str]:
    """What holds for every object, wherever it stands."""
    if not isinstance(value, DictionaryObject):
        return
    if isinstance(value, StreamObject):
        if {"/F", "/FFilter", "/FDecodeParms"} & set(value):
            yield "6.1.7.1 a stream in another file"
        used = value.get("/Filter", [])
        if not set(used if isinstance(used, list) else [used]) <= _FILTERS:
            yield "6.1.7.2 a filter that is not allowed"
    if value.get("/Subtype") in ("/Image", "/Form") and {"/OPI", "/PS", "/Ref", "/Alternates"} & set(value):
        yield "6.2.8 a picture that stands for another"
    if value.get("/Subtype") == "/Image" and (
        value.get("/Interpolate") == BooleanObject(True) or value.get("/ColorSpace") == "/DeviceCMYK"
    ):
        yield "6.2.8 a picture that asks for smoothing, or in colours of another output"
    if value.get("/BM", "/Normal") not in _MODES or {"/TR", "/HTP"} & set(value):
        yield "6.2.5 a state of drawing that is not allowed"
    if (value.get("/Type") == "/Action" or "/URI" in value or "/JS" in value) and value.get("/S") not in _ACTIONS:
        yield "6.5.1 an action that is not allowed"
    if value.get("/Type") == "/Annot" or value.get("/FT") == "/Sig":
        yield from _annotation(value)
    if value.get("/Type") == "/Filespec" or "/EF" in value:
        yield "6.8 a file travels along"


def _annotation(value: DictionaryObject) -> Iterator[str]:
    flags = int(value.get("/F", 0))
    if value.get("/Subtype") not in ("/Widget", "/Link"):
        yield "6.3.1 a kind of annotation that a paper has no use for"
    if not flags & 4 or flags & (1 | 2 | 32 | 256):
        yield "6.3.2 an annotation that is not printed, or hidden"
    box = [float(edge) for edge in value.get("/Rect", [0, 0, 0, 0])]
    if (box[0], box[1]) != (box[2], box[3]) and "/AP" not in value and value.get("/Subtype") != "/Link":
        yield "6.3.3 an annotation that is seen and has no appearance"
    if {"/A", "/AA"} & set(value) and value.get("/Subtype") == "/Widget":
        yield "6.4.1 a field that does something"


def _page(page: Any) -> Iterator[str]:
    box = [float(edge) for edge in page.mediabox]
    if not all(3 <= size <= 14400 for size in (box[2] - box[0], box[3] - box[1])):
        yield "6.1.13 a page of a size that is not allowed"
    if {"/AA", "/PresSteps"} & set(page):
        yield "6.5.2 a page that does something"
    content = page["/Contents"].get_object().get_data()
    deep = most = 0
    for operator in re.findall(rb"(?:^|\s)([qQ])(?=\s|$)", content):
        deep += 1 if operator == b"q" else -1
        most = max(most, deep)
    if most > 28 or deep:
        yield "6.1.13 states nested too deeply, or not closed"
    if re.search(rb"(?:^|\s)(?:k|K)(?=\s|$)", content):
        yield "6.2.4.3 colours of another output"
    if re.search(rb"(?:^|\s)(?:BI|BX|PS)(?=\s|$)", content):
        yield "6.2.2 an operator that papers have no use for"
