"""Find rows that overlap with a benchmark, and say with which task and how much.

A row is contaminated where it holds most of a benchmark's function (see `shingles.py`), or shares a
run of words with a benchmark's text. What many tasks of a benchmark share is its boilerplate and
says nothing; a one-line function that many rows have is an idiom and says nothing either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recode_data.curate.benchmarks import Benchmark, codes_in
from recode_data.curate.shingles import SHINGLE_TOKENS, Unit, ngrams, units_of, windows
from recode_data.records import JsonValue, MigrationPair

CODE_OVERLAP = 0.6
"""Share of a function's shingles that a row must have: measured by benchmarks/decontamination.py."""
LEAST_SHINGLES = 8
"""Of a function that is long enough for several; with fewer left after boilerplate it is not used."""
BOILERPLATE_TEXTS = 5
"""A shingle or n-gram in more different texts of one benchmark than this is its boilerplate."""
IDIOM_ROWS = 3
"""A short function that more rows have is an idiom."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a row shares with a benchmark; `how` is for people."""

    row: str
    benchmark: str
    task: str
    how: str
    share: float
    """Of the benchmark's function; 1 for text."""


@dataclass(frozen=True, slots=True)
class _Function:
    """A benchmark's unit, as it is looked up."""

    benchmark: str
    task: str
    size: int
    shingles: frozenset[str]
    is_short: bool


class BenchmarkIndex:
    """Shingles of benchmarks, for looking rows up."""

    def __init__(self, benchmarks: Iterable[Benchmark]) -> None:
        self._functions: list[_Function] = []
        self._by_shingle: dict[str, list[int]] = defaultdict(list)
        self._by_ngram: dict[str, tuple[str, str]] = {}
        for benchmark in benchmarks:
            self._add(benchmark)
        self._sizes = sorted({item.size for item in self._functions})

    def _add(self, benchmark: Benchmark) -> None:
        units: dict[Unit, str] = {}
        grams: dict[str, str] = {}
        unit_counts, gram_counts = Counter[str](), Counter[str]()
        for text, task in _first_tasks(benchmark).items():
            found = list(dict.fromkeys(unit for code in codes_in(text) for unit in units_of(code)))
            unit_counts.update({shingle for unit in found for shingle in unit.shingles()})
            for unit in found:
                units.setdefault(unit, task)
            own = set(ngrams(text))
            gram_counts.update(own)
            for gram in own:
                grams.setdefault(gram, task)
        for unit, task in units.items():
            shingles = frozenset(
                item for item in unit.shingles() if unit_counts[item] <= BOILERPLATE_TEXTS
            )
            if len(shingles) >= (1 if unit.is_short else LEAST_SHINGLES):
                size = len(unit.tokens) if unit.is_short else SHINGLE_TOKENS
                for shingle in shingles:
                    self._by_shingle[shingle].append(len(self._functions))
                self._functions.append(
                    _Function(benchmark.name, task, size, shingles, unit.is_short)
                )
        for gram, task in grams.items():
            if gram_counts[gram] <= BOILERPLATE_TEXTS:
                self._by_ngram.setdefault(gram, (benchmark.name, task))

    def overlaps(self, row: str, codes: Iterable[str], texts: Iterable[str]) -> list[Overlap]:
        """Every function or text that a row has most of, largest share first; `row` is its id."""
        found = [overlap for overlap, _ in self.code_overlaps(row, codes)]
        return sorted([*found, *self.text_overlaps(row, texts)], key=lambda item: -item.share)

    def code_overlaps(self, row: str, codes: Iterable[str]) -> list[tuple[Overlap, int | None]]:
        """Functions of which a row has most; with each, its number where it is a short one."""
        seen: set[str] = set()
        for code in codes:
            for unit in units_of(code):
                for size in self._sizes:
                    seen.update(
                        item for item in windows(unit.tokens, size) if item in self._by_shingle
                    )
        hits = Counter(number for shingle in seen for number in self._by_shingle[shingle])
        found: list[tuple[Overlap, int | None]] = []
        for number, shared in sorted(hits.items()):
            function = self._functions[number]
            share = shared / len(function.shingles)
            if share >= CODE_OVERLAP:
                overlap = Overlap(row, function.benchmark, function.task, "code", round(share, 3))
                found.append((overlap, number if function.is_short else None))
        return found

    def text_overlaps(self, row: str, texts: Iterable[str]) -> list[Overlap]:
        """The first run of words that each benchmark task shares with a row."""
        tasks = {
            self._by_ngram[gram]: None
            for text in texts
            for gram in ngrams(text)
            if gram in self._by_ngram
        }
        return [Overlap(row, benchmark, task, "text", 1.0) for benchmark, task in tasks]


def _first_tasks(benchmark: Benchmark) -> dict[str, str]:
    """Every different text with the first task that has it: tasks of one update share texts."""
    found: dict[str, str] = {}
    for task in benchmark.tasks:
        for text in task.texts:
            found.setdefault(text, task.name)
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """What of a row is looked at; `row` is its id."""

    row: str
    codes: tuple[str, ...]
    prose: tuple[str, ...]


def find_contaminated(
    pairs: Sequence[MigrationPair], benchmarks: Sequence[Benchmark]
) -> dict[str, Overlap]:
    """Row id → its largest overlap, for rows that overlap with a benchmark."""
    texts = (
        Texts(pair.id, (pair.old_code, pair.new_code), (pair.update_info, pair.description))
        for pair in pairs
    )
    return find_overlapping(texts, benchmarks)


def find_overlapping(rows: Iterable[Texts], benchmarks: Sequence[Benchmark]) -> dict[str, Overlap]:
    """As `find_contaminated`, for rows of any schema."""
    if not benchmarks:
        return {}
    index = BenchmarkIndex(benchmarks)
    found: dict[str, list[tuple[Overlap, int | None]]] = {}
    rows_with = Counter[int]()
    for row in rows:
        hits = index.code_overlaps(row.row, row.codes)
        rows_with.update(number for _, number in hits if number is not None)
        said = index.text_overlaps(row.row, (*row.codes, *row.prose))
        found[row.row] = [*hits, *((item, None) for item in said)]
    contaminated = {}
    for name, hits in found.items():
        telling = [
            item for item, number in hits if number is None or rows_with[number] <= IDIOM_ROWS
        ]
        if telling:
            contaminated[name] = max(telling, key=lambda item: item.share)
    return contaminated


def decontamination_entry(
    checked: int, benchmarks: Sequence[Benchmark], found: dict[str, Overlap]
) -> dict[str, JsonValue]:
    """What the manifest says: the files with their hashes, and every removed row."""
    removed = [found[row] for row in sorted(found)]
    return {
        "checked": checked,
        "references": [
            {
                "name": item.name,
                "sha256": item.sha256,
                "tasks": len(item.tasks),
                "removed": sum(overlap.benchmark == item.name for overlap in removed),
            }
            for item in benchmarks
        ],
        "removed": [
            {
                "row": item.row,
                "reference": item.benchmark,
                "task": item.task,
                "how": item.how,
                "share": item.share,
            }
            for item in removed
        ],
    }
