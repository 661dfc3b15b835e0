"""Whether a completion reaches for the new API and no longer for the old one, by running it."""

from __future__ import annotations

from pathlib import Path

from recode_bench.problems import Measure
from recode_data.errors import MalformedInputError
from recode_data.records import ChangeKind, Environment, MigrationPair
from recode_data.rows import candidate_of
from recode_data.sandbox import Limits, SandboxPool
from recode_data.verify.checks import import_names_of

DRIVER = Path(__file__).with_name("uses_driver.py")
USES_NEW = "uses_new_api"
USES_OLD = "uses_old_api"
"""Names of the measured truth values."""
PARAMETER_GOES = (ChangeKind.PARAMETER_REMOVED, ChangeKind.PARAMETER_RENAMED)


def uses(
    pair: MigrationPair,
    code: str,
    environment: Environment,
    sandboxes: SandboxPool,
    limits: Limits,
) -> dict[str, Measure]:
    """What of the row's two APIs the code reaches for; left out is what cannot be told.

    An API of the same name before and after (a changed default, other results) tells nothing,
    unless a parameter does: then it is about that parameter, given by keyword.
    """
    new_parameter = _new_parameter(pair)
    same = pair.new_api == pair.old_api
    old_parameter = pair.parameter if pair.kind in PARAMETER_GOES else None
    tells_new = new_parameter is not None or (pair.new_api is not None and not same)
    tells_old = old_parameter is not None or (pair.parameter is None and not same)
    if not (tells_new or tells_old):
        return {}
    result = sandboxes.run(
        environment,
        DRIVER,
        {"code": code, "old": pair.old_api, "new": pair.new_api or pair.old_api},
        imports=import_names_of(pair),
        limits=limits,
    )
    found = result.messages[0] if result.messages else None
    if not isinstance(found, dict):
        return {}
    measured: dict[str, Measure] = {}
    if tells_new:
        measured[USES_NEW] = _reaches(found.get("new"), new_parameter)
    if tells_old:
        measured[USES_OLD] = _reaches(found.get("old"), old_parameter)
    return measured


def _reaches(seen: object, parameter: str | None) -> bool:
    if not isinstance(seen, dict):
        return False
    if parameter is None:
        return seen.get("touched") is True
    keywords = seen.get("keywords")
    return isinstance(keywords, list) and parameter in keywords


def _new_parameter(pair: MigrationPair) -> str | None:
    try:
        replacement = candidate_of(pair).replacement
    except MalformedInputError:
        return None
    return None if replacement is None else replacement.new_parameter
