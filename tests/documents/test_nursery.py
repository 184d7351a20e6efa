"""The nursery: children that cost little, are told nothing, and never outlive the house."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.documents.nursery import ROOT, Child, Nursery

WORKER = "tests.documents.children"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Return a nursery for the tests of this file."""
    with closing(Nursery()) as made:
        yield made


def answer_of(child: Child, given: bytes) -> tuple[bytes, int]:
    """Give a child its input and return what it said, and how it ended."""
    with child.stdin as stdin:
        stdin.write(given)
    with child.stdout as stdout:
        return stdout.read(), child.wait()


def ended(child: Child) -> int:
    """Return how a child ended that nobody talks to."""
    status = child.wait()
    assert child.end() == status
    return status


def test_children_work_beside_each_other_and_say_how_they_ended(nursery: Nursery) -> None:
    first, second = (nursery.child(WORKER, "answer") for _ in range(2))
    assert answer_of(second, b"second") == (b"SECOND", 7)
    assert not first.has_ended()
    assert answer_of(first, b"first") == (b"FIRST", 7)
    assert first.has_ended()


def test_one_that_hangs_is_ended_by_its_alarm_or_by_the_house(nursery: Nursery) -> None:
    late, stuck = nursery.child(WORKER, "loop", seconds=0.05), nursery.child(WORKER, "wait")
    assert ended(late) == -signal.SIGALRM
    stuck.kill()
    assert ended(stuck) == -signal.SIGKILL


def test_one_that_breaks_says_so_and_the_next_is_born(nursery: Nursery) -> None:
    assert ended(nursery.child(WORKER, "break", quiet=True)) == 1
    assert answer_of(nursery.child(WORKER, "answer"), b"a") == (b"A", 7)


def test_no_child_has_a_file_of_the_nursery_or_of_another(nursery: Nursery) -> None:
    other = nursery.child(WORKER, "answer")
    assert answer_of(nursery.child("tests.documents.open_files"), b"") == (b"0 1 2", 0)
    assert answer_of(other, b"a") == (b"A", 7)


@pytest.mark.parametrize("is_killed", [True, False])
def test_what_a_child_put_down_goes_with_it_however_it_ends(nursery: Nursery, is_killed: bool) -> None:
    child = nursery.child(WORKER, "leave")
    place = Path(child.stdout.readline().decode().strip())
    assert place.is_dir()
    if is_killed:
        child.kill()
    child.end()
    assert not place.exists() and not place.parent.exists()


def test_a_nursery_leaves_nothing_behind() -> None:
    with closing(Nursery()) as nursery:
        child = nursery.child(WORKER, "leave")
        place = Path(child.stdout.readline().decode().strip())
    assert not place.parents[1].exists()
    assert child.end() == -signal.SIGKILL


def test_a_nursery_that_went_is_replaced_without_a_word() -> None:
    with closing(Nursery()) as nursery:
        before = nursery.child(WORKER, "wait", seconds=20)  # nobody else ends what the nursery leaves behind
        assert nursery._process is not None
        nursery._process.kill()
        nursery._process.wait()
        assert answer_of(nursery.child(WORKER, "answer"), b"a") == (b"A", 7)
        assert before.has_ended()
        assert before.end() == -signal.SIGKILL


def test_a_worker_that_cannot_be_loaded_is_a_bug() -> None:
    with closing(Nursery()) as nursery, pytest.raises(RuntimeError, match=r"tests\.documents\.nobody"):
        nursery.child("tests.documents.nobody")


def test_a_house_that_is_killed_takes_its_nursery_and_its_children_with_it() -> None:
    command = [sys.executable, "-m", WORKER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as house:
        assert house.stdout is not None and house.stderr is not None
        assert house.stdout.readline() == b"two\n"
        os.kill(house.pid, signal.SIGKILL)
        # All of them write their errors there: the end of the file comes when the last of them is gone.
        assert house.stderr.read() == b""
