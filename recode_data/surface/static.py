"""The static surface of an unpacked release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from recode_data.records import Surface
from recode_data.surface.assemble import assemble
from recode_data.surface.files import CachePath, ModuleFiles, find_files, read_many
from recode_data.surface.package import Package


def static_surface(
    root: Path,
    library: str,
    version: str,
    import_names: Sequence[str],
    *,
    cache: CachePath | None = None,
    jobs: int | None = None,
) -> Surface:
    """The public API as the source and the stubs under `root` tell it; nothing is imported."""
    package, _ = read_package(root, import_names, cache=cache, jobs=jobs)
    return assemble(package, library, version)


def read_package(
    root: Path,
    import_names: Sequence[str],
    *,
    cache: CachePath | None = None,
    jobs: int | None = None,
) -> tuple[Package, ModuleFiles]:
    """All modules of a release, with the list of its files."""
    return next(read_packages([(root, import_names)], cache=cache, jobs=jobs))


def read_packages(
    releases: Sequence[tuple[Path, Sequence[str]]],
    *,
    cache: CachePath | None = None,
    jobs: int | None = None,
) -> Iterator[tuple[Package, ModuleFiles]]:
    """As `read_package`, of several releases (root, import names); each as soon as it is read."""
    found = [find_files(root, import_names) for root, import_names in releases]
    lists = [(*files.sources, *files.stubs) for files in found]
    for files, facts in zip(found, read_many(lists, cache=cache, jobs=jobs), strict=True):
        count = len(files.sources)
        yield Package(facts[:count], facts[count:]), files
