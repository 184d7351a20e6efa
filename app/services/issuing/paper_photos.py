"""Pictures that people handed in, as papers show them: named by the hash of the file, small, upright, and without what a camera adds.

A paper remembers the names among its values, so that it can be made again with the same pictures.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.documents.context import Plain
from app.domain.errors import DomainError
from app.domain.fields import Values
from app.files.images import preview
from app.persistence.models import Attachment
from app.services.casework.form_values import ids
from app.services.context import Context, Transaction

FIELDS = ("photo", "photos")
"""What the fields of templates are called that name pictures."""
_EDGE = 800
"""Points of the longer side: 74 mm on the page at 275 dpi."""
_NAME = re.compile(r"([0-9a-f]{64})\.jpg")


def photos_in(tx: Transaction, filled: Values, key: str, *, case_id: int) -> list[str]:
    """Return the names of the pictures that a field of a submission holds, in their order (one statement, none without any)."""
    wanted = ids(filled, key)
    if not wanted:
        return []
    query = select(Attachment.id, Attachment.sha256).where(
        Attachment.id.in_(wanted), Attachment.case_id == case_id, Attachment.media_type.in_(("image/jpeg", "image/png"))
    )
    found = dict(tx.session.execute(query).all())
    return [f"{found[each]}.jpg" for each in wanted if each in found]


def with_photos(context: Context, printed: Mapping[str, Plain]) -> tuple[dict[str, Plain], dict[str, bytes]]:
    """Return the values and the pictures that they name, read from the store; needs no database.

    A picture that is damaged or too large to unpack is left out of the values: the paper must not wait for it for ever, and the
    original stays with the case.
    """
    shown, pictures = dict(printed), {}
    for field in FIELDS:
        names = printed.get(field)
        for name in _names(names):
            picture = _picture(context, name)
            if picture is not None:
                pictures[name] = picture
        if isinstance(names, list):
            shown[field] = [name for name in names if name in pictures]
        elif names is not None:
            shown[field] = names if names in pictures else ""
    return shown, pictures


def _names(value: Plain | None) -> Sequence[str]:
    given = value if isinstance(value, list) else [value]
    return [name for name in given if isinstance(name, str) and _NAME.fullmatch(name)]


def _picture(context: Context, name: str) -> bytes | None:
    with context.files.open(name.partition(".")[0]) as stream:
        content = stream.read()
    try:
        return preview(content, edge=_EDGE)
    except DomainError:  # damaged, or a bomb: see `with_photos`
        return None
