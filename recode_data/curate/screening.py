"""What keeps a proved pair from being published although it is new: its licence, a benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Indel

from recode_data.curate.benchmarks import read_benchmark
from recode_data.curate.decontaminate import decontamination_entry, find_contaminated
from recode_data.curate.deduplicate import NEAR_DUPLICATE_SIMILARITY, TokenAlphabet
from recode_data.curate.licences import is_permissive
from recode_data.records import BuildOptions, DropReason, JsonValue, MigrationPair


@dataclass(frozen=True, slots=True)
class Screened:
    """Ids of pairs that are not published, each with why; and what the manifest says of it."""

    reasons: Mapping[str, tuple[DropReason, str]]
    entry: Mapping[str, JsonValue]


def screen(pairs: Sequence[MigrationPair], options: BuildOptions) -> Screened:
    """Look at all pairs of a build at once: what many rows share is an idiom, not a leak.

    Raises:
        MalformedInputError: a benchmark file cannot be read.
    """
    reasons: dict[str, tuple[DropReason, str]] = {}
    if options.licence:
        for pair in pairs:
            if not is_permissive(pair.licence):
                reasons[pair.id] = (DropReason.LICENCE, pair.licence or "the release says nothing")
    left = [pair for pair in pairs if pair.id not in reasons]
    benchmarks = [read_benchmark(Path(file.path)) for file in options.decontaminate]
    found = find_contaminated(left, benchmarks)
    for row, overlap in found.items():
        detail = f"{overlap.how} of {overlap.task} in {overlap.benchmark}, share {overlap.share}"
        reasons[row] = (DropReason.CONTAMINATED, detail)
    entry: dict[str, JsonValue] = {"command_options": command_options(options)}
    if benchmarks:
        entry["decontamination"] = decontamination_entry(len(left), benchmarks, found)
    if options.licence:
        entry["licences"] = {"only": options.licence}
    return Screened(reasons, entry)


def command_options(options: BuildOptions) -> list[JsonValue]:
    """Options that give the same build again, without folders of this machine."""
    words: list[JsonValue] = [f"--producer {item.value}" for item in options.producers]
    if options.limit is not None:
        words.append(f"--limit {options.limit}")
    if options.since is not None:
        words.append(f"--since {options.since}")
    if options.split_by != "change":
        words.append(f"--split-by {options.split_by}")
    if options.licence:
        words.append(f"--licence {options.licence}")
    words += [f"--decontaminate {file.name}" for file in options.decontaminate]
    return words


def trained_on(pairs: Iterable[MigrationPair]) -> dict[str, str]:
    """Rows outside `train` that are nearly a row of it, by id, with that row's id.

    Pairs of one library are compared, as in the audit: two libraries share no API.
    """
    alphabet = TokenAlphabet()
    train: dict[str, dict[str, str]] = {}
    others: list[MigrationPair] = []
    for pair in pairs:
        if pair.split == "train":
            written = alphabet.write_pair(pair.old_code, pair.new_code)
            train.setdefault(pair.dependency, {})[pair.id] = written
        else:
            others.append(pair)
    found = {}
    for pair in others:
        hit = process.extractOne(
            alphabet.write_pair(pair.old_code, pair.new_code),
            train.get(pair.dependency, {}),
            scorer=Indel.normalized_similarity,
            score_cutoff=NEAR_DUPLICATE_SIMILARITY,
        )
        if hit is not None:
            found[pair.id] = str(hit[2])
    return found
