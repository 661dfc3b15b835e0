"""The libraries that the toolkit knows how to mine, read from `libraries.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import msgspec
from packaging.utils import canonicalize_name

from recode_data.errors import UsageError
from recode_data.records import VersionStep

FULL = "full"
STEPS_MEANWHILE = 4
"""That workers have while the large environments behind them are made, which takes minutes; the cache is
still as good as empty then."""
"""Name of the catalog that holds every library."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One library of the catalog; see the head of `libraries.toml` for each field."""

    name: str
    releases: tuple[str, ...]
    """Versions from old to new, at least two."""
    import_names: tuple[str, ...]
    python: str
    licence: str
    companions: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    gigabytes: float = 0.0
    preamble: str = ""
    preamble_for: tuple[str, ...] = ()

    def steps(self) -> tuple[VersionStep, ...]:
        """Each release to the one after it."""
        return tuple(
            VersionStep(self.name, old, new)
            for old, new in zip(self.releases, self.releases[1:], strict=False)
        )


class _Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file as it is written; its name is the table's key."""

    releases: tuple[str, ...]
    import_names: tuple[str, ...]
    python: str
    licence: str
    companions: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    gigabytes: float = 0.0
    preamble: str = ""
    preamble_for: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    catalogs: dict[str, tuple[str, ...]]
    libraries: dict[str, _Library]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files("recode_data.catalog").joinpath("libraries.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File)


def load_catalog() -> tuple[CatalogEntry, ...]:
    """Every library, sorted by name."""
    return tuple(
        CatalogEntry(name, **msgspec.structs.asdict(library))
        for name, library in sorted(_file().libraries.items())
    )


def entry_of(library: str) -> CatalogEntry | None:
    """What the catalog says of a library, under whatever spelling of its name."""
    name = canonicalize_name(library)
    entries = (entry for entry in load_catalog() if canonicalize_name(entry.name) == name)
    return next(entries, None)


def companions_of(library: str) -> tuple[str, ...]:
    """Requirements that the library's examples need besides it; none of one not listed."""
    entry = entry_of(library)
    return entry.companions if entry is not None else ()


def catalog_names() -> tuple[str, ...]:
    """Names that `catalog_steps` takes, the smallest catalog first."""
    return (*sorted(_file().catalogs, key=lambda name: len(_file().catalogs[name])), FULL)


def catalog_entries(catalog: str) -> tuple[CatalogEntry, ...]:
    """The libraries of one catalog, sorted by name.

    Raises:
        UsageError: there is no such catalog.
    """
    if catalog == FULL:
        return load_catalog()
    if catalog not in _file().catalogs:
        raise UsageError(f"no catalog {catalog!r}; choose one of {', '.join(catalog_names())}")
    return tuple(entry for entry in load_catalog() if entry.name in _file().catalogs[catalog])


def catalog_steps(catalog: str) -> tuple[VersionStep, ...]:
    """Every version step of one catalog, by library and then from old to new.

    Steps with large environments come early, behind `STEPS_MEANWHILE` others.

    Raises:
        UsageError: there is no such catalog.
    """
    entries = sorted(catalog_entries(catalog), key=lambda entry: -entry.gigabytes)
    large = [step for entry in entries if entry.gigabytes for step in entry.steps()]
    others = [step for entry in entries if not entry.gigabytes for step in entry.steps()]
    return (*others[:STEPS_MEANWHILE], *large, *others[STEPS_MEANWHILE:])
