"""The mechanical defects that a pair file can have; one generator of row numbers per kind."""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version
from rapidfuzz import process
from rapidfuzz.distance import Indel

from recode_data.audit.names import unbound_names
from recode_data.audit.rows import AuditRow, bare_version
from recode_data.curate.deduplicate import NEAR_DUPLICATE_SIMILARITY, TokenAlphabet, tokens_of

_SERIES = re.compile(r"^\d+(\.\d+)*\.x$")


def unparsable(rows: Sequence[AuditRow]) -> Iterator[int]:
    """`new_code` does not parse: nothing can be learnt from it."""
    for row in rows:
        if row.new_code is not None and not _parses(row.new_code):
            yield row.number


def unparsable_old(rows: Sequence[AuditRow]) -> Iterator[int]:
    """`old_code` does not parse."""
    for row in rows:
        if row.old_code is not None and not _parses(row.old_code):
            yield row.number


def empty_field(rows: Sequence[AuditRow]) -> Iterator[int]:
    """Old code, new code or the update note is missing or blank."""
    for row in rows:
        fields = (row.old_code, row.new_code, row.update_info)
        if any(value is None or not value.strip() for value in fields):
            yield row.number


def unbound_name(rows: Sequence[AuditRow]) -> Iterator[int]:
    """`new_code` reads a name that it binds nowhere: it cannot run."""
    for row in rows:
        if row.new_code is not None and _parses(row.new_code) and _unbound(row.new_code):
            yield row.number


def no_op(rows: Sequence[AuditRow]) -> Iterator[int]:
    """Old and new code have the same tokens: the target is a copy; control rows are meant so."""
    for row in rows:
        if row.old_code is None or row.new_code is None or row.effect == "none":
            continue
        if tokens_of(row.old_code) == tokens_of(row.new_code):
            yield row.number


def mangled_version(rows: Sequence[AuditRow]) -> Iterator[int]:
    """The version is neither `X` nor `==X` with X a version: readers that cut `==` mangle it.

    The paper's training script cuts two characters off whatever stands there.
    """
    pinned = sum((row.new_version or "").startswith("==") for row in rows)
    for row in rows:
        if row.new_version is None:
            continue
        if (pinned * 2 > len(rows) and not row.new_version.startswith("==")) or not _is_version(
            bare_version(row.new_version)
        ):
            yield row.number


def _is_version(text: str) -> bool:
    if _SERIES.match(text):
        return True
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def duplicate(rows: Sequence[AuditRow]) -> Iterator[int]:
    """Old and new code stand in an earlier row already."""
    seen: set[tuple[str | None, str | None]] = set()
    for row in rows:
        key = (row.old_code, row.new_code)
        if key in seen:
            yield row.number
        seen.add(key)


def near_duplicate_across_splits(rows: Sequence[AuditRow]) -> Iterator[int]:
    """A row outside `train` is nearly a training row: a test that was trained on."""
    alphabet = TokenAlphabet()
    by_library: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.split == "train":
            written = alphabet.write_pair(row.old_code or "", row.new_code or "")
            by_library[(row.dependency or "").lower()].append(written)
    for row in rows:
        if row.split in (None, "train"):
            continue
        hit = process.extractOne(
            alphabet.write_pair(row.old_code or "", row.new_code or ""),
            by_library[(row.dependency or "").lower()],
            scorer=Indel.normalized_similarity,
            score_cutoff=NEAR_DUPLICATE_SIMILARITY,
        )
        if hit is not None:
            yield row.number


def _parses(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in mined strings are not our findings
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _unbound(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(unbound_names(code))
