"""Where a dataset comes from: releases, environments and tools, with versions and hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recode_data.explorer.dataset import BuiltDataset
from recode_data.explorer.markup import Child, Markup, fragment, section, tag
from recode_data.explorer.words import counted
from recode_data.records import JsonValue


def sources(dataset: BuiltDataset) -> Markup:
    """The view but its heading; parts that the manifest lacks are left out."""
    manifest = dataset.manifest
    return fragment(
        _part("Releases", _releases(_documents(manifest.get("releases")))),
        _part("Environments", _environments(dataset)),
        _part("Tools", _tools(manifest.get("tools"))),
        _part("Files of the dataset", _files(manifest.get("files"))),
    )


def _part(title: str, content: Child) -> Markup | None:
    return section(title, content) if content else None


def _documents(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _releases(releases: Sequence[Mapping[str, JsonValue]]) -> Markup | None:
    by_pin = {str(release.get("pin")): release for release in releases}
    return _table(
        ("Release", "Released", "Licence", "Files with their SHA-256"),
        [
            (
                tag("strong", {}, pin),
                str(release.get("released") or "not told"),
                str(release.get("licence") or "not told"),
                [
                    tag(
                        "div",
                        {},
                        tag("code", {}, str(file.get("filename"))),
                        " ",
                        _hash(file.get("sha256")),
                    )
                    for file in _documents(release.get("files"))
                ],
            )
            for pin, release in by_pin.items()
        ],
    )


def _environments(dataset: BuiltDataset) -> list[Markup]:
    """Those of the pairs; where there are none, those of the manifest."""
    found: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for pair in dataset.pairs:
        for version, python, pins in (
            (pair.old_version, pair.old_python, pair.old_requirements),
            (pair.new_version, pair.new_python, pair.new_requirements),
        ):
            key = (f"{pair.dependency}=={version}", python, pins)
            found[key] = found.get(key, 0) + 1
    return [
        tag(
            "details",
            {},
            tag(
                "summary",
                {},
                tag("strong", {}, pin),
                f" on Python {python}, {counted(len(pins), 'package')}; {counted(count, 'pair')}",
            ),
            tag("ul", {"class": "pins"}, (tag("li", {}, tag("code", {}, item)) for item in pins)),
        )
        for (pin, python, pins), count in found.items()
    ]


def _tools(tools: JsonValue) -> Markup | None:
    versions = tools if isinstance(tools, dict) else {}
    return _table(
        ("Tool", "Version"),
        [(name, str(version or "not told")) for name, version in versions.items()],
    )


def _files(files: JsonValue) -> Markup | None:
    entries = files if isinstance(files, dict) else {}
    return _table(
        ("File", "Bytes", "SHA-256"),
        [
            (
                tag("code", {}, name),
                size if isinstance(size := entry.get("size"), int) else "not told",
                _hash(entry.get("sha256")),
            )
            for name, entry in entries.items()
            if isinstance(entry, dict)
        ],
    )


def _hash(value: JsonValue) -> Markup:
    return tag("code", {"class": "hash"}, str(value or "not told"))


def _table(headings: Sequence[str], rows: Sequence[Sequence[Child]]) -> Markup | None:
    if not rows:
        return None
    return tag(
        "div",
        {"class": "wide"},
        tag(
            "table",
            {"class": "plain"},
            tag(
                "thead", {}, tag("tr", {}, (tag("th", {"scope": "col"}, text) for text in headings))
            ),
            tag(
                "tbody", {}, (tag("tr", {}, (tag("td", {}, cell) for cell in row)) for row in rows)
            ),
        ),
    )
