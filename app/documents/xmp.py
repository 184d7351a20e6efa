"""The description of a PDF/A document in XMP; it says what the document information says (ISO 19005-2, 6.6.2)."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
)


def xmp_packet(*, title: str, authors: Sequence[str], producer: str, moment: datetime) -> bytes:
    """Return the packet of a PDF/A-3b; `moment` is when it was made, with its offset."""
    made = moment.isoformat(timespec="seconds")
    return (
        f'{_HEAD}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {_NAMES}><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{escape('、'.join(authors))}</rdf:li></rdf:Seq></dc:creator>"
        f"<pdf:Producer>{escape(producer)}</pdf:Producer><xmp:CreateDate>{made}</xmp:CreateDate>"
        f"<xmp:ModifyDate>{made}</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    ).encode()
