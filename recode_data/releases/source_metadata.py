"""What an unpacked source tree declares, read without running any of it.

In this order: PKG-INFO (sdists), the `[project]` table of pyproject.toml, setup.cfg, and the literal
arguments of the `setup()` call in setup.py. What a build backend would compute (a version from
tags, dependencies read from a file) cannot be known here.
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from recode_data.records import JsonValue
from recode_data.releases.licences import licence_of
from recode_data.releases.metadata import Metadata, parse_metadata

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

COMPILED_SUFFIXES = frozenset({".pyx", ".c", ".cc", ".cpp", ".cxx", ".rs", ".f", ".f90"})
COMPILING_BACKENDS = (
    "maturin",
    "mesonpy",
    "scikit_build_core",
    "setuptools_rust",
    "py_build_cmake",
)
VERSION_LINE = re.compile(
    r"""^(?:__version__|version)(?::\s*\w+)?\s*=\s*["']([^"'\s]+)["']""", re.M
)
VERSION_FILES = ("__init__.py", "_version.py", "version.py", "__about__.py", "__version__.py")


def source_metadata(root: Path) -> Metadata:
    """The metadata that a source tree declares; empty strings for what it does not say."""
    found = Metadata("", "", None, "", ())
    for reader in (_from_pkg_info, _from_pyproject, _from_setup_cfg, _from_setup_py):
        declared = reader(root)
        if declared is not None:
            found = replace(
                found,
                name=found.name or declared.name,
                version=found.version or declared.version,
                requires_python=found.requires_python or declared.requires_python,
                licence=found.licence or declared.licence,
                requires=found.requires or declared.requires,
            )
    return found


def version_in_code(folder: Path) -> str:
    """The literal `__version__` of a package's folder; empty where there is none."""
    for name in VERSION_FILES:
        matched = VERSION_LINE.search(_text(folder / name))
        if matched:
            return matched[1]
    return ""


def needs_compiler(root: Path, packages: Iterator[Path]) -> str | None:
    """Why this tree must be built by its own backend; None where copying its files will do."""
    backend = _table(_pyproject(root), "build-system").get("build-backend")
    if isinstance(backend, str) and backend.startswith(COMPILING_BACKENDS):
        return f"its build backend {backend} compiles"
    if re.search(r"\bext_modules\b|\bcythonize\b", _text(root / "setup.py")):
        return "its setup.py builds extension modules"
    for package in packages:
        for path in sorted(package.rglob("*")) if package.is_dir() else ():
            if path.suffix in COMPILED_SUFFIXES:
                return f"it has sources to compile, such as {path.relative_to(root)}"
    return None


def _from_pkg_info(root: Path) -> Metadata | None:
    text = _text(root / "PKG-INFO")
    if not text:
        return None
    declared = parse_metadata(text)
    requires = declared.requires or tuple(_egg_requires(root))
    return replace(declared, requires=requires)


def _egg_requires(root: Path) -> Iterator[str]:
    """Old sdists list dependencies only here; sections with extras and markers end the plain ones."""
    for path in sorted(root.glob("**/*.egg-info/requires.txt")):
        for line in _text(path).splitlines():
            if line.startswith("["):
                return
            if line.strip():
                yield line.strip()


def _from_pyproject(root: Path) -> Metadata | None:
    project = _table(_pyproject(root), "project")
    if not project:
        return None
    licence = project.get("license")
    words = _table(project, "license").get("text")
    return Metadata(
        name=_string(project.get("name")),
        version=_string(project.get("version")),
        requires_python=_string(project.get("requires-python")) or None,
        licence=licence_of(_string(licence), _string(words), _strings(project.get("classifiers"))),
        requires=tuple(_strings(project.get("dependencies"))),
    )


def _from_setup_cfg(root: Path) -> Metadata | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(root / "setup.cfg"))
    except configparser.Error:
        return None
    version = parser.get("metadata", "version", fallback="")
    requires = parser.get("options", "install_requires", fallback="")
    return Metadata(
        name=parser.get("metadata", "name", fallback=""),
        version="" if version.startswith(("attr:", "file:")) else version,
        requires_python=parser.get("options", "python_requires", fallback="") or None,
        licence=licence_of("", parser.get("metadata", "license", fallback=""), ()),
        requires=tuple(line.strip() for line in requires.splitlines() if line.strip()),
    )


def _from_setup_py(root: Path) -> Metadata | None:
    try:
        tree = ast.parse(_text(root / "setup.py"))
    except (SyntaxError, ValueError):
        return None
    literals: dict[str, JsonValue] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "setup":
            for keyword in node.keywords:
                if keyword.arg is not None and (value := _literal(keyword.value)) is not None:
                    literals[keyword.arg] = value
    return Metadata(
        name=_string(literals.get("name")),
        version=_string(literals.get("version")),
        requires_python=_string(literals.get("python_requires")) or None,
        licence=licence_of(
            "", _string(literals.get("license")), _strings(literals.get("classifiers"))
        ),
        requires=tuple(_strings(literals.get("install_requires"))),
    )


def _literal(node: ast.expr) -> JsonValue:
    try:
        return cast(JsonValue, ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _pyproject(root: Path) -> dict[str, JsonValue]:
    try:
        return cast("dict[str, JsonValue]", tomllib.loads(_text(root / "pyproject.toml")))
    except tomllib.TOMLDecodeError:
        return {}


def _table(table: dict[str, JsonValue], key: str) -> dict[str, JsonValue]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _string(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: JsonValue) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
