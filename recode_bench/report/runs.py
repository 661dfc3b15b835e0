"""Read the folders that `recode-bench eval` writes, as far as a report needs them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.errors import MalformedInputError, UsageError
from recode_data.records import JsonValue

PASSED, FAILED, UNSCORED = "passed", "failed", "unscored"


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion of one problem, as `outcomes.jsonl` has it."""

    task_id: str
    sample: int
    verdict: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Run:
    """One model on one task."""

    label: str
    """Of the model; other than that of every other run of the report on the same task."""
    task: str
    """As it was given, e.g. `pairs:DIR`."""
    model: str
    results: Mapping[str, JsonValue]
    """All of `results.json`."""
    samples: tuple[Sample, ...]

    def by_problem(self) -> dict[str, list[Sample]]:
        """Samples by problem, in the order of the problems' first lines."""
        found: dict[str, list[Sample]] = {}
        for sample in self.samples:
            found.setdefault(sample.task_id, []).append(sample)
        return found


def read_runs(folders: Sequence[Path]) -> list[Run]:
    """The runs, in the order given.

    Raises:
        UsageError: no folder was named, or one is not a folder of a finished run.
        MalformedInputError: a file of a run cannot be read.
    """
    if not folders:
        raise UsageError("name at least one folder that `recode-bench eval … --out RUN` wrote")
    results = [_results(folder) for folder in folders]
    labels = _labels(folders, results)
    return [
        Run(
            label=label,
            task=str(result.get("task") or "unknown task"),
            model=str(result.get("model") or "unknown model"),
            results=result,
            samples=tuple(_samples(folder / "outcomes.jsonl")),
        )
        for folder, result, label in zip(folders, results, labels, strict=True)
    ]


def by_task(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Runs by task: only those of one task can be compared."""
    found: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        found[run.task].append(run)
    return dict(found)


def _results(folder: Path) -> dict[str, JsonValue]:
    file = folder / "results.json"
    if not file.is_file():
        raise UsageError(
            f"{folder} has no results.json; give (or repeat) `recode-bench eval … --out {folder}`"
        )
    try:
        results = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MalformedInputError(f"{file} cannot be read: {error}") from error
    if not isinstance(results, dict):
        raise MalformedInputError(f"{file} is not what `recode-bench eval` writes")
    return results


def _labels(folders: Sequence[Path], results: Sequence[Mapping[str, JsonValue]]) -> list[str]:
    """Model names; with the folder's, where two runs of a task have the same model."""
    named = [(str(result.get("task")), str(result.get("model"))) for result in results]
    counts = Counter(named)
    turns: Counter[str] = Counter()
    labels = []
    for folder, (task, model) in zip(folders, named, strict=True):
        label = model if counts[task, model] == 1 else f"{model} ({folder.resolve().name})"
        turns[f"{task}\0{label}"] += 1
        turn = turns[f"{task}\0{label}"]
        labels.append(label if turn == 1 else f"{label} {turn}")
    return labels


def _samples(file: Path) -> Iterator[Sample]:
    """Lines of the file; the last one is left out where the run was stopped within it."""
    if not file.is_file():
        return
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield Sample(
                task_id=str(row["task_id"]),
                sample=int(row.get("sample") or 0),
                verdict=str(row["verdict"]),
                reason=str(row.get("reason") or ""),
                detail=str(row.get("detail") or ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if number == len(lines):
                return
            raise MalformedInputError(f"{file}, line {number}: {error!r}") from error
