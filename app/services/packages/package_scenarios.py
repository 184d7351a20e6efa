"""Rules about scenarios: each is played, and what none of them reaches is told."""

from collections.abc import Iterable

from app.domain.errors import DomainError, TryAgain
from app.engine.gate import Finding
from app.services.packages.package_model import Hit, HouseRule, PackageView, found_elsewhere
from app.services.packages.playing import NotPlayed, Playing
from app.services.packages.scenarios import FOLDER, Coverage, ScenarioResult, coverage, read_scenarios


def _kinds_without(view: PackageView) -> Iterable[Hit]:
    try:
        present = {scenario["case"] for scenario in read_scenarios(view.procedure.files).values()}
    except DomainError:
        return
    for kind in view.procedure.case_kinds.values():
        if kind.id not in present:
            file, _ = view.processes.get(kind.process, ("", ()))
            yield file, kind.process, f"“{kind.title}”"


UNREADABLE = HouseRule("scenario.unreadable", "场景文件不能读取", "请重新录制，或按场景格式修改。", found_elsewhere)
LIMITS = HouseRule("scenario.limits", "场景没有演完", "请检查流程中的循环和多实例，或把场景拆短。", found_elsewhere)
FAULTS = {
    "step": HouseRule("scenario.step", "场景的步骤做不下去", "请修改流程图，或重新录制这个场景。", found_elsewhere),
    "path": HouseRule("scenario.path", "场景离开了应走的路", "请核对网关的条件；改变是有意的，请更新场景。", found_elsewhere),
    "no_end": HouseRule("scenario.no_end", "场景没有走到结束", "请补上余下的步骤，或检查流程是否停住了。", found_elsewhere),
    "outcome": HouseRule(
        "scenario.outcome", "场景的结果与应有的不同", "请核对结束事件和条件；改变是有意的，请更新场景。", found_elsewhere
    ),
}
FAULT_RULES = frozenset(rule.id for rule in FAULTS.values())
"""What is mended by walking a scenario again."""
NONE = HouseRule("scenario.none", "这类办件没有场景", "请在“演练”中从头走到结束，再存为场景。", _kinds_without)
NOT_COVERED = HouseRule("scenario.not_covered", "没有场景走到这里", "请录制一个走到这里的场景。", found_elsewhere, "note")
RULES = (
    UNREADABLE,
    LIMITS,
    *FAULTS.values(),
    NONE,
    NOT_COVERED,
)


def play_all(view: PackageView, *, playing: Playing) -> tuple[list[ScenarioResult], list[Coverage], list[Finding]]:
    """Play every scenario of a package that has passed the other rules; return what became of them, and the findings."""
    try:
        results = playing.results()
    except NotPlayed as error:
        return [], [], [LIMITS.finding(("", "", error.message))]
    except TryAgain:
        raise  # nothing is known of the package yet
    except DomainError as error:
        return [], [], [UNREADABLE.finding(("", "", error.message))]
    findings = [
        FAULTS[fault.kind].finding((f"{FOLDER}{result.name}.json", fault.element, f"“{result.title}”{fault.sentence}"))
        for result in results
        for fault in result.faults
    ]
    missed = coverage(view.procedure, results) if results else []
    # What a scenario that stopped half way would have reached is not known: what nobody reaches is told once all of them pass.
    for gap in missed if not findings else ():
        file = view.processes[gap.process_id][0]
        names = {node.node_id: node.name for node in view.processes[gap.process_id][1]}
        findings += [NOT_COVERED.finding((file, one, names.get(one) or one)) for one in (*gap.nodes, *gap.flows)]
    return results, missed, findings
