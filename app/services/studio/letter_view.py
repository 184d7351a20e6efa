"""What the page of a notice's text shows beside the text: when it goes out, what may stand in it, how it looks in the sample case."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.domain.errors import DomainError
from app.engine.drawing import nodes_of
from app.engine.types import EngineError
from app.services.packages.package_letters import Place, letter_of, places_in
from app.services.packages.package_texts import declared

_PLACE = re.compile(r"\{([^{}\s]{1,40})\}")


@dataclass(frozen=True)
class LetterView:
    """A notice's text as its page shows it: `when` is empty for a text that nobody sends."""

    when: str
    places: tuple[Place, ...]
    subject: str
    body: str
    unknown: tuple[str, ...]

    @property
    def for_script(self) -> list[dict[str, str]]:
        """What the live preview fills in."""
        return [asdict(one) for one in self.places]


def letter_view(files: Mapping[str, bytes], path: str, text: str) -> LetterView:
    """Return what stands beside the text at `path` of a package; nothing of it is executed, and a broken package only says less."""
    name = path.rpartition("/")[2].removesuffix(".txt")
    try:
        steps = {node.node_id: node.name for _, nodes in nodes_of(files).values() for node in nodes if node.kind == "userTask"}
        known = declared(files)
    except (DomainError, EngineError, ValueError):
        steps, known = {}, {}  # the text can be written all the same: the gate tells what is wrong with the rest
    letter = letter_of(name, steps=steps, declared=known)
    places = places_in(name, letter, steps=steps)
    samples = {one.name: one.sample for one in places}
    text = text[:20_000]
    unknown = tuple(dict.fromkeys(place for place in _PLACE.findall(text) if place not in samples))
    subject, _, body = _PLACE.sub(lambda place: samples.get(place[1], f"〔{place[1]}〕"), text).partition("\n")
    return LetterView(letter.when if letter else "", places, subject.strip(), body.strip(), unknown)
