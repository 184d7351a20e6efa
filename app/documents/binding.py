"""Binds drawn layers into a PDF/A-3b of its own with small fonts, with an empty slot for its signature."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.documents.assembly import Assembly, pack, references, renumber, text
from app.documents.colour import srgb_profile
from app.documents.layers import Layer, content_of, data_of, entries_of, gather, rounded
from app.documents.metadata import Metadata
from app.documents.outlines import GRAINS, Grain
from app.documents.programs import Program, unicode_table
from app.documents.slots import Slot
from app.documents.subset import FontSet
from app.documents.xmp import xmp_packet
from app.domain.clock import local
from app.domain.errors import DomainError

PRODUCER = "临空港工匠评选系统"
LIMIT_BYTES = 40_000
"""What a paper may weigh. One that is heavier is bound again with coarser outlines: a name of fifty characters, or the key and the
certificates of an authority, which make a signature five times as long as that of a demonstration."""
_SHOWN = re.compile(rb"/(\S+) [-\d.]+ Tf|\[([^\]]*)\] TJ|<([0-9a-f]+)> Tj")
_HEXADECIMAL = re.compile(rb"<([0-9a-f]+)>")


@dataclass
class Face:
    """What is known of one font of the batch: gathered while its pages are drawn."""

    file: bytes
    name: bytes = b""
    descriptor: bytes = b""
    characters: dict[int, str] = field(default_factory=dict)


class Binder:
    """Makes files of layers. `take` draws and remembers what the fonts are; `bind` writes one file."""

    def __init__(self, metadata: Metadata, *, fonts: FontSet, slot: Slot, at: datetime) -> None:
        self._metadata, self._slot, self._at = metadata, slot, local(at)
        self._faces = {address.removeprefix("font:"): Face(body) for address, body in fonts.files.items()}
        self._programs: dict[tuple[str, Grain], Program] = {}
        self._by_hash: dict[str, str] = {}
        self._profile = pack(srgb_profile())
        self._packed: dict[bytes, bytes] = {}

    def take(self, document: Any) -> list[Layer]:
        """Draw a laid-out document and return its pages as layers."""
        found: list[Layer] = []

        def finish(_: Any, pdf: Any) -> None:
            self._remember(document.fonts)
            found.extend(self._layers(pdf))

        document.write_pdf(finisher=finish, uncompressed_pdf=True)
        return found

    def _remember(self, fonts: Mapping[Any, Any]) -> None:
        for font in fonts.values():
            if font.missing:
                gaps = "、".join(f"“{chr(code)}”（U+{code:04X}）" for code in font.missing)
                raise DomainError("document_notdef", f"文书里的字{gaps}没有可用字形，会印成方框，文书未签发。请核对用字。")
            face = self._faces[font.family]
            self._by_hash[font.hash] = font.family
            face.name = font.name
            # PDF/A-2 and later want no CIDSet; the box of the font is that of its em square, as nothing is known of its ink.
            face.descriptor = b"/Flags %d/FontBBox[0 %d 1000 %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80" % (
                font.flags, font.descent, font.ascent, font.ascent, font.descent, font.ascent,
            )  # fmt: skip
            face.characters.update(font.to_unicode)

    def _layers(self, pdf: Any) -> list[Layer]:
        kids = pdf.pages["Kids"][::3]
        layers = []
        for number in kids:
            page = pdf.objects[number]
            content = rounded(content_of(pdf.objects[references(page["Contents"])[0]]))
            resources = pdf.objects[references(page["Resources"])[0]]
            fonts = references(resources["Font"])[0]
            named = {name: value for kind in resources.values() if isinstance(kind, dict) for name, value in kind.items()}
            needed = {name for name in named if re.search(rb"/%s\b" % name.encode(), content)}
            objects = gather(pdf, [one for name in needed for one in references(data_of(named[name]))], stop=fonts)
            layers.append(
                Layer(
                    content=content,
                    resources=entries_of(resources, needed),
                    objects=objects,
                    box=data_of(page["MediaBox"]),
                    font_object=fonts,
                    glyphs=self._glyphs([content, *(body for _, body in objects.values() if body is not None)]),
                )
            )
        return layers

    def _glyphs(self, contents: Sequence[bytes]) -> dict[str, frozenset[int]]:
        used: dict[str, set[int]] = {}
        for content in contents:
            family = ""
            for font, many, single in _SHOWN.findall(content):
                family = self._by_hash[font.decode()] if font else family
                for codes in [single] if single else _HEXADECIMAL.findall(many):
                    used.setdefault(family, set()).update(int(codes[at : at + 4], 16) for at in range(0, len(codes), 4))
        return {family: frozenset(glyphs) for family, glyphs in used.items()}

    def bind(self, layers: Sequence[Layer], *, identifier: bytes, number: str) -> bytes:
        """Return the file of a page that is drawn by layers, the first undermost; `number` goes into its title.

        Its outlines are as fine as `LIMIT_BYTES` lets them be; what is too heavy even with the coarsest is returned all the same.
        """
        file = b""
        for grain in GRAINS:
            file = self._bind(layers, grain, identifier, number)
            if len(file) <= LIMIT_BYTES:
                break
        return file

    def _bind(self, layers: Sequence[Layer], grain: Grain, identifier: bytes, number: str) -> bytes:
        out = Assembly()
        fonts, profile = self._fonts(out, layers, grain), out.add_stream(self._profile, b"/N 3", packed=True)
        contents, drawn = [], b""
        for place, layer in enumerate(layers):
            numbers = self._copy(out, layer, fonts, profile)
            resources = b"<</Font %d 0 R%s>>" % (fonts, renumber(layer.resources, numbers))
            if place == len(layers) - 1:
                contents.append(layer.content)
                own = resources
            else:
                entries = b"/Type/XObject/Subtype/Form/BBox%s/Resources%s" % (layer.box, resources)
                form = out.add_stream(self._once(layer.content), entries, packed=True)
                drawn += b"/L%d %d 0 R" % (place, form)
                contents.append(b"/L%d Do" % place)
        if drawn:
            own = _with_forms(own, drawn)
        return self._finish(out, self._page(out, b"\n".join(contents), own, layers[0].box), profile, identifier, number)

    def _once(self, content: bytes) -> bytes:
        """Compress what many papers share only once."""
        if content not in self._packed:
            self._packed = {content: pack(content)}
        return self._packed[content]

    def _copy(self, out: Assembly, layer: Layer, fonts: int, profile: int) -> dict[int, int]:
        profiles = {old: profile for old, (_, body) in layer.objects.items() if body is not None and body[36:40] == b"acsp"}
        numbers = {old: out.reserve() if body is None else 0 for old, (_, body) in layer.objects.items()}
        numbers |= {layer.font_object: fonts, **profiles}
        # Streams first: what refers to them is written when their numbers are known.
        for old in sorted(layer.objects.keys() - profiles.keys(), key=lambda old: (layer.objects[old][1] is None, -old)):
            entries, body = layer.objects[old]
            if body is None:
                out.put(numbers[old], renumber(entries, numbers))
            else:
                numbers[old] = out.add_stream(body, renumber(entries, numbers))
        return numbers

    def _fonts(self, out: Assembly, layers: Sequence[Layer], grain: Grain) -> int:
        used: dict[str, set[int]] = {}
        for layer in layers:
            for family, glyphs in layer.glyphs.items():
                used.setdefault(family, set()).update(glyphs)
        hashes = {family: name for name, family in self._by_hash.items()}
        made = {family: self._font(out, family, used[family], grain) for family in sorted(used)}
        entries = (b"/%s %d 0 R" % (hashes[family].encode(), font) for family, font in made.items())
        return out.add(b"<<%s>>" % b"".join(entries))

    def _program(self, family: str, grain: Grain, glyphs: set[int]) -> Program:
        """What was drawn by now is all of a small batch, and takes a third of the time; one that goes on has the whole face opened."""
        face, made = self._faces[family], self._programs.get((family, grain))
        if made is None:
            made = self._programs[family, grain] = Program(face.file, grain=grain, glyphs=face.characters.keys())
        elif not made.glyphs >= glyphs:
            made = self._programs[family, grain] = Program(face.file, grain=grain)
        return made

    def _font(self, out: Assembly, family: str, glyphs: set[int], grain: Grain) -> int:
        face, opened = self._faces[family], self._program(family, grain, glyphs)
        program, kind, entries = opened.cut(glyphs)
        stored = out.add_stream(program, entries)
        descriptor = out.add(
            b"<</Type/FontDescriptor/FontName%s%s/FontFile%d %d 0 R>>" % (face.name, face.descriptor, kind, stored)
        )
        system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        mapped = b"/CIDToGIDMap/Identity" if kind == 2 else b""
        inner = out.add(
            b"<</Type/Font/Subtype/CIDFontType%d/BaseFont%s%s%s/W[%s]/FontDescriptor %d 0 R>>"
            % (2 if kind == 2 else 0, face.name, system, mapped, opened.widths(glyphs), descriptor)
        )
        unicode = out.add_stream(unicode_table({glyph: face.characters[glyph] for glyph in sorted(glyphs)}))
        return out.add(
            b"<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (face.name, inner, unicode)
        )

    def _page(self, out: Assembly, content: bytes, resources: bytes, box: bytes) -> tuple[int, int, int]:
        parent, page, widget = out.reserve(), out.reserve(), out.reserve()
        drawing = out.add_stream(content)
        out.put(parent, b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
        out.put(
            page,
            b"<</Type/Page/Parent %d 0 R/MediaBox%s/Contents %d 0 R/Resources%s/Annots[%d 0 R]>>"
            % (parent, box, drawing, resources, widget),
        )
        return parent, page, widget

    def _finish(self, out: Assembly, made: tuple[int, int, int], profile: int, identifier: bytes, number: str) -> bytes:
        parent, page, widget = made
        title, stamp = f"{self._metadata.title} {number}".strip(), f"D:{self._at:%Y%m%d%H%M%S}+08'00'".encode()
        signature = out.add_alone(self._slot.entry(stamp=stamp))
        out.put(
            widget,
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>" % (page, signature),
        )
        catalog = out.add(self._catalog(out, parent, widget, profile, title))
        info = out.add(
            b"<</Title%s/Author%s/Producer%s/CreationDate(%s)/ModDate(%s)>>"
            % (text(title), text("、".join(self._metadata.signers)), text(PRODUCER), stamp, stamp)
        )
        return out.write(root=catalog, info=info, identifier=identifier)

    def _catalog(self, out: Assembly, parent: int, widget: int, profile: int, title: str) -> bytes:
        packet = xmp_packet(title=title, authors=self._metadata.signers, producer=PRODUCER, moment=self._at)
        described = out.add_stream(packet, b"/Type/Metadata/Subtype/XML")
        intent = (
            b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile %d 0 R>>" % profile
        )
        return (
            b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/OutputIntents[%s]/Lang(%s)/AcroForm<</Fields[%d 0 R]/SigFlags 3>>>>"
            % (parent, described, intent, self._metadata.language.encode("ascii"), widget)
        )


def _with_forms(resources: bytes, forms: bytes) -> bytes:
    if b"/XObject<<" in resources:
        return resources.replace(b"/XObject<<", b"/XObject<<" + forms, 1)
    return resources[:-2] + b"/XObject<<%s>>>>" % forms
