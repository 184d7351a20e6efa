"""A small round through the pages, with every incident that fits; its results reckoned again by a second opinion."""

import json
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.cli.rehearsal import chance, values
from app.cli.rehearsal.running import Wanted, own_config, rehearse
from app.cli.samples import people
from config import Config
from tests.applications import SETTINGS
from tests.cli import second_opinion
from tests.cli.conftest import build_filled
from tests.cli.papers_again import is_same_to_the_byte, look_exactly_the_same, look_the_same, papers_again
from tests.databases import Databases
from tests.text_layer import extract_text

RECORDED = Path(__file__).with_name("summary_of_seed_1.json")
"""What `lasting` leaves of the summary of `gongjiang rehearse linkonggang-artisan --nominees 6 --winners 2 --seed 1`."""


class Played:
    """What a rehearsal left."""

    def __init__(self, out: Path, lines: list[str], config: Config) -> None:
        self.out, self.lines, self.config = out, lines, config
        self.summary: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
        self.scores: dict[str, Any] = json.loads((out / "scores.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def played(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play a round of six nominees and two winners once for all tests of this module."""
    return rehearsed(Wanted(nominees=6, winners=2), databases, tmp_path_factory.mktemp("rehearsal"))


def rehearsed(wanted: Wanted, databases: Databases, out: Path) -> Played:
    """Play a round on an installation of its own."""
    lines = list[str]()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():  # the keys with which the samples were prepared
            patch.setenv(name, value)
        config = own_config(out, database_url=databases.create(build_filled))
    rehearse(config, wanted, out=out, tell=lines.append)
    return Played(out, lines, config)


def test_the_round_ends_in_the_archive(played: Played) -> None:
    summary = played.summary
    assert summary["round"]["outcome"] == "archived" and summary["open_by_stage"] == {}
    assert summary["ended_by_outcome"] == {
        "paid": 2, "rejected_by_bureau": 1, "not_selected_by_score": 1, "withdrawn": 1, "disqualified": 1,
    }  # fmt: skip
    assert len(played.lines) == 24 and all("秒" in line for line in played.lines)


def lasting(summary: dict[str, Any]) -> dict[str, Any]:
    """Return a summary without what may differ: times, user names (drawn by lot), how often pages were asked, ids in file names."""
    kept = {name: value for name, value in summary.items() if name not in ("seconds", "requests", "accounts")}
    kept["stages"] = [{name: value for name, value in stage.items() if name != "seconds"} for stage in summary["stages"]]
    kept["files"] = sorted(re.sub(r"^([a-z-]+)-\d+\.", r"\1-N.", name) for name in summary["files"])
    return kept


def test_the_same_seed_gives_the_same_round_everywhere(played: Played) -> None:
    """The whole summary equals that of another complete rehearsal of this seed, on another machine and another database."""
    assert lasting(played.summary) == json.loads(RECORDED.read_text("utf-8"))


def test_another_seed_gives_another_round(played: Played, databases: Databases, tmp_path: Path) -> None:
    """One nominee is enough: the same experts judge the same work, and the dice have fallen otherwise."""
    wanted = Wanted(nominees=1, winners=1, seed=2, until="ranking", only=("xu_wa",))
    other = rehearsed(wanted, databases, tmp_path)
    sheets = [{(one["expert"], one["nominee"]): one["scores"] for one in each.scores["sheets"]} for each in (played, other)]
    both = sheets[0].keys() & sheets[1].keys()
    assert both and all(sheets[0][pair] != sheets[1][pair] for pair in both)


def test_another_seed_gives_other_scores(played: Played) -> None:
    indexes = [(code, Decimal(points)) for code, points in values.INDEXES]
    qualities = {nominee.key: nominee.quality for nominee in people.nominees()}
    given = [sheet["scores"] for sheet in played.scores["sheets"]]
    told = [(sheet["expert"], sheet["nominee"]) for sheet in played.scores["sheets"]]
    for seed, is_same in ((1, True), (2, False)):
        again = [
            chance.as_text(chance.sheet(seed, expert=expert, nominee=key, quality=qualities[key], indexes=indexes))
            for expert, key in told
        ]
        assert (again == given) is is_same


def test_every_incident_that_fits_happened(played: Played) -> None:
    kinds = {incident["kind"] for incident in played.summary["incidents"]}
    assert kinds == {
        "初审退回补正", "复核驳回", "本人撤回", "专家主动回避", "系统发现应回避的专家", "异议不成立", "异议成立", "递补",
    }  # fmt: skip


def test_the_uncle_scored_everybody_but_the_nephew(played: Played) -> None:
    own = {sheet["nominee"] for sheet in played.scores["sheets"] if sheet["expert"] == "zhuanjia.liang"}
    assert "梁国栋" in played.summary["panel"] and own and "liang_qiushi" not in own


def test_scores_ranks_and_winners_equal_the_second_opinion(played: Played) -> None:
    compared, differing = second_opinion.differences(played.out)
    assert differing == [] and compared == 3 + 3 * 3 + 1  # four were scored, three of them inspected
    assert second_opinion.disqualified(played.out)


def test_the_exported_sheets_are_what_the_experts_typed(played: Played) -> None:
    typed = Counter((one["case"], tuple(sorted((code, Fraction(points)) for code, points in one["scores"].items())))
                    for one in played.scores["sheets"])  # fmt: skip
    exported = second_opinion.of_folder(played.out).nominees
    assert Counter((number, tuple(sorted(sheet.items()))) for number, one in exported.items() for sheet in one.sheets) == typed
    seen = {one["case"]: Fraction(one["inspection"]) for one in played.scores["nominees"] if one["inspection"]}
    assert {number: one.inspection for number, one in exported.items() if one.inspection is not None} == seen


def test_winners_hold_certificates_with_their_names(played: Played) -> None:
    for one in played.summary["certificates"]:
        text = PdfReader(played.out / "certificates" / one["file"]).pages[0].extract_text()
        assert one["name"] in text.replace("\n", "").replace(" ", "") and one["serial"] in text
    assert len(played.summary["certificates"]) == 2


def test_the_papers_are_there(played: Played) -> None:
    names = set(played.summary["files"])
    assert {"ranking.xlsx", "scores.json", "notice-1.pdf", "notice-2.pdf"} <= names
    wanted = (
        "decision-",
        "payments-",
        "request-",
        "draw-record-",
        "score-summary-",
        "推荐意见的函",
        "实地考察报告",
        "推荐审批表",
    )
    assert [word for word in wanted if not any(word in name for name in names)] == []
    assert all((played.out / name).stat().st_size > 500 for name in names)


def test_every_kind_of_paper_is_made_again_to_the_same_page(played: Played) -> None:
    """Each remembers its version and its values; a signature is not repeated. What a batch prints shares its outlines otherwise."""
    compared, of_batches = set(), set()
    for kind, filed, again in papers_again(played.config):
        if is_same_to_the_byte(filed, again):
            assert look_exactly_the_same(filed, again), kind
        else:
            assert Counter("".join(extract_text(again).split())) == Counter("".join(extract_text(filed).split()))
            assert look_the_same(filed, again), kind
            of_batches.add(kind)
        compared.add(kind)
    of_the_file = {"opinion-letter", "request", "draw-record", "inspection-report", "nomination-form", "score-summary"}
    assert {"certificate", "decision", "notice", "payment-list"} | of_the_file <= compared
    assert of_batches == {"certificate"}
