"""Imports point one way: adapters → recode_bench → recode_data; read by `ast`, nothing runs."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.project_sources import (
    PACKAGE_FOLDERS,
    Source,
    imported_modules,
    imports_of,
    project_sources,
)

RANK = {"recode_data": 0, "recode_bench": 1, "recode_trl": 2, "recode_verl": 2}
TRAINING = {"torch", "trl", "transformers", "accelerate", "peft", "ray", "verl", "datasets"}
"""Mining installs without these, or must not pay for importing them."""
BAGS = {"utils", "helpers", "common", "base", "misc"}

SOURCES = project_sources()


def source_of(text: str, module: str = "recode_data.made_up") -> Source:
    """A module that exists only here, for testing the reader itself."""
    return Source(PACKAGE_FOLDERS["recode_data"] / "made_up.py", module, ast.parse(text))


def packages_in(source: Source) -> set[str]:
    return {item.module.partition(".")[0] for item in imports_of(source)}


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_imports_point_one_way(source: Source) -> None:
    for target in (packages_in(source) & RANK.keys()) - {source.package}:
        assert RANK[target] < RANK[source.package], f"{source} imports {target}"


def test_nothing_imports_the_adapters_folder() -> None:
    """`adapters` is a folder; an unrelated project owns that import name."""
    assert [str(source) for source in SOURCES if packages_in(source) & {"adapters", "tests"}] == []


def test_training_libraries_load_only_where_they_are_used() -> None:
    assert [
        f"{source}:{item.line} {item.module}"
        for source in SOURCES
        if source.package in {"recode_data", "recode_bench"}
        for item in imports_of(source)
        if item.at_module_level and item.module.partition(".")[0] in TRAINING
    ] == []


def test_mining_never_needs_the_training_extra() -> None:
    needed = TRAINING - {"datasets", "ray"}
    assert [
        str(source)
        for source in SOURCES
        if source.package == "recode_data" and packages_in(source) & needed
    ] == []


def test_private_names_stay_in_their_package() -> None:
    assert [
        f"{source}:{item.line} {item.module}.{item.name}"
        for source in SOURCES
        for item in imports_of(source)
        if item.module.partition(".")[0] in RANK
        and any(part.startswith("_") for part in f"{item.module}.{item.name}".split("."))
        and not f"{item.module}.".startswith(f"{source.folder}.")
    ] == []


def test_files_are_named_for_what_they_know() -> None:
    assert [str(source) for source in SOURCES if source.path.stem in BAGS] == []


def test_init_files_only_re_export() -> None:
    """Beside that: the tuple that joins the plug-ins of a folder, and what goes through it."""
    assert [
        f"{source}:{node.lineno} {node.name}"
        for source in SOURCES
        if source.is_init and not has_plug_ins(source)
        for node in source.tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ] == []


def has_plug_ins(source: Source) -> bool:
    return any(
        isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Tuple)
        for node in source.tree.body
    )


def test_what_runs_in_the_sandbox_needs_the_standard_library_only() -> None:
    """And its own siblings, which have other names in there: the toolkit is not installed."""
    known = sys.stdlib_module_names | {"recode_inside", "recode_crossing"}
    assert [
        f"{source}:{item.line} {item.module}"
        for source in SOURCES
        if source.path.name.endswith("_driver.py") or {"inside", "crossing"} & {*source.path.parts}
        for item in imports_of(source)
        if item.at_module_level and item.module.partition(".")[0] not in known
    ] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("def f():\n    import torch", [("torch", False)], id="in a function"),
        pytest.param("try:\n    import torch\nexcept E: pass", [("torch", True)], id="in a try"),
        pytest.param("class C:\n    import torch", [("torch", True)], id="in a class body"),
        pytest.param("import importlib as i\ni.import_module('torch')", None, id="by name"),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch",
            [("typing", True), ("torch", False)],
            id="for the type checker",
        ),
    ],
)
def test_reader_sees_every_import(text: str, found: list[tuple[str, bool]] | None) -> None:
    seen = [(item.module, item.at_module_level) for item in imports_of(source_of(text))]
    assert seen == (found or [("importlib", True), ("torch", True)])


def test_reader_tells_a_module_from_a_name() -> None:
    source = source_of(
        "from recode_data import records\nfrom recode_data.errors import RecodeError"
    )
    assert imported_modules(source) == {"recode_data.records", "recode_data.errors"}


def test_every_package_is_read() -> None:
    read = {source.package for source in project_sources()}
    assert read == set(RANK)
    assert Path(__file__).name not in {source.path.name for source in project_sources()}
