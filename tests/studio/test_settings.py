"""The manifest through a page: what is changed is changed in place, comments and order stay, and a second process fits in."""

import difflib
from dataclasses import replace

import pytest

from app.catalog.archive import read_folder
from app.domain.errors import DomainError
from app.domain.procedure import Stage
from app.services.packages.package_check import examine
from app.services.registry import Registry
from app.services.studio.blank_package import added_process, blank_package
from app.services.studio.procedure_settings import ProcedureSettings, read_settings, write_settings
from tests.services.world import PROCEDURE, ROOT
from tests.studio.small import small


def flagship() -> dict[str, bytes]:
    return read_folder(ROOT / "bpmn" / PROCEDURE, forms_folder=ROOT / "forms" / PROCEDURE)


def with_stage(settings: ProcedureSettings, stage: Stage) -> ProcedureSettings:
    first = settings.kinds[0]
    return replace(settings, kinds=(replace(first, stages=(*first.stages, stage)), *settings.kinds[1:]))


def test_a_manifest_that_is_not_changed_is_written_as_it_was_to_the_letter() -> None:
    files = flagship()
    assert write_settings(files, read_settings(files)) == files["procedure.toml"]


def test_comments_survive_a_change_and_only_what_changes_differs() -> None:
    files = flagship()
    settings = replace(with_stage(read_settings(files), Stage("more", "前置审核", "正在审核")), title="新名称")
    written = write_settings(files, settings).decode()
    diff = list(difflib.ndiff(files["procedure.toml"].decode().splitlines(), written.splitlines()))
    assert [line for line in diff if line.startswith("- ")] == ['- title = "临空港工匠评选"']
    assert '+ title = "前置审核"' in diff
    assert read_settings({**files, "procedure.toml": written.encode()}) == settings


def test_lanes_variables_and_stages_can_go_and_come(registry: Registry) -> None:
    settings = read_settings(small())
    kind = replace(settings.kinds[0], variables={"decision": "", "score": 3, "names": []}, number="XX{year}-{n:03d}")
    settings = replace(settings, lanes={**settings.lanes, "复核人": "second_reviewer"}, kinds=(kind,), summary='引号"和\\')
    written = write_settings(small(), settings)
    assert read_settings({**small(), "procedure.toml": written}) == settings
    assert examine(small(procedure__toml=written), registry=registry).accepted


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda one: replace(one, title=" "), "流程名称"),
        (lambda one: replace(one, lanes={}), "至少保留一个角色"),
        (lambda one: replace(one, lanes={"经办人": "nobody_known"}), "不存在"),
        (lambda one: with_stage(one, Stage("filling", "又一个", "x")), "编号相同"),
        (lambda one: with_stage(one, Stage("more", "", "")), "都要有名称"),
    ],
)
def test_settings_that_would_break_the_package_are_refused(broken: object, sentence: str) -> None:
    assert callable(broken)
    with pytest.raises(DomainError, match=sentence):
        write_settings(small(), broken(read_settings(small())))


def test_a_second_process_passes_the_gate_beside_the_first(registry: Registry) -> None:
    files = blank_package("new-one", title="新事项")
    files |= added_process(files, "appeal", title='申诉"<&>')
    report = examine(files, registry=registry)
    assert report.findings == ()
    assert [result.passed for result in report.scenarios] == [True, True]
    assert set(report.procedure.case_kinds if report.procedure else ()) == {"request", "appeal"}


def test_a_process_is_not_added_over_what_is_there() -> None:
    for name in ("process", "request", "handling"):
        with pytest.raises(DomainError, match="请换一个编号"):
            added_process(blank_package("new-one", title="新事项"), name, title="x")


def test_a_process_is_added_to_the_flagship_and_its_comments_stay(registry: Registry) -> None:
    files = flagship()
    changes = added_process(files, "appeal", title="申诉")
    assert changes["procedure.toml"].count(b"# ") == files["procedure.toml"].count(b"# ")
    assert [one for one in examine({**files, **changes}, registry=registry).findings if "appeal" in one.file] == []
