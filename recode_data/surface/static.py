"""The static surface of an unpacked release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recode_data.records import Surface
from recode_data.surface.assemble import assemble
from recode_data.surface.files import CachePath, ModuleFiles, find_files, read_facts
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
    files = find_files(root, import_names)
    facts = read_facts((*files.sources, *files.stubs), cache=cache, jobs=jobs)
    count = len(files.sources)
    return Package(facts[:count], facts[count:]), files
