"""The list of payments on paper: what it says of people whose certificates were replaced, and of a round with other numbered papers."""

import json

from sqlalchemy import select, update

from app.persistence.models import Certificate, IssuedPaper, OfficialDocument, PaymentBatch
from app.services.selection.payment_papers import deliver_pdf
from tests.services.test_issuing import CHECKED, with_account
from tests.services.two_hands import reissued
from tests.services.world import World


def settle(world: World) -> PaymentBatch:
    """Bring a round to its settled list of payments."""
    with_account(world)
    world.do("maker", "make_payment", {"budget_line": "人才"})
    world.do("checker", "check_payment", CHECKED)
    [batch] = world.all(select(PaymentBatch))
    return batch


def test_the_list_names_each_person_once_and_the_decision_as_its_basis(listed: World) -> None:
    batch = settle(listed)
    [made] = listed.all(select(Certificate))
    reissued(listed, made.id, {"employer": "某某机械有限公司"})
    with listed.context.transaction() as tx:
        earlier = OfficialDocument(id=0, round_id=batch.round_id, doc_type="opinion_letter", title="函", values_json="{}")
        earlier.number, earlier.state = "东人社函〔2026〕1号", "issued"
        tx.session.add(earlier)
        tx.session.flush()
        errand = deliver_pdf(tx, {"batch": batch.id})
    errand()
    [kept] = listed.all(select(PaymentBatch.pdf_sha256))
    [text] = listed.all(select(IssuedPaper.values_json).where(IssuedPaper.sha256 == kept))
    values = json.loads(text)
    assert (len(values["rows"]), values["basis"], values["gross_total"]) == (1, "东发〔2026〕1号", batch.total_cents)
    assert values["rows"][0]["number"] != made.serial


def test_a_list_is_named_without_a_certificate_in_force(listed: World) -> None:
    batch = settle(listed)
    with listed.context.transaction() as tx:
        tx.session.execute(update(Certificate).values(state="revoked"))
        errand = deliver_pdf(tx, {"batch": batch.id})
    errand()
    [kept] = listed.all(select(PaymentBatch.pdf_sha256))
    assert listed.all(select(IssuedPaper.sha256).where(IssuedPaper.sha256 == kept))
