"""Candidate in, proof or drop out: the only place where a pair is admitted.

Runs both codes in both versions, each twice under another hash seed and what must succeed once more, and decides as laid down in
docs/proof.md: old code succeeds on the old version and breaks, warns or drifts on the new one, at
the changed call; new code succeeds on the new version without the warning and with the same
observations.
"""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from recode_data.records import (
    ApiChange,
    Candidate,
    Dropped,
    DropReason,
    Effect,
    Environment,
    JsonValue,
    Producer,
    Proof,
)
from recode_data.rewrites.members import changes_member
from recode_data.sandbox import JobStatus, Leading, Limits, SandboxPool
from recode_data.verify.blame import is_about_another, is_import_of
from recode_data.verify.compare import differences, is_informative, is_telling, results_only
from recode_data.verify.hidden_inputs import (
    LONGEST_CPU_SECONDS,
    TRIED_TOGETHER,
    WANTED,
    HiddenCheck,
    Substitutions,
    first_unlike,
    variants_of,
    which_hold,
    which_tell,
)
from recode_data.verify.influence import Influence, influence_of, without_touching
from recode_data.verify.network import needs_network
from recode_data.verify.observed import (
    DRIVER,
    SETUP,
    Observed,
    RaisedError,
    SeenWarning,
    parse_observed,
)
from recode_data.verify.preload import NO_PRELOAD, Preload

SNIPPET_LIMITS = Limits(cpu_seconds=10.0, wall_seconds=60.0)
"""Documentation examples take milliseconds; ten CPU seconds mark the few that are benchmarks."""

HASH_SEEDS = (0, 1)
"""Two runs, two seeds: what depends on set order or addresses differs between them."""

Refused: TypeAlias = "Callable[[Candidate, Proof], str | None]"
"""Why a candidate is no row, whatever else is proved of it; None where it may be one."""

UNSTABLE = "differs between two runs: hash seed, addresses, unset memory, clock or random numbers"
"""No word on which run and what: that differs from build to build as well."""

WAITS = 10
"""Seconds by the clock for one of CPU, from which on a program waits."""
_CACHE_RUNS = 500

_STATUS_REASONS = {
    JobStatus.TIMEOUT: DropReason.TIMED_OUT,
    JobStatus.OUT_OF_MEMORY: DropReason.OUT_OF_MEMORY,
    JobStatus.OUTPUT_LIMIT: DropReason.CRASHED,
    JobStatus.CRASH: DropReason.CRASHED,
    JobStatus.SANDBOX_FAILED: DropReason.SANDBOX_FAILED,
}


@dataclass(frozen=True, slots=True)
class Proved:
    """A candidate that holds, with what it showed."""

    candidate: Candidate
    proof: Proof
    expected: Observed
    """Observations of old_code on the old version, reduced to what depends on the change."""
    allowed_warnings: tuple[SeenWarning, ...]
    """Deprecations that the old code had issued on the old version already."""
    works_on_old: bool
    hidden: tuple[HiddenCheck, ...] = ()
    """What is shown for other inputs."""


def observe(
    code: str,
    environment: Environment,
    sandboxes: SandboxPool,
    *,
    imports: tuple[str, ...] = (),
    hash_seed: int = 0,
    limits: Limits = SNIPPET_LIMITS,
    variants: tuple[Substitutions, ...] = (),
    receivers: bool = False,
    leading: Leading = (),
) -> Observed:
    """Run a snippet in the sandbox and return what it did; never raises for what the code does.

    Once it has succeeded, it runs again for each of `variants`, with literals replaced. With
    `receivers` it is also told what attributes were read from. `leading` is as of `Sandbox.run`.
    """
    payload: dict[str, JsonValue] = {"code": code, "receivers": receivers}
    if variants:
        payload["variants"] = [[list(pair) for pair in variant] for variant in variants]
    result = sandboxes.run(
        environment,
        DRIVER,
        payload,
        setup=SETUP,
        imports=imports,
        hash_seed=hash_seed,
        limits=limits,
        leading=leading,
    )
    return parse_observed(result)


class Verifier:
    """Proves candidates of one version step; remembers runs, since candidates share snippets."""

    def __init__(
        self,
        old: Environment,
        new: Environment,
        sandboxes: SandboxPool,
        *,
        imports: tuple[str, ...] = (),
        preload: Preload = NO_PRELOAD,
        limits: Limits = SNIPPET_LIMITS,
        patience: float | None = None,
    ) -> None:
        """`imports` are there for every snippet, and what `preload` says.

        Old code that takes more than `patience` seconds of CPU is not followed further, nor what waits
        for many times as long.
        """
        self.old, self.new = old, new
        self.sandboxes = sandboxes
        self._imports, self._preload = imports, preload
        self._limits = limits
        self._patience = patience
        self._runs: OrderedDict[tuple[str, str, int], Observed] = OrderedDict()

    def on_old(self, code: str, hash_seed: int = HASH_SEEDS[0]) -> Observed:
        """The snippet under the old version."""
        return self._run(code, self.old, hash_seed)

    def on_new(self, code: str, hash_seed: int = HASH_SEEDS[0]) -> Observed:
        """The snippet under the new version."""
        return self._run(code, self.new, hash_seed)

    def _run(self, code: str, environment: Environment, hash_seed: int) -> Observed:
        key = (environment.key, code, hash_seed)
        if key in self._runs:
            self._runs.move_to_end(key)
            return self._runs[key]
        observed = self._observe(code, environment, hash_seed)
        self._remember(code, environment, hash_seed, observed)
        return observed

    def _remember(
        self, code: str, environment: Environment, hash_seed: int, observed: Observed
    ) -> None:
        self._runs[(environment.key, code, hash_seed)] = observed
        if len(self._runs) > _CACHE_RUNS:
            self._runs.popitem(last=False)

    def _observe(
        self, code: str, environment: Environment, hash_seed: int, *, is_bare: bool = False
    ) -> Observed:
        return observe(
            code,
            environment,
            self.sandboxes,
            imports=self._imports_for(code, environment, is_bare=is_bare),
            hash_seed=hash_seed,
            limits=self._limits,
            receivers=environment is self.old and hash_seed == HASH_SEEDS[0],
            leading=() if is_bare else self._preload.leading(code),
        )

    def _imports_for(
        self, code: str, environment: Environment, *, is_bare: bool = False
    ) -> tuple[str, ...]:
        preload = replace(self._preload, others=()) if is_bare else self._preload
        return tuple(dict.fromkeys((*self._imports, *preload.modules_for(code, environment))))

    def verify(
        self,
        candidate: Candidate,
        *,
        with_hidden: bool = True,
        refused: Refused | None = None,
    ) -> Proved | Dropped:
        """Admit the candidate, or say why not; the order of checks is the order of cheapness.

        Args:
            candidate: what to prove.
            with_hidden: whether to look for hidden inputs too.
            refused: why not to go on, once it is known what the new version does to the old code.
        """

        def drop(reason: DropReason, detail: str = "") -> Dropped:
            return Dropped(candidate, reason, detail)

        if candidate.producer is Producer.CONTROL:
            return self._verify_control(candidate)
        try:
            influence = influence_of(candidate.old_code, *_changes_of(candidate))
            ast.parse(candidate.new_code)
        except (SyntaxError, ValueError, RecursionError) as error:
            return drop(DropReason.UNPARSABLE, str(error))
        if not influence.touches:
            return drop(DropReason.NOT_AT_THE_CHANGE, "old code does not use the changed API")

        base = self.on_old(candidate.old_code)
        if not base.succeeded:
            return drop(*failure_on_old(candidate.old_code, base))
        if self._takes_long(candidate.old_code, base):
            return drop(
                DropReason.TIMED_OUT, f"over {self._patience:g} s, and a proof is many runs"
            )
        if any(is_read_from_others(base, change) for change in _changes_of(candidate)):
            return drop(DropReason.NOT_AT_THE_CHANGE, "it is the same name on another class")
        broken = self.on_new(candidate.old_code)
        if broken.status is not JobStatus.DONE:
            return drop(*failure_of(broken, DropReason.CRASHED))
        proof = effect_between(base, broken, influence)
        if proof is DropReason.NOT_AT_THE_CHANGE:
            proof = _failed_import(broken, candidate) or proof
        if isinstance(proof, Proof) and _is_elsewhere(proof, candidate):
            proof = DropReason.NOT_AT_THE_CHANGE
        if isinstance(proof, DropReason):
            return drop(proof, _why_no_effect(proof, broken, candidate.change))
        why = refused(candidate, proof) if refused is not None else None
        if why is not None:
            return drop(DropReason.UNEXPLAINED, why)
        fixed = self.on_new(candidate.new_code)
        if not fixed.succeeded:
            return drop(*failure_of(fixed, DropReason.NEW_FAILS_ON_NEW))
        fresh = new_deprecations(base, fixed)
        if fresh:
            return drop(DropReason.NEW_WARNS_ON_NEW, f"{fresh[0].category}: {fresh[0].message}")
        found = next(differences(base, fixed), None)
        if found is not None:
            if self._is_unstable(candidate, base, broken, fixed):
                return drop(DropReason.NONDETERMINISTIC, UNSTABLE)
            return drop(DropReason.RESULTS_DIFFER, found)
        expected = reduce_to_influenced(base, influence)
        observed = count_informative(expected, influence)
        if observed == 0:
            return drop(DropReason.UNOBSERVABLE, "no value that depends on the change is observed")
        hidden = self._hidden(candidate, base, influence) if with_hidden else ()
        if self._is_unstable(candidate, base, broken, fixed):
            return drop(DropReason.NONDETERMINISTIC, UNSTABLE)
        if self._shows_the_same_without(candidate.old_code, base, influence):
            return drop(DropReason.UNOBSERVABLE, "the same is observed without the changed calls")
        unlike = self._unlike_once_more(candidate, base, fixed)
        if unlike is not None:
            return drop(*unlike)
        if isinstance(hidden, str):
            return drop(DropReason.RESULTS_DIFFER, hidden)
        return Proved(
            candidate,
            replace(proof, observed=observed),
            expected,
            base.deprecations,
            self._works_on_old(candidate.new_code, base),
            hidden,
        )

    def _verify_control(self, candidate: Candidate) -> Proved | Dropped:
        """Admit code that shows the same on both versions, without a new warning."""
        code = candidate.old_code
        base = self.on_old(code)
        if not base.succeeded:
            return Dropped(candidate, *failure_on_old(code, base))
        if self._takes_long(code, base):
            return Dropped(candidate, DropReason.TIMED_OUT, self._over())
        later = self.on_new(code)
        if not later.succeeded:
            return Dropped(candidate, *failure_of(later, DropReason.NEW_FAILS_ON_NEW))
        known = {warning.key for warning in base.warnings}
        # of any kind: pydantic tells what has moved by a plain UserWarning
        fresh = [warning for warning in later.warnings if warning.key not in known]
        if fresh:
            detail = f"{fresh[0].category}: {fresh[0].message}"
            return Dropped(candidate, DropReason.NEW_WARNS_ON_NEW, detail)
        found = next(differences(base, later), None)
        if found is not None:
            if self._is_unstable(candidate, base, later, later):
                return Dropped(candidate, DropReason.NONDETERMINISTIC, UNSTABLE)
            return Dropped(candidate, DropReason.RESULTS_DIFFER, found)
        seen = [value for _, value in base.names] + _shown_values(base.events)
        observed = sum(map(is_informative, seen))
        if observed == 0:
            return Dropped(candidate, DropReason.UNOBSERVABLE, "no value is observed")
        if self._is_unstable(candidate, base, later, later):
            return Dropped(candidate, DropReason.NONDETERMINISTIC, UNSTABLE)
        unlike = self._unlike_once_more(candidate, base, later)
        if unlike is not None:
            return Dropped(candidate, *unlike)
        proof = Proof(Effect.NONE, None, None, "", None, observed)
        return Proved(candidate, proof, base, base.deprecations, works_on_old=True)

    def _hidden(
        self, candidate: Candidate, base: Observed, influence: Influence
    ) -> tuple[HiddenCheck, ...] | str:
        """Other inputs on which old code on old and new code on new agree; or how they differ, where
        they do on more inputs than they agree on.

        The two codes run under different hash seeds: what depends on the order of a set differs. A job
        runs the shown input first; with that, the second run of old code is done.
        """
        if base.cpu_seconds > LONGEST_CPU_SECONDS:
            return ()
        known = frozenset(warning.key for warning in base.deprecations)
        visible = reduce_to_influenced(base, influence)

        def run(
            code: str, environment: Environment, hash_seed: int, variants: Sequence[Substitutions]
        ) -> tuple[Observed, ...]:
            ran = self._run_with(code, environment, hash_seed, variants)
            return tuple(reduce_to_influenced(item, influence) for item in ran.hidden)

        found: list[HiddenCheck] = []
        unlike, how = 0, ""
        variants = variants_of(candidate.old_code, candidate.new_code)
        for start in range(0, len(variants), TRIED_TOGETHER):
            tried = variants[start : start + TRIED_TOGETHER]
            telling = which_tell(
                tried, visible, run(candidate.old_code, self.old, HASH_SEEDS[1], tried)
            )
            if start == 0 and not telling:
                break  # of 100 snippets, 13 had none there, and two of these had three behind it
            wanted = telling[: WANTED - len(found)]
            if wanted:
                literals = [check.substitutions for check in wanted]
                ran = run(candidate.new_code, self.new, HASH_SEEDS[0], literals)
                found += which_hold(wanted, ran, known)
                others, first = first_unlike(wanted, ran)
                unlike, how = unlike + others, how or first
            if len(found) >= WANTED:
                return tuple(found)
        return how if unlike > len(found) else ()

    def _run_with(
        self,
        code: str,
        environment: Environment,
        hash_seed: int,
        variants: Sequence[Substitutions],
    ) -> Observed:
        """A run, and one of each variant after it."""
        ran = observe(
            code,
            environment,
            self.sandboxes,
            imports=self._imports_for(code, environment),
            hash_seed=hash_seed,
            limits=self._limits,
            variants=tuple(variants),
            leading=self._preload.leading(code),
        )
        if ran.succeeded:
            self._remember(code, environment, hash_seed, replace(ran, hidden=()))
        return ran

    def _takes_long(self, code: str, base: Observed) -> bool:
        """Whether it took long twice: the first run of a snippet also reads from the disk what it
        imports."""
        patience = self._patience
        if patience is None or not _took_over(base, patience):
            return False
        return _took_over(self.on_old(code, HASH_SEEDS[1]), patience)

    def _over(self) -> str:
        return f"over {self._patience} s, and a proof is many runs"

    def _is_unstable(
        self, candidate: Candidate, base: Observed, broken: Observed, fixed: Observed
    ) -> bool:
        """Whether a second run of any of the three shows something else."""
        return (
            runs_differ(base, self.on_old(candidate.old_code, HASH_SEEDS[1]))
            or runs_differ(fixed, self.on_new(candidate.new_code, HASH_SEEDS[1]))
            or runs_differ(broken, self.on_new(candidate.old_code, HASH_SEEDS[1]))
        )

    def _unlike_once_more(
        self, candidate: Candidate, base: Observed, fixed: Observed
    ) -> tuple[DropReason, str] | None:
        """Why what is about to be admitted is not: a third run of what must succeed shows something
        else.

        What is random once in a few runs passes two of them by chance: of 500 rows that had, two
        failed when they were proved again. These runs import for themselves what they begin with, and
        have nothing there that the library imports of other packages: that SciPy has a module may show
        only where something else imported it, and what a module is, by what was imported before. That
        old code breaks or warns on the new version without these too is taken for granted, not
        shown: such runs are the dearest of all.
        """
        runs = ((candidate.old_code, self.old, base), (candidate.new_code, self.new, fixed))
        for code, environment, seen in runs:
            again = self._observe(code, environment, HASH_SEEDS[1], is_bare=True)
            if again.status is not JobStatus.DONE:
                return failure_of(again, DropReason.CRASHED)
            if runs_differ(seen, again) or new_deprecations(seen, again):
                return DropReason.NONDETERMINISTIC, UNSTABLE
        return None

    def _shows_the_same_without(self, code: str, base: Observed, influence: Influence) -> bool:
        """Whether the calls that changed leave no trace: `write(graph, path)` hands back nothing, and
        that `graph` is afterwards what it was proves nothing about another writer."""
        rest = without_touching(code, influence)
        if rest is None:
            return False
        observed = self.on_old(rest)
        return observed.succeeded and next(differences(base, observed), None) is None

    def _works_on_old(self, new_code: str, base: Observed) -> bool:
        observed = self.on_old(new_code)
        return observed.succeeded and next(differences(base, observed), None) is None


def is_read_from_others(observed: Observed, change: ApiChange) -> bool:
    """Whether a member that changed was read from nothing but values of other classes.

    Members are found in code by their name alone, and `DataFrame.apply` is not `Expr.apply`. Where
    nothing was seen, by `getattr` or on a module, it is left open.
    """
    if not changes_member(change):
        return False
    owner, _, name = change.old_api.rpartition(".")
    kinds = observed.receivers.get(name, ())
    return bool(kinds) and not any(owner.rpartition(".")[2] in classes for classes in kinds)


def runs_differ(first: Observed, second: Observed) -> bool:
    """Whether two runs of one code in one environment ended or showed otherwise."""
    if first.status is not second.status or (first.error is None) != (second.error is None):
        return True
    if first.error is not None and second.error is not None:
        return first.error.type_name != second.error.type_name
    return next(differences(first, second), None) is not None


def failure_of(observed: Observed, code_failed: DropReason) -> tuple[DropReason, str]:
    """Reason and detail for a run that did not succeed."""
    if observed.status is not JobStatus.DONE:
        return _STATUS_REASONS[observed.status], observed.detail
    error = observed.error
    return code_failed, f"{error.type_name}: {error.message}" if error else ""


def _took_over(observed: Observed, seconds: float) -> bool:
    """The clock counts only for what waits, or has processes of its own at work: it goes on under load."""
    return observed.cpu_seconds > seconds or observed.wall_seconds > WAITS * seconds


def failure_on_old(code: str, base: Observed) -> tuple[DropReason, str]:
    """Reason and detail where old code does not run on the old version: for want of a network, or for
    whatever else."""
    path = needs_network(code, base.error)
    if path is not None:
        return DropReason.NEEDS_NETWORK, path
    return failure_of(base, DropReason.OLD_FAILS_ON_OLD)


def new_deprecations(base: Observed, later: Observed) -> tuple[SeenWarning, ...]:
    """Deprecations of `later` that `base` did not have."""
    known = {warning.key for warning in base.deprecations}
    return tuple(warning for warning in later.deprecations if warning.key not in known)


def effect_between(base: Observed, later: Observed, influence: Influence) -> Proof | DropReason:
    """What the new version does to code that succeeded on the old one.

    Returns NOT_AT_THE_CHANGE where something happens elsewhere than at the changed call. An error
    may also surface in a later top-level statement that depends on the call: the call returned
    something else, and that statement met it.
    """
    if later.error is not None:
        error = later.error
        if error.line not in influence.touching_lines | influence.statement_lines:
            return DropReason.NOT_AT_THE_CHANGE
        return _break_by(error)
    fresh = new_deprecations(base, later)
    if fresh:
        warned = {warning.line for warning in base.deprecations}
        for warning in fresh:
            if warning.line in influence.touching_lines - warned:
                return Proof(Effect.WARN, None, warning.category, warning.message, warning.line, 0)
        return DropReason.NOT_AT_THE_CHANGE
    base, later = _results_of(base), _results_of(later)
    drifted = next(differences(reduce_to_influenced(base, influence), later), None)
    if drifted is not None:
        return Proof(Effect.DRIFT, None, None, drifted, None, 0)
    if next(differences(base, later), None) is not None:
        return DropReason.NOT_AT_THE_CHANGE
    return DropReason.NOTHING_CHANGED


def _results_of(observed: Observed) -> Observed:
    names = tuple((name, results_only(value)) for name, value in observed.names)
    return replace(observed, events=tuple(map(results_only, observed.events)), names=names)


def _break_by(error: RaisedError) -> Proof:
    return Proof(Effect.BREAK, error.type_name, None, error.message, error.line, 0)


def _failed_import(broken: Observed, candidate: Candidate) -> Proof | None:
    """The break of an import, where what is gone is what the changed APIs were in."""
    error = broken.error
    if error is None:
        return None
    is_to_blame = any(is_import_of(error.message, change) for change in _changes_of(candidate))
    return _break_by(error) if is_to_blame else None


def _is_elsewhere(proof: Proof, candidate: Candidate) -> bool:
    """Whether the error or warning says itself that another change is to blame."""
    line = proof.line
    return line is not None and all(
        is_about_another(candidate.old_code, line, proof.message, change)
        for change in _changes_of(candidate)
    )


def _changes_of(candidate: Candidate) -> tuple[ApiChange, ...]:
    return (candidate.change, *(item.change for item in candidate.further))


def _why_no_effect(reason: DropReason, broken: Observed, change: ApiChange) -> str:
    if reason is DropReason.NOT_AT_THE_CHANGE and broken.error is not None:
        error = broken.error
        return f"line {error.line} fails with {error.type_name}: {error.message}"
    return f"the new version behaves the same, {change.old_api}" if reason else ""


def reduce_to_influenced(observed: Observed, influence: Influence) -> Observed:
    """Only the names that depend on the change; output stays whole, since its order matters."""
    names = tuple((name, value) for name, value in observed.names if name in influence.names)
    return replace(observed, names=names)


def count_informative(observed: Observed, influence: Influence) -> int:
    """Number of values that depend on the change and can tell right from wrong."""
    names = sum(
        1 for name, value in observed.names if name in influence.names and is_telling(value)
    )
    events = [
        event
        for event, line in zip(observed.events, observed.event_lines, strict=True)
        if line in influence.statement_lines
    ]
    return names + sum(map(is_telling, _shown_values(events)))


def _shown_values(events: Iterable[JsonValue]) -> list[JsonValue]:
    """Values of the events; what was written past `print` is one text each."""
    values: list[JsonValue] = []
    for event in events:
        if isinstance(event, list):
            shown = [event[1]] if event[0] == "shown" else event[1]
            values += shown if isinstance(shown, list) else [["s", event[2]]] if event[2] else []
    return values
