"""Learned: what the authors changed in one example, done to other usages of the same API.

For changes whose new way is no other name: another call, another argument, an expression around
it. The rules come from examples of both versions that differ in a statement which uses the API.
"""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.producers.hunks import least_edit, may_differ_at
from recode_data.producers.proposals import StepUsages
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Evidence,
    EvidenceKind,
    Producer,
    Replacement,
)
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.templates import Rule, apply, distinct, learn
from recode_data.syntax_trees import tree_of

MOST_RULES = 6
"""Rules of one change that are tried on its usages."""
CANDIDATES_PER_CHANGE = 20
CERTAIN = 0.85
"""Score of a replacement from which on it is a name that is missing, and no rule."""

_NO_OLD_WAY = frozenset({ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED})


def learned(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change, rule by rule."""
    if change.kind in _NO_OLD_WAY or any(item.score >= CERTAIN for item in change.replacements):
        return
    is_member = changes_member(change)
    touching = usages.some(usages.old.telling(change.old_api, is_member=is_member))
    rules = distinct(
        [
            rule
            for usage in touching
            if (later := usages.later(usage)) is not None
            for rule in _rules(usage.code, later.code, change, is_member=is_member)
        ]
    )[:MOST_RULES]
    count = 0
    for usage in touching if rules else ():
        for rule in rules:
            new_code = apply(rule, usage.code)
            if new_code is None or new_code == usage.code or not _parses(new_code):
                continue
            evidence = Evidence(EvidenceKind.EVOLUTION, f"learned from an example: {rule}")
            replacement = Replacement(_successor(rule, change), (evidence,), 0.6)
            yield Candidate(change, usage.code, new_code, Producer.FORWARD, usage, replacement)
            count += 1
            if count >= CANDIDATES_PER_CHANGE:
                return


def _rules(old_code: str, new_code: str, change: ApiChange, *, is_member: bool) -> Iterator[Rule]:
    if not may_differ_at(old_code, new_code, change):
        return
    least = least_edit(old_code, new_code, change) or new_code
    yield from learn(old_code, least, change.old_api, is_member=is_member)


def _successor(rule: Rule, change: ApiChange) -> str:
    """The one path of the library that the template has and the pattern has not, else the API."""
    library = change.old_api.partition(".")[0]
    marks = [f"__path_{number}" for number in range(len(rule.paths))]
    new = [
        path
        for mark, path in zip(marks, rule.paths, strict=True)
        if mark in rule.template and mark not in rule.pattern and path.partition(".")[0] == library
    ]
    return new[0] if len(new) == 1 else change.old_api


def _parses(code: str) -> bool:
    try:
        tree_of(code)
    except SyntaxError:
        return False
    return True
