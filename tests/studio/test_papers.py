"""A step that makes a paper needs a template that is in use: in the folder that comes with the house, or by versions in it."""

import shutil
from pathlib import Path

import pytest

from app.domain.errors import DomainError
from app.engine.gate import Finding
from app.persistence.models import TemplateVersion
from app.services.issuing.file_paper_kinds import KINDS
from app.services.packages.package_check import examine
from app.services.packages.package_papers import CERTIFICATE, MADE_BY, papers_in_use
from app.services.registry import Registry
from app.services.studio import deployment, drafts
from tests.engine.diagrams import service
from tests.studio.house import House
from tests.studio.small import MANIFEST, PASSED, WAYS, as_bytes, diagram, small
from tests.studio.test_deployment import changed, submit

PAPERS = Path(__file__).parents[2] / "certificates" / "linkonggang-artisan"
STAMPED = diagram(
    more=service("issue", "issue_decision"), ways=WAYS.replace("G > done", "G > issue > done"), clerk="fill issue"
).replace(b'default="G_done"', b'default="G_issue"')
WALKED = {**PASSED, "expect": {**PASSED["expect"], "path": ["fill", "check", "issue", "done"]}}
FILES = small(flow__bpmn=STAMPED, scenarios_passed__json=WALKED)


def bring(folder: Path, *names: str) -> Path:
    """Lay templates of the flagship into the folder of the small procedure."""
    for name in names:
        shutil.copytree(PAPERS / name, folder / "small-service" / name)
    return folder


def missing(registry: Registry, folder: Path, **known: bool) -> list[Finding]:
    """What the rule says with these templates deployed, by name: whether they are in use."""
    report = examine(
        FILES, registry=registry, papers=folder, papers_of=lambda _: {key.replace("_", "-"): on for key, on in known.items()}
    )
    return [one for one in report.findings if one.rule == "paper.missing"]


def test_a_step_without_its_template_is_found_at_its_element(registry: Registry, tmp_path: Path) -> None:
    found = missing(registry, bring(tmp_path, "decision"))
    assert [(one.file, one.element) for one in found] == [("flow.bpmn", "issue")]
    assert "推荐审批表，模板“nomination-form”还没有" in found[0].message
    assert "导入或恢复这个模板并部署" in found[0].cure


def test_templates_in_the_folder_or_in_use_are_enough(registry: Registry, tmp_path: Path) -> None:
    assert missing(registry, bring(tmp_path, "decision", "nomination-form")) == []
    assert missing(registry, tmp_path / "other", decision=True, nomination_form=True) == []


def test_a_template_whose_versions_are_all_retired_does_not_count(registry: Registry, tmp_path: Path) -> None:
    found = missing(registry, bring(tmp_path, "decision", "nomination-form"), decision=False)
    assert [one.message.rpartition("，")[2] for one in found] == ["模板“decision”各版本都已停用"]


def test_the_certificate_that_the_plan_proposes_is_needed(registry: Registry, tmp_path: Path) -> None:
    flow = STAMPED.replace(b"issue_decision", CERTIFICATE.encode())
    files = small(flow__bpmn=flow, procedure__toml=MANIFEST + '\n[round_defaults]\ncertificate_template = "golden"\n')
    found = [one for one in examine(files, registry=registry, papers=tmp_path).findings if one.rule == "paper.missing"]
    assert len(found) == 1 and "荣誉证书，模板“golden”还没有" in found[0].message


def test_what_makes_papers_is_known_to_the_registry(registry: Registry) -> None:
    assert MADE_BY.keys() | {CERTIFICATE} <= registry.operations.keys() | registry.recorders.keys()
    named = {template for papers in MADE_BY.values() for template in papers}
    assert {kind.template for kind in KINDS.values()} <= named
    assert named <= {path.name for path in PAPERS.iterdir()}


def test_a_deployment_is_refused_and_one_that_is_accepted_brings_new_templates_in(house: House) -> None:
    draft_id, admin = changed(house, STAMPED), house.actor("admin")
    drafts.save(house.context, actor=admin, draft_id=draft_id, expected=2, changes={"scenarios/passed.json": as_bytes(WALKED)})
    with pytest.raises(DomainError, match="没有能用的文书模板"):
        submit(house, draft_id, expected=3)
    with pytest.raises(DomainError, match="没有能用的文书模板"):
        house.deploy_files(FILES)
    bring(Path(house.context.certificates_folder), "decision", "nomination-form")
    submit(house, draft_id, expected=3)
    deployment.confirm(house.context, actor=house.actor("admin2"), draft_id=draft_id)
    assert papers_in_use(house.context)("small-service") == {"decision": True, "nomination-form": True}


def test_the_house_says_which_templates_are_in_use(house: House) -> None:
    with house.context.transaction() as tx:
        for number, retired in ((1, tx.now), (2, tx.now)):
            tx.session.add(
                TemplateVersion(
                    key="small-service/decision",
                    number=number,
                    title="x",
                    content_hash=str(number),
                    package=b"",
                    reason="x",
                    deployed_by=house.users["admin"],
                    deployed_at=tx.now,
                    retired_at=retired,
                )
            )
    assert papers_in_use(house.context)("small-service") == {"decision": False}
    assert papers_in_use(house.context)("small") == {}
