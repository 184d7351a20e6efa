"""The parameters of operations."""

import pytest

from app.engine.operations import ParamSpec, check_params
from app.engine.types import EngineError, Variable

SPECS = {"count": ParamSpec("integer", "个数"), "share": ParamSpec("number", "比例", required=False)}


@pytest.mark.parametrize(
    "params", [{"count": 3}, {"count": 3, "share": 0.5}, {"count": 3, "share": 1}, {"count": 3, "share": None}]
)
def test_right_parameters_pass(params: dict[str, Variable]) -> None:
    assert check_params("rank", params, specs=SPECS) is None


@pytest.mark.parametrize(
    ("params", "said"),
    [({}, "缺少参数“count”"), ({"count": "3"}, "整数"), ({"count": True}, "整数"), ({"count": 1, "x": 1}, "没有名为“x”")],
)
def test_wrong_parameters_are_named(params: dict[str, Variable], said: str) -> None:
    with pytest.raises(EngineError, match=said) as refused:
        check_params("rank", params, specs=SPECS, node_id="task_rank")
    assert refused.value.node_id == "task_rank"
