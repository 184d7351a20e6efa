"""A house whose templates are older than the fixed texts in them: its papers say what to do, and are made after it."""

from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.persistence.models import OfficialDocument, OutboxEntry
from app.services.issuing.templates import current_version, files_of_version, write_version
from app.services.outbox import MOST_ATTEMPTS
from app.services.selection import unmade_papers
from tests.services.steps import to_the_list
from tests.services.world import PROCEDURE, World

KEY, KIND = f"{PROCEDURE}/draw-record", "draw_record"


def deploy(world: World, metadata: bytes) -> None:
    """Deploy the template with another description of itself."""
    with world.context.transaction() as tx:
        files = dict(files_of_version(current_version(tx, KEY)))
        files["metadata.toml"] = metadata
        write_version(tx, actor=SYSTEM, key=KEY, files=files, reason="测试")


def without_words(metadata: bytes) -> bytes:
    """Return a description as it was before the fixed texts stood in it."""
    before, _, after = metadata.partition(b"[words]")
    return before + after[after.index(b"[fields]") :]


def given_up(world: World) -> OutboxEntry:
    """Return the entry of the paper when nobody tries to make it by itself any more."""
    for _ in range(MOST_ATTEMPTS):
        world.deliver(papers=[KIND])
    [entry] = world.all(select(OutboxEntry).where(OutboxEntry.key.startswith(f"{KIND}:")))
    assert isinstance(entry, OutboxEntry) and entry.state == "failed"
    return entry


def test_a_paper_of_an_old_version_says_what_to_deploy_and_is_made_afterwards(listed: World) -> None:
    _, round_id, _ = to_the_list(listed)
    with listed.context.reading() as tx:
        now = files_of_version(current_version(tx, KEY))["metadata.toml"]
    deploy(listed, without_words(now))
    entry = given_up(listed)
    with listed.context.reading() as tx:
        stuck = unmade_papers.unmade_papers(tx, actor=listed.actor("handler"), round_id=round_id)
    [reason] = [each.reason for each in stuck if each.reason]
    assert "缺少固定用语" in reason and "gongjiang templates deploy" in reason
    deploy(listed, now + b"\n# as shipped\n")
    unmade_papers.make_again(listed.context, actor=listed.actor("handler"), round_id=round_id, entry_id=entry.id)
    listed.deliver(papers=[KIND])
    assert listed.all(select(OfficialDocument.state).where(OfficialDocument.doc_type == KIND)) == ["issued"]
