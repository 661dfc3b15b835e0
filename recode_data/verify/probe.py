"""Run every documented old usage on the new version: what breaks or warns there is a change too.

Finds what no comparison of surfaces shows: calls that newly warn or fail for some arguments. A
finding becomes an `ApiChange` only where the API to blame is certain: the message names it, or the
statement refers to one API of the library alone.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recode_data.records import (
    ApiChange,
    ChangeKind,
    Evidence,
    EvidenceKind,
    StepContext,
    Surface,
    Usage,
)
from recode_data.references import attribute_names, find_references
from recode_data.verify.preload import NO_PRELOAD, Preload
from recode_data.verify.prove import step_verifier
from recode_data.verify.verifier import new_deprecations

SHOWN_OFTEN = 3
"""Usages of one API or method name after which another one of it teaches nothing."""

MOST_PROBED = 3000
"""Usages of one release: documentation comes before tests."""
MESSAGES = 8
"""Messages of one change that are kept."""

_MEMBER = re.compile(r"\.[A-Za-z_]\w*\(")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(frozen=True, slots=True)
class ProbeTask:
    """Usages of one step to run on both versions."""

    context: StepContext
    usages: tuple[Usage, ...]
    allow_weak: bool = False
    preload: Preload = NO_PRELOAD
    """As of a `ProofTask`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One break or warning of an old usage on the new version."""

    usage: Usage
    is_break: bool
    category: str
    """Exception type or warning category."""
    message: str
    line: int


def probe(task: ProbeTask) -> tuple[Finding, ...]:
    """Findings of the usages that work on the old version, without a deprecation already there."""
    verifier = step_verifier(task.context, task.allow_weak, task.preload)
    findings: list[Finding] = []
    for usage in task.usages:
        later = verifier.on_new(usage.code)  # first: most snippets show nothing, and need no more
        if later.error is None and not later.deprecations:
            continue
        base = verifier.on_old(usage.code)
        if not base.succeeded:
            continue
        if later.error is not None and later.error.line:
            error = later.error
            findings.append(Finding(usage, True, error.type_name, error.message, later.error.line))
        findings.extend(
            Finding(usage, False, warning.category, warning.message, warning.line)
            for warning in new_deprecations(base, later)
            if warning.line
        )
    return tuple(findings)


def worth_probing(usages: Sequence[Usage]) -> tuple[Usage, ...]:
    """Usages that show something of which few others are: an API, or a method's name.

    Documentation and tests repeat themselves: of networkx 2.8.8, 44 % of the usages are left out.
    The first usage of everything comes before the second one of anything, so that the beginning
    covers as much as it can.
    """
    seen: Counter[str] = Counter()
    rounds: dict[int, list[Usage]] = defaultdict(list)
    for usage in usages:
        shown = {*usage.apis, *_MEMBER.findall(usage.code)}
        before = min((seen[name] for name in shown), default=SHOWN_OFTEN)
        if before < SHOWN_OFTEN:
            seen.update(shown)
            rounds[before].append(usage)
    return tuple(usage for before in sorted(rounds) for usage in rounds[before])[:MOST_PROBED]


def changes_from(
    findings: Iterable[Finding], known: Sequence[ApiChange], old: Surface
) -> tuple[ApiChange, ...]:
    """Changes that the findings show and `known` does not have, sorted by key."""
    objects = {item.path: item for item in old.objects}
    covered = {change.old_api for change in known}
    members = {path.rpartition(".")[2] for path in covered if path.count(".") > 1}
    blamed: dict[tuple[str, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        if _uses_member(finding, members):
            continue  # what happened there is known already
        api = blamed_api(finding, objects.keys())
        if api is not None and not _is_covered(api, covered):
            blamed[(api, finding.is_break)].append(finding)
    changes = []
    for (api, is_break), group in sorted(blamed.items(), key=lambda entry: entry[0]):
        if not is_break and (api, True) in blamed:
            continue
        first = min(group, key=lambda finding: (finding.message, finding.usage.key))
        changes.append(
            ApiChange(
                kind=ChangeKind.BEHAVIOUR if is_break else ChangeKind.DEPRECATED,
                old_api=api,
                evidence=(
                    Evidence(EvidenceKind.PROBE, f"{first.category}: {first.message[:300]}"),
                ),
                object_kind=objects[api].kind,
                old_signature=objects[api].signature,
                message=_messages(group),
            )
        )
    return tuple(changes)


def _uses_member(finding: Finding, members: set[str]) -> bool:
    """Whether the statement uses, on some value, a name that a known change has."""
    try:
        start, end = _statement_span(ast.parse(finding.usage.code), finding.line)
        used = {name for name, line in attribute_names(finding.usage.code) if start <= line <= end}
    except SyntaxError:
        return True
    return not used.isdisjoint(members)


def _messages(group: Sequence[Finding]) -> str:
    """What the library said, each message once: they may name different values."""
    return "\n".join(sorted({finding.message[:300] for finding in group})[:MESSAGES])


def _is_covered(api: str, covered: set[str]) -> bool:
    parts = api.split(".")
    return any(".".join(parts[:length]) in covered for length in range(1, len(parts) + 1))


def blamed_api(finding: Finding, known_paths: Iterable[str]) -> str | None:
    """The one API that a finding is about; None where that is not certain."""
    paths = set(known_paths)
    try:
        tree = ast.parse(finding.usage.code)
        span = _statement_span(tree, finding.line)
        references = {
            reference.path
            for reference in find_references(finding.usage.code)
            if span[0] <= reference.line <= span[1]
            and reference.path in paths
            and "." in reference.path  # a library as a whole is never to blame
        }
    except SyntaxError:
        return None
    longest = {
        path for path in references if not any(other.startswith(f"{path}.") for other in references)
    }
    words = set(_WORD.findall(finding.message))
    named = {path for path in longest if path.rpartition(".")[2] in words}
    for certain in (named, longest):
        if len(certain) == 1:
            return next(iter(certain))
    return None


def _statement_span(tree: ast.AST, line: int) -> tuple[int, int]:
    best = (line, line)
    size: int | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            start, end = node.lineno, node.end_lineno or node.lineno
            if start <= line <= end and (size is None or end - start < size):
                best, size = (start, end), end - start
    return best
