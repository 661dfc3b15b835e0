"""Releases that a test writes down, and the usages in them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from recode_data.records import Usage
from recode_data.usages import ReleaseSources, find_usages
from tests.toy_index import toylib_source

PACKAGE = {
    "toy/__init__.py": "from toy._impl import load, read, Frame\nfrom toy import io\n",
    "toy/_impl.py": "def load(a): ...\ndef read(a): ...\nclass Frame:\n    def head(self): ...\n",
    "toy/io.py": "def write(a): ...\n",
}


def usages_in(files: Mapping[str, str], *paths: str) -> tuple[Usage, ...]:
    """Usages of a release of `toy` whose sdist holds these files besides the package.

    Args:
        files: texts by path.
        paths: paths of interest; none: anything of the library.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**PACKAGE, **files}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        sources = ReleaseSources("toy==1.0", ("toy",), None, Path(folder))
        return find_usages(sources, frozenset(paths) or None)


def codes_in(name: str, text: str, *paths: str) -> list[str]:
    """Code of the usages of one file."""
    return [usage.code for usage in usages_in({name: text}, *paths)]


def toylib_usages(version: str, *paths: str) -> tuple[Usage, ...]:
    """Usages of the fixture library's sdist."""
    root = toylib_source(version)
    sources = ReleaseSources(f"toylib=={version}", ("toylib",), None, root)
    return find_usages(sources, frozenset(paths) or None)
