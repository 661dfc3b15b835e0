"""Which two releases a row is about, where it names the new version only.

Assumptions, which go into the card of an import:

1. The new version is the one named. A version that the index lacks means the first release that
   begins with it (`2.1` is 2.1.0); a series (`1.1.x`, `2.x`) means its last release.
2. The old version is the last final release before it in version order, so the step is as short as
   it can be: 2.2.0 is compared with the last 2.1, 0.4.38 with 0.4.37. Where that one has no wheel
   for an interpreter of this machine, another release of its minor series that has one stands in.
3. Yanked releases and pre-releases do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from recode_data.errors import RecodeError
from recode_data.interpreters import Interpreter
from recode_data.records import VersionStep
from recode_data.releases.index import IndexSettings
from recode_data.releases.resolve import list_files
from recode_data.releases.session import IndexSession


@dataclass(frozen=True, slots=True)
class VersionList:
    """Final versions of a library, ascending."""

    listed: tuple[Version, ...]
    """On the index."""
    usable: tuple[Version, ...]
    """With a wheel for this machine."""

    def step(self, library: str, wanted: str) -> VersionStep | None:
        """The step that ends at the wanted version; None where the index has no such version, or
        nothing before it."""
        new = self.resolve(wanted)
        older = [version for version in self.listed if new is not None and version < new]
        if not older:
            return None
        series = [
            version
            for version in self.usable
            if version <= older[-1] and version.release[:2] == older[-1].release[:2]
        ]
        return VersionStep(library, str([older[-1], *series][-1]), str(new))

    def resolve(self, wanted: str) -> Version | None:
        """The version that is meant; None where the index has none such."""
        if wanted.endswith(".x"):
            series = [item for item in self.listed if _begins(item, wanted.removesuffix(".x"))]
            return series[-1] if series else None
        try:
            exact = Version(wanted)
        except InvalidVersion:
            return None
        for version in self.listed:
            if version == exact:
                return version  # in the index's own spelling: `2.0` is 2.0.0 there
        begun = [item for item in self.listed if _begins(item, wanted)]
        return begun[0] if begun else None


def _begins(version: Version, prefix: str) -> bool:
    parts = prefix.split(".")
    return [str(part) for part in version.release[: len(parts)]] == parts


def list_versions(
    libraries: Iterable[str], settings: IndexSettings, interpreters: Sequence[Interpreter]
) -> Mapping[str, VersionList]:
    """Versions of each library, as the index has them now; empty for one that it does not know."""
    found = {}
    with IndexSession(settings) as session:
        for library in libraries:
            try:
                listing = list_files(library, session, settings)
            except RecodeError:
                found[library] = VersionList((), ())
                continue
            found[library] = VersionList(
                _final(listing.versions()),
                _final(listing.versions(with_wheel_for=interpreters)),
            )
    return found


def _final(versions: Iterable[Version]) -> tuple[Version, ...]:
    return tuple(version for version in versions if not version.is_prerelease)
