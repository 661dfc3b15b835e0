from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from recode_data.surface import files
from recode_data.surface.files import find_files, read_many


class _PoolError(Exception):
    pass


def _no_pool(*_: object, **__: object) -> None:
    raise _PoolError


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> files.SourceFile:
    (tmp_path / "toy.py").write_text("def f(): ...")
    monkeypatch.setattr(files, "PARALLEL_FROM_BYTES", 0)
    monkeypatch.setattr(files, "ProcessPoolExecutor", _no_pool)
    monkeypatch.setattr(files.os, "cpu_count", lambda: 2)
    (found,) = find_files(tmp_path, ("toy",)).sources
    return found


def _names(source: files.SourceFile) -> list[str]:
    ((facts,),) = read_many([[source]])
    return [*facts.names]


def test_many_sources_are_read_by_several_processes(source: files.SourceFile) -> None:
    with pytest.raises(_PoolError):
        _names(source)


def test_a_thread_beside_others_reads_alone(source: files.SourceFile) -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(_names, source).result() == ["f"]


def test_a_worker_reads_alone(source: files.SourceFile) -> None:
    with get_context("spawn").Pool(1) as workers:
        assert workers.apply(files._is_beside_others)
