"""Files that somebody drops on the page of verification: changed, added to, signed by another, unsigned, and ours but not of the register."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.documents.signatures import sign_pdf
from app.documents.signing import load_credential, make_demo_credential
from app.persistence.models import Certificate
from app.services.issuing import batches
from app.services.issuing.verification import verify_file
from app.services.packages.procedure_cache import ProcedureCache
from tests.databases import Databases
from tests.services.issuing_world import issued_world, stored
from tests.services.world import World

PAPER = Path(__file__).parents[1] / "web_rounds" / "paper.pdf"


@pytest.fixture
def issued(databases: Databases, parsed: ProcedureCache, tmp_path: Path) -> Iterator[World]:
    """Return a district with its certificates made."""
    with issued_world(databases, parsed, tmp_path) as world:
        batches.run_unfinished(world.context)
        yield world


def test_only_the_very_file_of_the_register_tells_whose_it_is(issued: World) -> None:
    context, now = issued.context, issued.clock.now
    [row, *_] = issued.all(select(Certificate).order_by(Certificate.id))
    genuine = stored(context, row)
    stranger = load_credential(make_demo_credential(password="x", now=now), password="x")
    for file, verdict in (
        (genuine, "registered"),
        (genuine[:5000] + bytes([genuine[5000] ^ 1]) + genuine[5001:], "broken"),
        (genuine + b"\n% more", "changed"),
        (genuine[:-100], "broken"),
        (sign_pdf(PAPER.read_bytes(), credential=stranger, reason="x", at=now), "foreign"),
        (sign_pdf(PAPER.read_bytes(), credential=context.signing.open(now=now), reason="x", at=now), "unregistered"),
        (PAPER.read_bytes(), "unsigned"),
        (b"%PDF-1.7", "unsigned"),
    ):
        answer = verify_file(context, file)
        assert (answer.verdict, answer.facts is not None) == (verdict, verdict == "registered")
