"""Dataset folders for tests, written as a build writes them, without running anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from recode_data.publish import write_dataset
from recode_data.records import (
    ApiChange,
    ChangeKind,
    Dropped,
    DropReason,
    Effect,
    Environment,
    Evidence,
    EvidenceKind,
    MigrationPair,
    Outcome,
    Producer,
    Release,
    Replacement,
    StepContext,
    StepResult,
    Verified,
    VersionStep,
    encode,
)
from tests.making import make_candidate, make_change, make_pair

STEP = VersionStep("toy", "1.0", "2.0")

LOAD = make_change(
    new_api="toy.read",
    message="module 'toy' has no attribute 'load'. Use `toy.read` instead.",
    replacements=(
        Replacement(
            "toy.read",
            (Evidence(EvidenceKind.ERROR_MESSAGE, "the error says: Use `toy.read` instead"),),
            0.97,
        ),
    ),
    evidence=(Evidence(EvidenceKind.SURFACE, "`toy.load` is public in 1.0 only"),),
)
SCALE = make_change(
    "toy.scale",
    kind=ChangeKind.PARAMETER_RENAMED,
    parameter="factor",
    new_api="toy.scale",
    replacements=(Replacement("toy.scale", (), 0.8, "by"),),
)
MEAN = make_change(
    "toy.stats.mean",
    kind=ChangeKind.DEFAULT_CHANGED,
    parameter="axis",
    old_value="0",
    new_value="None",
)
ADDED = make_change("toy.brand_new", kind=ChangeKind.ADDED)
CHANGES = (LOAD, SCALE, MEAN, ADDED)

HOSTILE = '</script><img src=x onerror="window.hacked=1"><!-- \u202e &amp; \'"'


def proof_json(
    change: ApiChange, effect: Effect, name: str, message: str, line: int | None, observed: int
) -> str:
    """The `evidence` column of a row."""
    return json.dumps(
        {
            "proof": {
                "effect": effect.value,
                "error_type": name if effect is Effect.BREAK else None,
                "warning_category": name if effect is Effect.WARN else None,
                "message": message,
                "line": line,
                "observed": observed,
            },
            "change": json.loads(encode(change)),
            "replacement": json.loads(encode(change.replacements[0]))
            if change.replacements
            else None,
            "origin": "docs",
            "apis": [change.old_api],
        }
    )


def checks_json(**names: object) -> str:
    """The `checks` column of a row whose snippet binds these names."""
    return json.dumps(
        {
            "version": 1,
            "expected": {"events": [["print", None, "done\n"]], "names": names},
            "allowed_warnings": [],
            "hidden": [],
        }
    )


def toy_pairs(hostile: str = HOSTILE) -> list[MigrationPair]:
    """One pair of each effect; the text of the last one is hostile."""
    old = "import toy\n\n# read the table\ntable = toy.load('a.csv', 1)\nprint(len(table))\n"
    return [
        make_pair(
            id="aaaaaaaaaaaaaaaaaaa1",
            old_code=old,
            new_code=old.replace("toy.load", "toy.read"),
            evidence=proof_json(
                LOAD, Effect.BREAK, "AttributeError", "module 'toy' has no attribute 'load'", 4, 2
            ),
            checks=checks_json(table=["l", [1, 2, 3]]),
        ),
        make_pair(
            id="aaaaaaaaaaaaaaaaaaa2",
            kind=ChangeKind.PARAMETER_RENAMED,
            effect=Effect.WARN,
            old_api="toy.scale",
            new_api="toy.scale",
            parameter="factor",
            old_code="import toy\nx = toy.scale([1, 2], factor=3)\nprint(x)\n",
            new_code="import toy\nx = toy.scale([1, 2], by=3)\nprint(x)\n",
            evidence=proof_json(
                SCALE, Effect.WARN, "DeprecationWarning", "factor is now called by", 2, 1
            ),
            producer=Producer.EVOLVED,
            split="test",
            works_on_old=True,
        ),
        make_pair(
            id="aaaaaaaaaaaaaaaaaaa3",
            kind=ChangeKind.DEFAULT_CHANGED,
            effect=Effect.DRIFT,
            old_api="toy.stats.mean",
            new_api="toy.stats.mean",
            parameter="axis",
            update_info=f"Pass `axis=0`. {hostile}",
            old_code=f"import toy\n# {hostile}\nm = toy.stats.mean([[1, 2]])\n",
            new_code=f"import toy\n# {hostile}\nm = toy.stats.mean([[1, 2]], axis=0)\n",
            evidence=proof_json(MEAN, Effect.DRIFT, "", f"m is another value {hostile}", None, 1),
            source_file=f"docs/{hostile}.rst",
        ),
    ]


def toy_drops() -> list[Dropped]:
    """Three drops of two reasons."""
    candidates = [
        make_candidate(old_code=f"import toy\nx = toy.load({n})\n", change=LOAD) for n in range(3)
    ]
    return [
        Dropped(candidates[0], DropReason.RESULTS_DIFFER, "x: 1 is not 2"),
        Dropped(candidates[1], DropReason.RESULTS_DIFFER, "x: 1 is not 3"),
        Dropped(candidates[2], DropReason.NONDETERMINISTIC, "two runs differ in x"),
    ]


def write_built(
    folder: Path,
    pairs: Sequence[MigrationPair],
    changes: Sequence[ApiChange] = CHANGES,
    dropped: Iterable[Dropped] = (),
) -> Path:
    """Write a dataset folder of the steps that the pairs name; STEP where there are none."""
    drops = list(dropped)
    steps = {_step(pair): None for pair in pairs} or {STEP: None}
    results = []
    for number, step in enumerate(steps):
        outcomes: list[Outcome] = [
            Verified(make_candidate(pair.old_code, pair.new_code), pair)
            for pair in pairs
            if _step(pair) == step
        ]
        if number == 0:
            outcomes += drops
        results.append(step_result(step, outcomes, changes))
    first = next(iter(steps))
    write_dataset(folder, results, pairs, [(first, drop) for drop in drops], {"verify": 1.0})
    return folder


def step_result(
    step: VersionStep, outcomes: Sequence[Outcome], changes: Sequence[ApiChange] = CHANGES
) -> StepResult:
    """A step that gave these outcomes."""
    return StepResult(_context(step), tuple(changes), 40, 41, 40, tuple(outcomes))


def write_toy_dataset(folder: Path) -> Path:
    """Three pairs, four changes, three drops."""
    return write_built(folder, toy_pairs(), dropped=toy_drops())


def _step(pair: MigrationPair) -> VersionStep:
    return VersionStep(pair.dependency, pair.old_version, pair.new_version)


def _context(step: VersionStep) -> StepContext:
    old, new = (
        Release(step.library, version, (step.library,), "2024-01-01", None, "MIT", None, None)
        for version in (step.old, step.new)
    )
    environments = [
        Environment("k", "/python", "/environment", "3.11.7", (release.pin,))
        for release in (old, new)
    ]
    return StepContext(step, old, new, environments[0], environments[1])
