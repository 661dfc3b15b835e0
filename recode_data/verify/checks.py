"""The checks of a published pair: written by the verifier, run on any completion.

`checks` is JSON: {"version", "expected": {"events", "names"}, "allowed_warnings", "hidden"}, with
"hidden" a list of {"literals": [[old, new], ...], "expected"}: what must be shown when literals of
the completion are replaced. The completion runs in the new environment and reports what it
observed, the hidden runs in forks of the same job; the comparison happens here, so expected values
never enter the process that runs untrusted code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from recode_data.errors import MalformedInputError
from recode_data.records import Environment, JsonValue, MigrationPair
from recode_data.sandbox import JobStatus, Limits, SandboxPool
from recode_data.verify.compare import differences
from recode_data.verify.hidden_inputs import HiddenCheck, Substitutions
from recode_data.verify.observed import Observed
from recode_data.verify.verifier import SNIPPET_LIMITS, Proved, observe

CHECKS_VERSION = 1


class Verdict(str, Enum):
    """Outcome of scoring one completion."""

    PASSED = "passed"
    FAILED = "failed"
    UNSCORED = "unscored"
    """The sandbox could not judge: says nothing about the code."""


class CheckReason(str, Enum):
    """Why a completion did not pass; `OK` where it did."""

    OK = "ok"
    SYNTAX_ERROR = "syntax_error"
    ERROR = "error"
    WARNING = "warning"
    WRONG_RESULT = "wrong_result"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASH = "crash"
    OUTPUT_LIMIT = "output_limit"
    SANDBOX_FAILED = "sandbox_failed"


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """Verdict on one completion; `seconds` is CPU time of the run."""

    verdict: Verdict
    reason: str
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Checks:
    """What a completion must show in the new environment."""

    expected: Observed
    allowed_warnings: frozenset[tuple[str, str]]
    """(category, beginning of message) of deprecations that are not the migration's business."""
    hidden: tuple[HiddenCheck, ...] = ()
    """Other inputs, with what must be shown for them."""

    @property
    def variants(self) -> tuple[Substitutions, ...]:
        """What `observe` is to run besides the completion itself."""
        return tuple(check.substitutions for check in self.hidden)


def write_checks(proved: Proved) -> str:
    """The JSON text of a proved candidate's checks."""
    document: dict[str, JsonValue] = {
        "version": CHECKS_VERSION,
        "expected": _shown(proved.expected),
        "allowed_warnings": [list(warning.key) for warning in proved.allowed_warnings],
        "hidden": [
            {
                "literals": [list(pair) for pair in check.substitutions],
                "expected": _shown(check.expected),
            }
            for check in proved.hidden
        ],
    }
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def _shown(observed: Observed) -> JsonValue:
    return {"events": list(observed.events), "names": dict(observed.names)}


def read_checks(text: str) -> Checks:
    """Parse `checks` of a row.

    Raises:
        MalformedInputError: not checks of a version that this toolkit knows.
    """
    try:
        document = json.loads(text)
        if document["version"] != CHECKS_VERSION:
            raise MalformedInputError(
                f"checks of version {document['version']}; this toolkit reads {CHECKS_VERSION}"
            )
        return Checks(
            _read_shown(document["expected"]),
            frozenset((str(kind), str(text)) for kind, text in document["allowed_warnings"]),
            tuple(
                HiddenCheck(
                    tuple((str(old), str(new)) for old, new in check["literals"]),
                    _read_shown(check["expected"]),
                )
                for check in document["hidden"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedInputError(f"a row's checks cannot be read: {error!r}") from error


def _read_shown(shown: dict[str, Any]) -> Observed:
    return Observed(
        JobStatus.DONE,
        events=tuple(shown["events"]),
        names=tuple(sorted(shown["names"].items())),
    )


_FAILURES = {
    JobStatus.TIMEOUT: CheckReason.TIMEOUT,
    JobStatus.OUT_OF_MEMORY: CheckReason.OUT_OF_MEMORY,
    JobStatus.CRASH: CheckReason.CRASH,
    JobStatus.OUTPUT_LIMIT: CheckReason.OUTPUT_LIMIT,
}


def import_names_of(pair: MigrationPair) -> tuple[str, ...]:
    """What the sandbox server preloads for this row."""
    return (pair.old_api.split(".")[0],)


def run_checks(
    pair: MigrationPair,
    code: str,
    environment: Environment,
    sandboxes: SandboxPool,
    limits: Limits = SNIPPET_LIMITS,
) -> CheckOutcome:
    """Judge `code` as the migration of `pair.old_code`, in the pair's *new* environment.

    Never raises for what the code does.

    Raises:
        MalformedInputError: the row's own checks cannot be read.
    """
    checks = read_checks(pair.checks)
    observed = observe(
        code,
        environment,
        sandboxes,
        imports=import_names_of(pair),
        limits=limits,
        variants=checks.variants,
    )
    return judge(checks, observed)


def judge(checks: Checks, observed: Observed) -> CheckOutcome:
    """Compare one run, and those with other literals, with what they must show."""
    outcome = _judge_one(checks.expected, checks.allowed_warnings, observed)
    if outcome.verdict is not Verdict.PASSED or not checks.hidden:
        return outcome
    if len(observed.hidden) != len(checks.hidden):
        return replace(
            outcome,
            verdict=Verdict.FAILED,
            reason=CheckReason.CRASH.value,
            detail="not run with the hidden inputs",
        )
    for check, run in zip(checks.hidden, observed.hidden, strict=True):
        found = _judge_one(check.expected, checks.allowed_warnings, run)
        if found.verdict is not Verdict.PASSED:
            words = ", ".join(f"{new} for {old}" for old, new in check.substitutions)
            return replace(found, detail=f"with {words}: {found.detail}")
    return outcome


def _judge_one(
    expected: Observed, allowed: frozenset[tuple[str, str]], observed: Observed
) -> CheckOutcome:

    def failed(reason: CheckReason, detail: str) -> CheckOutcome:
        return CheckOutcome(Verdict.FAILED, reason.value, detail, observed.cpu_seconds)

    if observed.status is JobStatus.SANDBOX_FAILED:
        return CheckOutcome(
            Verdict.UNSCORED, CheckReason.SANDBOX_FAILED.value, observed.detail, 0.0
        )
    if observed.status is not JobStatus.DONE:
        return failed(_FAILURES[observed.status], observed.detail)
    if observed.error is not None:
        error = observed.error
        is_syntax = "SyntaxError" in error.bases and not any(
            name == "<snippet>" for name, _, _ in error.frames
        )
        reason = CheckReason.SYNTAX_ERROR if is_syntax else CheckReason.ERROR
        return failed(reason, f"{error.type_name}: {error.message}")
    for warning in observed.deprecations:
        if warning.key not in allowed:
            return failed(CheckReason.WARNING, f"{warning.category}: {warning.message}")
    found = next(differences(expected, observed), None)
    if found is not None:
        return failed(CheckReason.WRONG_RESULT, found)
    return CheckOutcome(Verdict.PASSED, CheckReason.OK.value, "", observed.cpu_seconds)
