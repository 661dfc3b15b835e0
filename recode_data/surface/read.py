"""One release's surface: its source merged with what its run shows, cached."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from recode_data.records import Artifact, Environment, Release, Surface, content_id, decode, encode
from recode_data.sandbox import JobStatus, Limits, SandboxPool
from recode_data.surface.assemble import assemble
from recode_data.surface.facts import EXTRACTOR_VERSION
from recode_data.surface.runtime import inspection_payload, overlay
from recode_data.surface.static import read_package
from recode_data.workspace import Workspace

DRIVER = Path(__file__).with_name("inspect_driver.py")
LIMITS = Limits(
    cpu_seconds=180.0,
    wall_seconds=600.0,
    memory_bytes=6 << 30,
    output_bytes=256 << 20,
)


def read_surface(
    workspace: Workspace, release: Release, environment: Environment, sandboxes: SandboxPool
) -> Surface:
    """The public API of a release, static facts merged with run-time ones.

    Raises:
        SandboxError: the sandbox itself failed; modules that crash or hang are in `failures`.
    """
    artifact = release.wheel or release.sdist
    assert artifact is not None  # noqa: S101 - a release has at least one artifact
    driver = DRIVER.read_bytes()
    key = content_id(
        EXTRACTOR_VERSION, release.pin, artifact.sha256, environment.key, driver, length=40
    )
    path = workspace.cached("surface", key)
    try:
        return decode(path.read_bytes(), Surface)
    except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        pass
    surface = _read(workspace, release, artifact, environment, sandboxes)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_bytes(encode(surface))
    temporary.replace(path)
    return surface


def _read(
    workspace: Workspace,
    release: Release,
    artifact: Artifact,
    environment: Environment,
    sandboxes: SandboxPool,
) -> Surface:
    root = source_root(workspace.unpacked(artifact), release)
    package, files = read_package(root, release.import_names)
    payload = inspection_payload(package, release.import_names, files.extensions)
    result = sandboxes.run(environment, DRIVER, payload, limits=LIMITS)
    failures = overlay(package, result.messages)
    if result.status is not JobStatus.DONE:
        why = f"inspection ended early: {result.status.value} {result.detail}".strip()
        failures = (*failures, (release.import_names[0], why))
    return assemble(package, release.library, release.version, failures)


def source_root(unpacked: Path, release: Release) -> Path:
    """The folder that holds the top-level packages: a wheel's root, an sdist's or its `src`."""
    first = release.import_names[0].split(".")[0]
    candidates = [unpacked, *sorted(path for path in unpacked.iterdir() if path.is_dir())]
    for candidate in candidates:
        for folder in (candidate, candidate / "src", candidate / "lib"):
            if (folder / first).is_dir() or (folder / f"{first}.py").is_file():
                return folder
    return unpacked
