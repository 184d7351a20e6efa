"""Which faces papers are set in on this machine."""

from dataclasses import dataclass

from app.documents.fonts import resolved_roles


@dataclass(frozen=True)
class FaceInUse:
    """A role, the face that is prescribed for it, and the one that is used."""

    role: str
    prescribed: str
    family: str
    weight: str
    file: str
    is_prescribed: bool
    characters: int
    then: tuple[str, ...]


def faces_in_use() -> list[FaceInUse]:
    """Return the face of every role. Raises `DomainError` ("fonts_missing") naming the packages where a role has none."""
    return [
        FaceInUse(
            each.role.value,
            each.prescribed,
            each.family,
            each.weight,
            each.path,
            each.is_prescribed,
            each.characters,
            each.then,
        )
        for each in resolved_roles()
    ]
