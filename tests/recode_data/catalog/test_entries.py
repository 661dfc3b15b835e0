from __future__ import annotations

import itertools

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from recode_data.catalog import (
    CatalogEntry,
    catalog_entries,
    catalog_names,
    catalog_steps,
    companions_of,
    load_catalog,
)
from recode_data.catalog.entries import STEPS_MEANWHILE
from recode_data.errors import UsageError
from recode_data.records import VersionStep


@pytest.mark.parametrize("entry", load_catalog(), ids=lambda entry: entry.name)
def test_releases_go_from_old_to_new(entry: CatalogEntry) -> None:
    versions = [Version(release) for release in entry.releases]
    assert len(versions) >= 2
    assert all(old < new for old, new in itertools.pairwise(versions))


@pytest.mark.parametrize("entry", load_catalog(), ids=lambda entry: entry.name)
def test_every_library_says_what_it_needs(entry: CatalogEntry) -> None:
    assert entry.import_names
    assert entry.licence
    assert Version("3.7") <= Version(entry.python) < Version("3.15")


def test_steps_join_neighbours_only() -> None:
    entry = CatalogEntry("toylib", ("1.0", "1.5", "2.0"), ("toylib",), "3.11", "MIT")
    assert entry.steps() == (
        VersionStep("toylib", "1.0", "1.5"),
        VersionStep("toylib", "1.5", "2.0"),
    )


def test_catalogs_name_known_libraries_once() -> None:
    known = {entry.name for entry in load_catalog()}
    assert set(catalog_names()) == {"small", "paper-nine", "full"}
    assert len(catalog_entries("paper-nine")) == 9
    assert {entry.name for entry in catalog_entries("full")} == known
    assert len(known) >= 40


@pytest.mark.parametrize(
    ("library", "expected"),
    [("dask", True), ("Dask", True), ("scikit_image", True), ("click", False), ("no-such", False)],
)
def test_companions(library: str, expected: bool) -> None:
    assert bool(companions_of(library)) is expected


@pytest.mark.parametrize("entry", load_catalog(), ids=lambda entry: entry.name)
def test_companions_are_requirements(entry: CatalogEntry) -> None:
    names = [Requirement(text).name for text in entry.companions]
    assert len(set(names)) == len(names)
    assert entry.name not in names


SMALL = {entry.name for entry in catalog_entries("small")}


def test_steps_of_a_catalog() -> None:
    entries = {entry.name: entry for entry in load_catalog()}
    steps = catalog_steps("small")
    assert steps == tuple(step for name in sorted(SMALL) for step in entries[name].steps())


def test_large_environments_come_early_but_not_first() -> None:
    large = {entry.name for entry in load_catalog() if entry.gigabytes}
    steps = catalog_steps("full")
    places = [place for place, step in enumerate(steps) if step.library in large]
    assert places == [*range(STEPS_MEANWHILE, STEPS_MEANWHILE + len(places))]
    assert sorted(map(str, steps)) == sorted(
        str(step) for entry in load_catalog() for step in entry.steps()
    )


def test_unknown_catalog_is_a_usage_error_that_names_the_choices() -> None:
    with pytest.raises(UsageError, match="small, paper-nine, full"):
        catalog_steps("smal")
