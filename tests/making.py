"""Records for tests: small, whole, and with any field replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Effect,
    MigrationPair,
    ObjectKind,
    Producer,
    Proof,
    Replacement,
    Usage,
    UsageOrigin,
    Verified,
    content_id,
    encode,
)


def make_change(old_api: str = "toy.load", **fields: Any) -> ApiChange:
    """A removed function, unless told otherwise."""
    change = ApiChange(ChangeKind.REMOVED, old_api, object_kind=ObjectKind.FUNCTION)
    return replace(change, **fields)


def make_usage(code: str = "import toy\nx = toy.load(1)\n", **fields: Any) -> Usage:
    """A snippet of toy 1.0's documentation."""
    usage = Usage(code, ("toy.load",), UsageOrigin.DOCS, "toy==1.0", "docs/guide.rst", 12)
    return replace(usage, **fields)


def make_candidate(
    old_code: str = "import toy\nx = toy.load(1)\n",
    new_code: str = "import toy\nx = toy.read(1)\n",
    **fields: Any,
) -> Candidate:
    """A forward candidate from `toy.load` to `toy.read`."""
    candidate = Candidate(
        make_change(),
        old_code,
        new_code,
        Producer.FORWARD,
        make_usage(old_code),
        Replacement("toy.read", (), 0.9),
    )
    return replace(candidate, **fields)


def make_pair(**fields: Any) -> MigrationPair:
    """A row; its id follows from its codes unless given."""
    pair = MigrationPair(
        id="",
        dependency="toy",
        old_version="1.0",
        new_version="2.0",
        old_release_date="2024-01-01",
        new_release_date="2025-01-01",
        kind=ChangeKind.REMOVED,
        effect=Effect.BREAK,
        old_api="toy.load",
        new_api="toy.read",
        parameter=None,
        description="The function `toy.load` was removed in toy 2.0.",
        update_info="Write `toy.read` instead.",
        old_code="import toy\nx = toy.load(1)\n",
        new_code="import toy\nx = toy.read(1)\n",
        checks="{}",
        evidence="{}",
        works_on_old=False,
        producer=Producer.FORWARD,
        source_file="docs/guide.rst",
        source_line=12,
        source_release="toy==1.0",
        licence="MIT",
        old_python="3.11.7",
        new_python="3.11.7",
        old_requirements=("toy==1.0",),
        new_requirements=("toy==2.0",),
    )
    pair = replace(pair, **fields)
    return pair if pair.id else replace(pair, id=content_id(pair.old_code, pair.new_code))


PROOF = Proof(Effect.BREAK, "AttributeError", None, "module 'toy' has no attribute 'load'", 2, 1)


def make_verified(candidate: Candidate, **fields: Any) -> Verified:
    """The candidate as if it had been proved."""
    known: dict[str, Any] = {
        "old_code": candidate.old_code,
        "new_code": candidate.new_code,
        "old_api": candidate.change.old_api,
        "id": candidate.key,
        "evidence": encode({"proof": PROOF}).decode(),
    }
    return Verified(candidate, make_pair(**{**known, **fields}))
