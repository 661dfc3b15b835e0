"""Links from a row to the line that it was taken from, in a code browser that the user names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from packaging.utils import canonicalize_name

from recode_data.errors import UsageError
from recode_data.records import MigrationPair

FIELDS = ("version", "file", "line")
_FIELD = re.compile(r"\{(\w+)\}")


def parse_source_links(texts: Iterable[str]) -> dict[str, str]:
    """Library → template, out of `LIB=https://…/v{version}/{file}#L{line}`.

    Raises:
        UsageError: no `=`, another scheme than http or https, or an unknown field.
    """
    found = {}
    for text in texts:
        library, mark, template = text.partition("=")
        if not mark or urlsplit(template).scheme not in {"http", "https"}:
            raise UsageError(
                f"{text!r} is no source link; write LIB=https://…/v{{version}}/{{file}}#L{{line}}"
            )
        unknown = set(_FIELD.findall(template)) - set(FIELDS)
        if unknown:
            raise UsageError(f"{text!r}: there is no {unknown.pop()}, only {', '.join(FIELDS)}")
        found[str(canonicalize_name(library))] = template
    return found


def source_address(pair: MigrationPair, templates: Mapping[str, str]) -> str | None:
    """Address of the row's line; None where no template is for the release that it is from."""
    library, _, version = pair.source_release.partition("==")
    template = templates.get(canonicalize_name(library))
    if template is None:
        return None
    values = {
        "version": quote(version, safe=""),
        "file": quote(pair.source_file, safe="/"),
        "line": str(pair.source_line),
    }
    return _FIELD.sub(lambda match: values[match[1]], template)
