from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_data.errors import EnvironmentLacksError
from recode_data.executor import Executor, NotYet, make_executor

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: the extra `ray`"
)


def square(number: int) -> int:
    return number * number


def process_of(number: int) -> int:
    return os.getpid()


def fail(number: int) -> int:
    raise ValueError(f"bad {number}")


def die_once(task: tuple[int, str]) -> int:
    number, marker = task
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os._exit(9)
    return number


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(
        EnvironmentLacksError, match=r"pip install 'recode-toolkit\[ray\]'"
    ) as caught:
        make_executor(2, "ray")
    assert caught.value.exit_code == 3


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    made = make_executor(2, "ray")
    yield made
    made.close()


@needs_ray
def test_an_item_that_is_not_there_yet_is_asked_for_after_the_next_result(
    executor: Executor,
) -> None:
    taken: list[int] = []

    def items() -> Iterator[int | NotYet]:
        for number in range(12):
            while number - len(taken) >= 2:
                yield NotYet.NOT_YET
            yield number

    for result in executor.map(square, items()):
        taken.append(result)
    assert sorted(taken) == [n * n for n in range(12)]


@needs_ray
def test_every_item_gives_one_result(executor: Executor) -> None:
    assert sorted(executor.map(square, range(40))) == sorted(n * n for n in range(40))
    assert list(executor.map(square, [])) == []


@needs_ray
def test_the_work_is_done_elsewhere(executor: Executor) -> None:
    assert os.getpid() not in set(executor.map(process_of, range(4)))


@needs_ray
def test_an_exception_reaches_the_caller(executor: Executor) -> None:
    with pytest.raises(ValueError, match="bad 1"):
        list(executor.map(fail, [1]))


@needs_ray
def test_a_dead_worker_loses_nothing(executor: Executor, tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "died")) for number in range(8)]
    assert sorted(executor.map(die_once, tasks)) == list(range(8))
    assert (tmp_path / "died").exists()


@needs_ray
def test_a_cluster_that_does_not_answer_is_named() -> None:
    import ray

    if ray.is_initialized():
        ray.shutdown()
    with pytest.raises(EnvironmentLacksError, match="ray start --head"):
        make_executor(2, "ray:127.0.0.1:1")
