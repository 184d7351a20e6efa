"""Further lists of the studio: as many statements for three rows as for one, and the rows are there."""

from tests.web.house import post
from tests.web_studio.conftest import Counting
from tests.web_studio.studio import Studio
from tests.web_studio.test_migrations import moving


def cost(studio: Studio, statements: Counting, path: str, mark: str) -> tuple[int, int]:
    """Return how often a mark stands on a page, and how many statements the page took."""
    browser = studio.client()
    browser.get(path)
    with statements() as seen:
        page = browser.get(path).get_data(as_text=True)
    return page.count(mark), len(seen)


def test_rehearsals_of_a_draft(studio: Studio, statements: Counting) -> None:
    studio.draft()
    path, seen = "/procedures/drafts/1/rehearsals", []
    for count in (1, 2):
        for _ in range(count):
            post(studio.client(), path, kind="request", title="走一遍看看")
        seen.append(cost(studio, statements, path, "走一遍看看"))
    assert seen[1][0] == 3 * seen[0][0] > 0
    assert seen[0][1] == seen[1][1]


def test_cases_at_a_step(studio: Studio, statements: Counting) -> None:
    version_id, seen = studio.house.deploy_small(), []
    for count in (1, 2):
        for _ in range(count):
            studio.house.start(version_id)
        seen.append(cost(studio, statements, f"/procedures/versions/{version_id}/live/cases?kind=request&node=fill", "cell-main"))
    assert [rows for rows, _ in seen] == [1, 3]
    assert seen[0][1] == seen[1][1]


def test_cases_of_a_migration(studio: Studio, statements: Counting) -> None:
    path, cases = moving(studio, count=4)
    seen = []
    for some in (cases[:1], cases[1:]):
        place = post(studio.client(), path, to="2", action="start", reason="改版", case=some).headers["Location"]
        post(studio.client(), f"{place}/run")
        seen.append(cost(studio, statements, place, '<th scope="row"'))
    assert [rows for rows, _ in seen] == [1, 3]
    assert seen[0][1] == seen[1][1]
