"""The tables of operations and recorders."""

import pytest

from app.engine.operations import OperationSpec, OperationTable, ParamSpec, RecorderSpec, RecorderTable
from app.engine.types import EngineError, Variable


def table() -> OperationTable:
    operations = OperationTable()
    params = {"count": ParamSpec("integer", "个数"), "share": ParamSpec("number", "比例", required=False)}
    operations.register(OperationSpec("rank", "排名", "按总分排名", params, "名次"), lambda count, share=None: count)
    return operations


@pytest.mark.parametrize(
    "params", [{"count": 3}, {"count": 3, "share": 0.5}, {"count": 3, "share": 1}, {"count": 3, "share": None}]
)
def test_right_parameters_pass(params: dict[str, Variable]) -> None:
    operations = table()
    operations.check("rank", params)
    assert operations.function("rank")(**params) == 3


@pytest.mark.parametrize(
    ("params", "said"),
    [({}, "缺少参数“count”"), ({"count": "3"}, "整数"), ({"count": True}, "整数"), ({"count": 1, "x": 1}, "没有名为“x”")],
)
def test_wrong_parameters_are_named(params: dict[str, Variable], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        table().check("rank", params)


def test_names_are_registered_once() -> None:
    operations = table()
    with pytest.raises(ValueError, match="twice"):
        operations.register(OperationSpec("rank", "", ""), len)
    assert [spec.name for spec in operations] == ["rank"]
    assert "rank" in operations
    with pytest.raises(EngineError):
        operations.function("other")


def test_recorders_are_found_by_name() -> None:
    recorders = RecorderTable()
    recorders.register(RecorderSpec("score", "评分", "写入评分表", ("total",)), len)
    found = recorders.find("score")
    assert found is not None
    assert found.exports == ("total",)
    assert recorders.find("none") is None
