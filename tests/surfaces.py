"""Surfaces of packages that a test writes down, and changes between them in one line each."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from recode_data.changes import find_changes
from recode_data.records import ApiChange, ApiObject, Surface
from recode_data.surface import static_surface
from tests.toy_index import toylib_source

Package = str | Mapping[str, str]
"""Text of `toy/__init__.py`, or texts by path below the release's root."""


def surface_of(package: Package, version: str = "1.0") -> Surface:
    """The static surface of a package called `toy`."""
    files = {"toy/__init__.py": package} if isinstance(package, str) else package
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return static_surface(Path(folder), "toy", version, ("toy",), jobs=1)


def toylib_surface(version: str) -> Surface:
    """The static surface of the fixture library."""
    return static_surface(toylib_source(version), "toylib", version, ("toylib",), jobs=1)


def objects(surface: Surface) -> dict[str, ApiObject]:
    """By public path, the package itself left out."""
    return {item.path: item for item in surface.objects if "." in item.path}


def paths(package: Package) -> list[str]:
    """Public paths below the package, without its name, members included."""
    return [path.removeprefix("toy.") for path in objects(surface_of(package))]


def in_words(change: ApiChange) -> str:
    """`kind path`, then `(parameter)`, then `-> successor`, where there are any."""
    words = f"{change.kind.value} {change.old_api}"
    if change.parameter is not None:
        words += f"({change.parameter})"
    if change.new_api is not None:
        words += f" -> {change.new_api}"
    return words


def changes_between(old: Package, new: Package) -> list[str]:
    """Every change between two versions of `toy`, in words, sorted; repeats are left out."""
    found = find_changes(surface_of(old, "1.0"), surface_of(new, "2.0"))
    return sorted(in_words(change) for change in found if change.alias_of is None)
