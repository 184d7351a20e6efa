"""The manifest: each fault is named with its place, in Chinese."""

import pytest

from app.catalog.manifest import read_procedure
from app.domain.actors import Role
from app.domain.errors import DomainError

MANIFEST = """
id = "leave"
title = "试用流程"
diagrams = ["leave.bpmn"]
[cases.request]
process = "leave"
title = "申请"
[[stages.request]]
id = "draft"
title = "填写"
[[stages.request]]
id = "done"
title = "办结"
[lanes]
"经办人" = "bureau_handler"
"系统" = "system"
[messages.all_done]
title = "全部办结"
to = "request"
[messages.all_done.barrier]
of = "request"
stage = "$end"
[actions.withdraw]
title = "撤回"
case = "request"
roles = ["candidate"]
message = "withdrawn"
until_stage = "done"
"""


def files(manifest: str) -> dict[str, bytes]:
    return {"procedure.toml": manifest.encode(), "leave.bpmn": b"<xml/>"}


def test_a_manifest_is_read() -> None:
    procedure = read_procedure(files(MANIFEST))
    assert procedure.lanes == {"经办人": Role.BUREAU_HANDLER, "系统": None}
    assert procedure.case_kinds["request"].order_of("done") == 1
    assert procedure.case_kinds["request"].order_of("$end") == 2
    assert procedure.case_kinds["request"].process == "leave"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('id = "leave"', "id = 3", "“id”"),
        ('diagrams = ["leave.bpmn"]', 'diagrams = ["other.bpmn"]', "other.bpmn"),
        ('"bureau_handler"', '"wizard"', "wizard"),
        ('stage = "$end"', 'stage = "nowhere"', "nowhere"),
        ('until_stage = "done"', 'until_stage = "later"', "later"),
        ('to = "request"', 'to = "round"', "round"),
        ('roles = ["candidate"]', 'roles = ["guest"]', "guest"),
        ('title = "试用流程"', "title = ", "TOML"),
        ("[[stages.request]]", "[[stages.other]]", "没有写明阶段"),
    ],
)
def test_a_fault_is_named(before: str, after: str, sentence: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_procedure(files(MANIFEST.replace(before, after)))
    assert refused.value.code == "package.manifest"
    assert sentence in refused.value.message


def test_a_package_without_manifest_is_refused() -> None:
    with pytest.raises(DomainError, match=r"缺少清单文件"):
        read_procedure({"leave.bpmn": b"<xml/>"})
