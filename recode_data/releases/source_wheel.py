"""A wheel out of a pure-Python source tree by copying its files: no build backend runs.

That is enough for surfaces and for running snippets. Trees that must be compiled are refused: their
owner builds the wheel and names that.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from recode_data.errors import UsageError
from recode_data.releases.metadata import Metadata, is_secondary
from recode_data.releases.source_metadata import needs_compiler, source_metadata, version_in_code

SOURCE_FOLDERS = ("src", "", "lib", "python")
"""Where packages lie in a source tree, most usual layout first."""
SKIPPED = frozenset({"__pycache__", ".git", ".hg", ".tox", ".nox", ".venv", "node_modules"})
MODULE_NAMES = frozenset({"setup", "conftest", "noxfile", "tasks", "versioneer", "fabfile"})
"""Modules beside a library that are no part of it."""


def declared_by(root: Path, library: str) -> Metadata:
    """The tree's metadata, its version also looked for in the code.

    Raises:
        UsageError: the tree is another library.
    """
    declared = source_metadata(root)
    if declared.name and canonicalize_name(declared.name) != canonicalize_name(library):
        raise UsageError(f"{root.name} holds the source of {declared.name}, not of {library}")
    name = declared.name or library
    version = declared.version
    for package in packages_in(root, name):
        version = version or version_in_code(package)
    try:
        version = str(Version(version))
    except InvalidVersion:
        version = "0"
    return replace(declared, name=name, version=version)


def write_source_wheel(root: Path, declared: Metadata, folder: Path) -> Path:
    """Write the wheel into `folder`; same tree, same bytes.

    Raises:
        UsageError: the tree has no package, or must be compiled.
    """
    packages = list(packages_in(root, declared.name))
    if not packages:
        raise UsageError(f"{root.name} has no Python package that could belong to {declared.name}")
    reason = needs_compiler(root, iter(packages))
    if reason is not None:
        raise UsageError(
            f"{declared.name} {declared.version} cannot be used from source: {reason}, and no "
            "setup script runs outside the sandbox\n  to fix: build a wheel where you trust it "
            "(pip wheel --no-deps), and name the wheel"
        )
    stem = f"{canonicalize_name(declared.name).replace('-', '_')}-{declared.version}"
    members = {name: path.read_bytes() for name, path in _installed_files(root, packages)}
    info = f"{stem}.dist-info"
    members[f"{info}/METADATA"] = _metadata_text(declared).encode()
    members[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: recode\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in members.items():
            # stored, at a fixed time: same bytes whatever the zlib and the clock
            archive.writestr(zipfile.ZipInfo(name), text)
    return wheel


def packages_in(root: Path, distribution: str) -> Iterator[Path]:
    """Folders and modules that an installation would copy, from the first layout that has any."""
    wanted = canonicalize_name(distribution).replace("-", "_")
    for folder in SOURCE_FOLDERS:
        base = root / folder
        if not base.is_dir():
            continue
        entries = sorted(base.iterdir())
        packages = [path for path in entries if _is_package(path, wanted)]
        modules = [path for path in entries if path.suffix == ".py" and _is_library(path.stem)]
        named = [path for path in modules if path.stem.lower() == wanted]
        if folder == "" and packages:
            modules = named  # beside packages, other modules are tools
        if packages or modules:
            yield from [*packages, *modules]
            return


def _is_library(name: str) -> bool:
    return name.isidentifier() and name not in MODULE_NAMES and not is_secondary(name)


def _is_package(path: Path, wanted: str) -> bool:
    if not path.is_dir() or not path.name.isidentifier() or path.name in SKIPPED:
        return False
    if (path / "__init__.py").exists():
        return path.name.startswith("_") or _is_library(path.name)
    # a namespace package: only where the distribution is named after it
    return wanted.startswith(f"{path.name.lower()}_") and any(path.rglob("__init__.py"))


def _installed_files(root: Path, packages: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    real_root = root.resolve()
    for package in packages:
        paths = sorted(package.rglob("*")) if package.is_dir() else [package]
        for path in paths:
            name = path.relative_to(package.parent)
            if SKIPPED.intersection(name.parts) or path.suffix in (".pyc", ".pyo"):
                continue
            if path.is_file() and path.resolve().is_relative_to(real_root):
                yield name.as_posix(), path


def _metadata_text(declared: Metadata) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {declared.name}", f"Version: {declared.version}"]
    if declared.requires_python:
        lines.append(f"Requires-Python: {' '.join(declared.requires_python.split())}")
    if declared.licence:
        lines.append(f"License: {' '.join(declared.licence.split())}")
    for text in declared.requires:
        try:
            lines.append(f"Requires-Dist: {Requirement(text)}")
        except InvalidRequirement:
            continue
    return "\n".join([*lines, ""])


def _digest(text: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
