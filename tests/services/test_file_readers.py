"""Identity papers are for those who check them: a form may name the readers of a field's files."""

import io

import pytest
from sqlalchemy import select

from app.domain.errors import NotFound
from app.persistence.models import Attachment, WorkItem
from app.services.casework import attachments
from app.services.casework.case_file import open_case
from tests.services.steps import to_the_list
from tests.services.world import World


def hand_in(world: World, case_id: int, *, field: str) -> None:
    """Put a file under a nomination as its unit handed it in."""
    [item] = world.all(select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.node_id == "fill_nomination"))
    stored = world.context.files.put(io.BytesIO(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), name="材料.pdf")
    with world.context.transaction() as tx:
        tx.session.add(
            Attachment(
                id=1, case_id=case_id, work_item_id=item.id, field_key=field, name="材料.pdf", media_type=stored.media_type,
                size=stored.size, sha256=stored.sha256, uploaded_by=item.completed_by, uploaded_at=tx.now,
            )
        )  # fmt: skip


def reads(world: World, who: str | int, case_id: int) -> bool:
    """Tell whether somebody finds the file on the case's page, and can open it; the two must agree."""
    actor = world.actor(who)
    with world.context.reading() as tx:
        listed = bool(open_case(tx, actor=actor, case_id=case_id).materials)
    try:
        attachments.read_for(world.context, actor=actor, attachment_id=1).stream.close()
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


@pytest.mark.parametrize(("field", "expert_reads"), [("id_copy", False), ("insurance_record", False), ("statement_file", True)])
def test_experts_see_proofs_but_no_identity_papers(listed: World, field: str, expert_reads: bool) -> None:
    _, _, cases = to_the_list(listed)
    hand_in(listed, cases[0], field=field)
    [expert] = listed.all(
        select(WorkItem.completed_by).where(WorkItem.case_id == cases[0], WorkItem.node_id == "expert_scoring").limit(1)
    )
    assert reads(listed, expert, cases[0]) is expert_reads
    for who in ("handler", "clerk", "nominator"):
        assert reads(listed, who, cases[0])
