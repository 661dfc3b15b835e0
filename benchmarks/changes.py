"""How many of the publicly known API changes the miner finds, and how much it makes up.

Usage: RECODE_SHARED=DIR python benchmarks/changes.py [--library NAME]… [--limit N] [--times]

Reads DIR/groundtruth/public.jsonl, mines each of its version steps (downloads, environments and
surfaces are cached: RECODE_CACHE), and prints recall by library and kind, how often the listed
replacement is proposed first or among the first three, precision (changes drawn at random and
checked by using both versions), and times against griffe on the same releases in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.change_measures.checker import Checked, Truth, check, is_private, sandboxed
from benchmarks.change_measures.times import Times, measure
from benchmarks.change_measures.truth import (
    Found,
    KnownChange,
    Score,
    by_step,
    look_up,
    read_known_changes,
    score,
)
from recode_data.errors import RecodeError
from recode_data.records import ApiChange, VersionStep
from recode_data.sandbox import SandboxPool
from recode_data.step_changes import StepChanges, read_context, step_changes
from recode_data.workspace import Workspace

DRAWN = 200
SEED = 7


@dataclass(frozen=True, slots=True)
class Result:
    """One version step."""

    step: VersionStep
    found: tuple[Found, ...]
    drawn: tuple[Checked, ...]
    times: Times | None
    seconds: float


def main() -> int:
    """Print the tables; exit code 1 when a library could not be measured."""
    options = _options()
    steps = by_step(read_known_changes(options.truth))
    if options.library:
        wanted = {name.lower() for name in options.library}
        steps = {step: rows for step, rows in steps.items() if step.library.lower() in wanted}
    workspace = Workspace.default()
    results: list[Result] = []
    failures: list[tuple[VersionStep, str]] = []
    share = -(-options.draw // max(1, min(len(steps), options.limit or len(steps))))
    for step, rows in list(steps.items())[: options.limit]:
        print(f"{step} …", file=sys.stderr, flush=True)
        try:
            results.append(_measure(step, rows, workspace, share, options))
        except (RecodeError, RuntimeError, OSError) as error:
            failures.append((step, f"{type(error).__name__}: {error}"))
        except Exception as error:  # noqa: BLE001 - one library must not hide the others
            traceback.print_exc()
            failures.append((step, f"{type(error).__name__}: {error}"))
    _print_recall(results)
    _print_replacements(results)
    _print_precision([checked for result in results for checked in result.drawn])
    _print_times(results)
    for step, why in failures:
        print(f"not measured: {step}: {why}")
    if options.out:
        _write(options.out, results)
    return int(bool(failures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--truth", type=Path, help="another file of known changes")
    parser.add_argument("--library", action="append", help="only this one (repeatable)")
    parser.add_argument("--limit", type=int, help="at most so many version steps")
    parser.add_argument("--draw", type=int, default=DRAWN, help="changes to check (0: none)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-times", action="store_true", help="leave the comparison of times out")
    parser.add_argument("--missed", action="store_true", help="list the rows that were not found")
    parser.add_argument("--out", type=Path, help="write every row and check as JSON lines")
    options = parser.parse_args()
    if options.truth is None:
        shared = os.environ.get("RECODE_SHARED")
        if not shared:
            parser.error("RECODE_SHARED is not set: no file of known changes (or pass --truth)")
        options.truth = Path(shared, "groundtruth", "public.jsonl")
    return options


def _measure(
    step: VersionStep,
    rows: Sequence[KnownChange],
    workspace: Workspace,
    share: int,
    options: argparse.Namespace,
) -> Result:
    context = read_context(step, workspace)
    started = time.monotonic()
    with SandboxPool(size=2) as sandboxes:
        mined = step_changes(context, workspace, sandboxes)
        seconds = time.monotonic() - started
        found = look_up(rows, mined.changes, mined.new)
        drawn = _check(mined, sandboxes, share, options.seed)
    if options.missed:
        for item in found:
            _print_miss(item)
    times = None if options.no_times else measure(context, workspace)
    return Result(step, tuple(found), tuple(drawn), times, seconds)


def _check(mined: StepChanges, sandboxes: SandboxPool, share: int, seed: int) -> list[Checked]:
    """Draw changes that users could meet, and check each in both versions."""
    shown = [change for change in mined.changes if not is_private(change.old_api)]
    chance = random.Random(f"{seed} {mined.context.step}")
    drawn = chance.sample(shown, min(share, len(shown)))
    old, new = mined.context.old_environment, mined.context.new_environment
    return check(drawn, sandboxed(old, sandboxes), sandboxed(new, sandboxes))


def _print_miss(item: Found) -> None:
    row = item.row
    name = f"{row.old_api}({row.parameter})" if row.parameter else row.old_api
    if not item.changes:
        print(f"missed: {row.kind} {name}")
    elif row.new_api and (item.rank is None or item.rank > 1):
        best = item.changes[0].replacements[:3]
        offered = ", ".join(f"{one.new_api}{_argument(one.new_parameter)}" for one in best)
        wanted = f"{row.new_api}{_argument(row.new_parameter)}"
        print(f"replacement {item.rank}: {row.kind} {name}: wanted {wanted}, got {offered or '-'}")


def _argument(name: str | None) -> str:
    return f"({name}=)" if name else ""


# --- tables ---------------------------------------------------------------------------------------


def _print_recall(results: Sequence[Result]) -> None:
    scores = [(result, score(result.found)) for result in results]
    kinds = sorted({kind for _, one in scores for kind in one.kinds})
    print("\nrecall of known changes")
    print("library".ljust(16), "all".rjust(14), *(kind[:15].rjust(16) for kind in kinds))
    for result, one in scores:
        cells = [_share(*one.kinds[kind]) if kind in one.kinds else "" for kind in kinds]
        print(
            result.step.library.ljust(16),
            _share(one.found, one.rows).rjust(14),
            *(cell.rjust(16) for cell in cells),
        )
    found, rows = Counter[str](), Counter[str]()
    for _, one in scores:
        for kind, (hits, count) in one.kinds.items():
            found[kind] += hits
            rows[kind] += count
    print(
        "all rows".ljust(16),
        _share(found.total(), rows.total()).rjust(14),
        *(_share(found[kind], rows[kind]).rjust(16) for kind in kinds),
    )
    shares = [one.found / one.rows for _, one in scores if one.rows]
    print(f"mean over libraries {_mean(shares)}, lowest {min(shares, default=0):.1%}")


def _print_replacements(results: Sequence[Result]) -> None:
    print("\nlisted replacement proposed")
    total = Counter[str]()
    for result in results:
        one: Score = score(result.found)
        total.update(n=one.replaced, top1=one.top1, top3=one.top3)
        if one.replaced:
            print(
                f"{result.step.library:16} first {_share(one.top1, one.replaced):>14}"
                f"   first three {_share(one.top3, one.replaced):>14}"
            )
    print(
        f"{'all rows':16} first {_share(total['top1'], total['n']):>14}"
        f"   first three {_share(total['top3'], total['n']):>14}"
    )


def _print_precision(drawn: Sequence[Checked]) -> None:
    if not drawn:
        return
    print("\nprecision of reported changes, drawn at random")
    by_kind: dict[str, Counter[Truth]] = {}
    for item in drawn:
        by_kind.setdefault(item.change.kind.value, Counter())[item.truth] += 1
    for kind, counts in [*sorted(by_kind.items()), ("all", Counter(one.truth for one in drawn))]:
        decided = counts[Truth.TRUE] + counts[Truth.FALSE]
        print(
            f"{kind:26} true {_share(counts[Truth.TRUE], decided):>16}"
            f"   undecided {counts[Truth.UNDECIDED]}"
        )
    for item in drawn:
        if item.truth is not Truth.TRUE:
            print(f"  {item.truth.value}: {_in_words(item.change)}: {item.why[:200]}")


def _print_times(results: Sequence[Result]) -> None:
    timed = [(result.step.library, result.times) for result in results if result.times]
    if not timed:
        return
    print("\nseconds (and multiples of griffe); peak memory in MB")
    columns = ("griffe", "static cold", "whole cold", "whole warm", "warm, started")
    print("library".ljust(16), *(name.rjust(18) for name in columns), "peak".rjust(8))
    for library, times in timed:
        parts = (times.static_cold, times.whole_cold, times.whole_warm, times.warm)
        cells = [
            f"{part.seconds:.2f} ({part.seconds / times.griffe.seconds:.2f}x)" for part in parts
        ]
        peak = max(part.peak_mb for part in parts)
        print(
            library.ljust(16),
            f"{times.griffe.seconds:.2f}".rjust(18),
            *(cell.rjust(18) for cell in cells),
            f"{peak:.0f}".rjust(8),
        )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / whole:.1%}" if whole else "-"


def _mean(shares: Iterable[float]) -> str:
    values = list(shares)
    return f"{sum(values) / len(values):.1%}" if values else "-"


def _in_words(change: ApiChange) -> str:
    name = f"{change.old_api}({change.parameter})" if change.parameter else change.old_api
    return f"{change.kind.value} {name}" + (f" -> {change.new_api}" if change.new_api else "")


def _write(path: Path, results: Sequence[Result]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for result in results:
            for item in result.found:
                line = {
                    "step": str(result.step),
                    "kind": item.row.kind,
                    "old_api": item.row.old_api,
                    "parameter": item.row.parameter,
                    "found": sorted({change.kind.value for change in item.changes}),
                    "rank": item.rank,
                }
                file.write(json.dumps(line) + "\n")
            for checked in result.drawn:
                line = {
                    "step": str(result.step),
                    "change": checked.change.key,
                    "truth": checked.truth.value,
                    "why": checked.why,
                }
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
