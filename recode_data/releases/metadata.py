"""What a wheel or an unpacked source tree says about itself: names, Python, licence."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from recode_data.errors import CorruptArtifactError
from recode_data.releases.licences import licence_of

SECONDARY_NAMES = frozenset(
    {
        *("benchmark", "benchmarks", "bin", "build", "ci", "conftest", "doc", "docs", "example"),
        *("examples", "integration_tests", "scripts", "setup", "src", "test", "testing", "tests"),
        "tools",
    }
)
"""Top-level names that some wheels carry by accident; only taken where nothing else is there."""
MODULE = re.compile(r"(?P<name>[^/.]+)(\.[^/]*)?\.(py[dix]?|so)$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of the core metadata that the toolkit uses."""

    name: str
    version: str
    requires_python: str | None
    licence: str
    requires: tuple[str, ...]
    """`Requires-Dist` as written."""


def wheel_metadata(path: Path) -> tuple[Metadata, tuple[str, ...]]:
    """Metadata and import names of a wheel, read without unpacking it.

    Raises:
        CorruptArtifactError: not a wheel.
    """
    try:
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            folder = next(
                (
                    name.split("/")[0]
                    for name in names
                    if re.match(r"[^/]+\.dist-info/METADATA$", name)
                ),
                None,
            )
            if folder is None:
                raise CorruptArtifactError(f"{path.name} is no wheel: it has no METADATA")
            text = wheel.read(f"{folder}/METADATA").decode("utf-8", "replace")
            listed = f"{folder}/top_level.txt"
            top_level = wheel.read(listed).decode("utf-8", "replace") if listed in names else ""
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CorruptArtifactError(f"{path.name} cannot be read: {error}") from error
    metadata = parse_metadata(text)
    return metadata, import_names(names, metadata.name, top_level.split())


def parse_metadata(text: str) -> Metadata:
    """METADATA or PKG-INFO text."""
    message = HeaderParser().parsestr(text)
    return Metadata(
        name=_header(message, "Name"),
        version=_header(message, "Version"),
        requires_python=_header(message, "Requires-Python") or None,
        licence=licence_of(
            _header(message, "License-Expression"),
            str(message.get("License", "")),
            [str(value) for value in message.get_all("Classifier", [])],
        ),
        requires=tuple(str(value) for value in message.get_all("Requires-Dist", [])),
    )


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, "")).strip()
    return "" if value == "UNKNOWN" else value


def import_names(
    paths: Iterable[str], distribution: str, top_level: Iterable[str] = ()
) -> tuple[str, ...]:
    """Top-level import names, most important first.

    A namespace package (a folder without `__init__`) is not a name that a release owns: the
    packages in it are, so `google-cloud-storage` gives `google.cloud.storage`.

    Args:
        paths: All file names of the installed tree, relative, with `/`.
        distribution: Distribution name, which decides what comes first.
        top_level: What the release's own `top_level.txt` lists, in its order.
    """
    modules: dict[str, int] = defaultdict(int)
    files = [PurePosixPath(path) for path in paths if MODULE.search(path)]
    packages = {str(path.parent) for path in files if path.name.split(".")[0] == "__init__"}
    for path in files:
        if path.parts[0].endswith((".dist-info", ".data", ".egg-info", ".libs")):
            continue
        name = _owner(path, packages)
        if name is not None:
            modules[name] += 1
    order = {name: position for position, name in enumerate(top_level)}
    wanted = canonicalize_name(distribution).replace("-", "_")

    def rank(name: str) -> tuple[bool, int, bool, int, int, str]:
        plain = name.lower().replace(".", "_")
        return (
            is_secondary(name),
            0 if plain == wanted else 1 if wanted.endswith(plain) or plain in wanted else 2,
            name not in order,
            -modules[name],
            order.get(name, 0),
            name,
        )

    ranked = sorted(modules, key=rank)
    primary = [name for name in ranked if not is_secondary(name)]
    return tuple(primary or ranked)


def is_secondary(name: str) -> bool:
    """Private accelerators and tests that lie beside the library."""
    return name.startswith("_") or name.split(".")[0] in SECONDARY_NAMES


def _owner(path: PurePosixPath, packages: set[str]) -> str | None:
    """The outermost regular package that a file lies in, dotted; the module itself otherwise."""
    for depth in range(1, len(path.parts)):
        folder = "/".join(path.parts[:depth])
        if not path.parts[depth - 1].isidentifier():
            return None
        if folder in packages:
            return folder.replace("/", ".")
    matched = MODULE.search(path.name)
    if matched is None or not matched["name"].isidentifier():
        return None
    if len(path.parts) == 1:
        return matched["name"]
    return ".".join((*path.parts[:-1], matched["name"]))
