"""One release's surface: its source merged with what its run shows, cached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from recode_data.journal import write_atomically
from recode_data.records import Environment, Release, Surface, content_id, decode, encode
from recode_data.sandbox import JobResult, JobStatus, Limits, SandboxPool
from recode_data.surface.assemble import assemble
from recode_data.surface.facts import EXTRACTOR_VERSION
from recode_data.surface.package import Package
from recode_data.surface.runtime import inspection_payload, overlay
from recode_data.surface.static import read_packages
from recode_data.workspace import Workspace

DRIVER = Path(__file__).with_name("inspect_driver.py")
LIMITS = Limits(
    cpu_seconds=180.0,
    wall_seconds=600.0,
    memory_bytes=6 << 30,
    output_bytes=256 << 20,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One release on its way: what is cached needs no more."""

    release: Release
    environment: Environment
    path: Path
    cached: Surface | None


def read_surfaces(
    workspace: Workspace,
    releases: Sequence[tuple[Release, Environment]],
    sandboxes: SandboxPool,
) -> tuple[Surface, ...]:
    """The public API of each release, static facts merged with run-time ones.

    One release runs while the next one's source is read.

    Raises:
        SandboxError: the sandbox itself failed; modules that crash or hang are in `failures`.
    """
    readings = [_begin(workspace, *pair) for pair in releases]
    missing = [reading for reading in readings if reading.cached is None]
    made = dict(
        zip((one.path for one in missing), _read(workspace, missing, sandboxes), strict=True)
    )
    for path, surface in made.items():
        write_atomically(path, encode(surface))
    return tuple(reading.cached or made[reading.path] for reading in readings)


def surface_key(release: Release, environment: Environment) -> str:
    """What a surface depends on."""
    artifact = release.wheel or release.sdist
    assert artifact is not None  # noqa: S101 - a release has at least one artifact
    driver = DRIVER.read_bytes()
    return content_id(
        EXTRACTOR_VERSION, release.pin, artifact.sha256, environment.key, driver, length=40
    )


def _begin(workspace: Workspace, release: Release, environment: Environment) -> _Reading:
    path = workspace.cached("surface", surface_key(release, environment))
    try:
        cached = decode(path.read_bytes(), Surface)
    except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        cached = None
    return _Reading(release, environment, path, cached)


def _read(
    workspace: Workspace, readings: Sequence[_Reading], sandboxes: SandboxPool
) -> Iterator[Surface]:
    roots = [_root(workspace, reading.release) for reading in readings]
    names = [reading.release.import_names for reading in readings]
    packages: list[Package] = []
    runs: list[Future[JobResult]] = []
    with ThreadPoolExecutor(max(1, len(readings))) as pool:
        sources = read_packages(list(zip(roots, names, strict=True)))
        for reading, (package, files) in zip(readings, sources, strict=True):
            payload = inspection_payload(package, reading.release.import_names, files.extensions)
            packages.append(package)
            run = partial(sandboxes.run, reading.environment, DRIVER, payload, limits=LIMITS)
            runs.append(pool.submit(run))
        for reading, package, running in zip(readings, packages, runs, strict=True):
            yield _merged(reading.release, package, running.result())


def _merged(release: Release, package: Package, result: JobResult) -> Surface:
    failures = overlay(package, result.messages)
    if result.status is not JobStatus.DONE:
        why = f"inspection ended early: {result.status.value} {result.detail}".strip()
        failures = (*failures, (release.import_names[0], why))
    return assemble(package, release.library, release.version, failures)


def _root(workspace: Workspace, release: Release) -> Path:
    artifact = release.wheel or release.sdist
    assert artifact is not None  # noqa: S101 - a release has at least one artifact
    return source_root(workspace.unpacked(artifact), release)


def source_root(unpacked: Path, release: Release) -> Path:
    """The folder that holds the top-level packages: a wheel's root, an sdist's or its `src`."""
    first = release.import_names[0].split(".")[0]
    candidates = [unpacked, *sorted(path for path in unpacked.iterdir() if path.is_dir())]
    for candidate in candidates:
        for folder in (candidate, candidate / "src", candidate / "lib"):
            if (folder / first).is_dir() or (folder / f"{first}.py").is_file():
                return folder
    return unpacked
