"""The source files of an unpacked release, and their facts: cached by content, read in parallel."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path

import msgspec

from recode_data.garbage import uncollected
from recode_data.records import content_id
from recode_data.surface.extract import extract
from recode_data.surface.facts import EXTRACTOR_VERSION, FileFacts

SKIPPED_FOLDERS = frozenset({"tests", "_tests", "benchmarks", "__pycache__", "node_modules"})
SKIPPED_FILES = frozenset({"conftest", "setup", "__main__"})
PARALLEL_FROM_BYTES = 1_500_000
"""Below this a second process costs more than it saves (start and transfer, about 0.1 s)."""

CachePath = Callable[[str], Path]
"""Where the facts of one file are kept, by key."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One module's source in an unpacked release."""

    module: str
    path: str
    is_package: bool
    source_file: str
    """Relative to the release's root."""


@dataclass(frozen=True, slots=True)
class ModuleFiles:
    """What a release's folders hold."""

    sources: tuple[SourceFile, ...]
    stubs: tuple[SourceFile, ...]
    extensions: tuple[str, ...]
    """Dotted names of compiled modules."""


def find_files(root: Path, import_names: Sequence[str]) -> ModuleFiles:
    """Modules of these top-level names under `root`, tests and benchmarks left out; sorted."""
    sources: list[SourceFile] = []
    stubs: list[SourceFile] = []
    extensions: set[str] = set()
    for path in _module_files(root, import_names):
        relative = path.relative_to(root)
        parts = list(relative.parts)
        stem = parts[-1].split(".")[0]
        if stem in SKIPPED_FILES or stem.startswith("test_"):
            continue
        is_package = stem == "__init__"
        module = ".".join([*parts[:-1]] if is_package else [*parts[:-1], stem])
        if path.suffix in (".so", ".pyd"):
            extensions.add(module)
            continue
        file = SourceFile(module, str(path), is_package, relative.as_posix())
        (stubs if path.suffix == ".pyi" else sources).append(file)
    return ModuleFiles(tuple(sources), tuple(stubs), tuple(sorted(extensions)))


def _module_files(root: Path, import_names: Sequence[str]) -> Iterator[Path]:
    for name in import_names:
        top = root.joinpath(*name.split("."))
        for suffix in (".py", ".pyi"):
            single = top.with_name(top.name + suffix)
            if single.is_file():
                yield single
        yield from sorted(top.parent.glob(f"{top.name}.*.so"))
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(
                item
                for item in folders
                if item not in SKIPPED_FOLDERS
                and item.isidentifier()
                and not (item == "test" and _holds_tests(Path(folder, item)))
            )
            for file in sorted(files):
                if (
                    file.endswith((".py", ".pyi", ".so", ".pyd"))
                    and file.split(".")[0].isidentifier()
                ):
                    yield Path(folder, file)


def _holds_tests(folder: Path) -> bool:
    """`test` may be public (`django.test`): a folder of test files is not."""
    return any(folder.glob("test_*.py"))


def read_many(
    lists: Sequence[Sequence[SourceFile]],
    *,
    cache: CachePath | None = None,
    jobs: int | None = None,
) -> Iterator[tuple[FileFacts, ...]]:
    """Facts of the files of each list, in their order; each list comes as soon as it is read.

    Args:
        lists: what to read.
        cache: gives the path where the facts of one content are kept; None: no cache.
        jobs: processes; None: as many as there are processors, one for small releases, and where
            others work beside this one.
    """
    sizes = [[Path(file.path).stat().st_size for file in files] for files in lists]
    jobs = jobs or (1 if _is_beside_others() else os.cpu_count() or 1)
    if sum(map(sum, sizes)) < PARALLEL_FROM_BYTES or jobs == 1:
        for files in lists:
            with uncollected():
                facts_of_list = tuple(_read_one(file, cache) for file in files)
            yield facts_of_list
        return
    method = "fork" if threading.active_count() == 1 else "spawn"
    with ProcessPoolExecutor(jobs, mp_context=get_context(method)) as pool:
        work = [
            [(share, pool.submit(_read_packed, share, cache)) for share in _shares(*one, jobs)]
            for one in zip(lists, sizes, strict=True)
        ]
        for files, shares in zip(lists, work, strict=True):
            by_path: dict[str, FileFacts] = {}
            for share, future in shares:
                facts = msgspec.msgpack.decode(future.result(), type=list[FileFacts])
                by_path.update(zip((file.path for file in share), facts, strict=True))
            yield tuple(by_path[file.path] for file in files)


def _is_beside_others() -> bool:
    """Whether this is a worker, or a thread that gets something ready: the processors have work, and
    each further process would only add its start."""
    return parent_process() is not None or threading.current_thread() is not threading.main_thread()


def _shares(files: Sequence[SourceFile], sizes: Sequence[int], jobs: int) -> list[list[SourceFile]]:
    """Largest first, each to the least loaded share."""
    loads = [0] * jobs
    shares: list[list[SourceFile]] = [[] for _ in range(jobs)]
    order = sorted(range(len(files)), key=lambda index: (-sizes[index], files[index].path))
    for index in order:
        least = loads.index(min(loads))
        loads[least] += sizes[index]
        shares[least].append(files[index])
    return [share for share in shares if share]


def _read_packed(files: Iterable[SourceFile], cache: CachePath | None) -> bytes:
    with uncollected():
        return msgspec.msgpack.encode([_read_one(file, cache) for file in files])


def _read_one(file: SourceFile, cache: CachePath | None) -> FileFacts:
    source = Path(file.path).read_bytes()
    if cache is None:
        return _extract(source, file)
    key = content_id(EXTRACTOR_VERSION, file.module, file.source_file, source, length=40)
    path = cache(key)
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=FileFacts)
    except (FileNotFoundError, msgspec.DecodeError):
        pass
    facts = _extract(source, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_bytes(msgspec.msgpack.encode(facts))
    temporary.replace(path)
    return facts


def _extract(source: bytes, file: SourceFile) -> FileFacts:
    return extract(source, file.module, is_package=file.is_package, source_file=file.source_file)
