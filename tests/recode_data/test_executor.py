from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recode_data.errors import RecodeError, UsageError
from recode_data.executor import InProcessExecutor, LocalExecutor, NotYet, make_executor


def square(number: int) -> int:
    return number * number


def die_once(task: tuple[int, str]) -> int:
    number, marker = task
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os._exit(9)
    return number


def die_always(number: int) -> int:
    os._exit(9)


def fail(number: int) -> int:
    raise ValueError(f"bad {number}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_gives_one_result(jobs: int) -> None:
    executor = make_executor(jobs)
    try:
        assert sorted(executor.map(square, range(20))) == [n * n for n in range(20)]
        assert list(executor.map(square, [])) == []
    finally:
        executor.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_item_that_is_not_there_yet_is_asked_for_after_the_next_result(jobs: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int | NotYet]:
        for number in range(12):
            while number - len(taken) >= 2:
                yield NotYet.NOT_YET
            yield number

    executor = make_executor(jobs)
    try:
        for result in executor.map(square, items()):
            taken.append(result)
    finally:
        executor.close()
    assert sorted(taken) == [n * n for n in range(12)]


def test_a_dead_worker_loses_nothing(tmp_path: Path) -> None:
    executor = LocalExecutor(2)
    tasks = [(number, str(tmp_path / "died")) for number in range(8)]
    try:
        assert sorted(executor.map(die_once, tasks)) == list(range(8))
        assert (tmp_path / "died").exists()
    finally:
        executor.close()


def test_workers_that_keep_dying_end_in_a_clear_error() -> None:
    executor = LocalExecutor(1)
    try:
        with pytest.raises(RecodeError, match="keep dying"):
            list(executor.map(die_always, [1]))
    finally:
        executor.close()


@pytest.mark.parametrize("executor", [InProcessExecutor(), LocalExecutor(1)], ids=["here", "pool"])
def test_an_exception_reaches_the_caller(executor: InProcessExecutor | LocalExecutor) -> None:
    try:
        with pytest.raises(ValueError, match="bad 1"):
            list(executor.map(fail, [1]))
    finally:
        executor.close()


def sleep_long(marker: str) -> None:
    Path(marker).touch()
    time.sleep(60)


def test_an_interruption_ends_the_map_at_once_and_for_good(tmp_path: Path) -> None:
    executor = LocalExecutor(1)
    results = executor.map(sleep_long, [str(tmp_path / "started")])
    with ThreadPoolExecutor(1) as thread:
        taken = thread.submit(next, results)
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        (tmp_path / "started").unlink()
        executor.close()
        with pytest.raises(RecodeError, match="is closed"):
            taken.result(timeout=20)
    assert not (tmp_path / "started").exists(), "the item was given out once more"


def test_an_interruption_while_work_is_given_out_waits_for_none(tmp_path: Path) -> None:
    executor = LocalExecutor(1)

    def items() -> Iterator[str]:
        yield str(tmp_path / "started")
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(executor.map(sleep_long, items()))
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("spec", ["", "rays", "local:2", "ray:", "dask:x"])
def test_an_unknown_executor_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="there are `local`, `ray` and `ray:ADDRESS`"):
        make_executor(2, spec)
