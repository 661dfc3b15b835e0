"""A parameter with a new name: `n_iter` of scikit-learn's `dict_learning_online` is `max_iter`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recode_data.changes.comparison import Comparison, Pair
from recode_data.changes.deprecated import is_marked
from recode_data.changes.parameter_changes import parameter_change
from recode_data.changes.parameters import CATCH_ALL, ParameterDiff
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind, ParameterKind
from recode_data.surface.deprecations import REMOVED_NOW


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Renamed in the signature, or a renaming decorator of the old version that is gone."""
    for pair, diff in comparison.parameter_diffs:
        for old, new, why in diff.renamed:
            if old.kind in CATCH_ALL or new.kind is ParameterKind.POSITIONAL_ONLY:
                continue
            if is_marked(pair.new, old.name):
                yield from _still_accepted(pair, old.name, new.name)
                continue
            if old.kind is ParameterKind.POSITIONAL_ONLY:
                continue  # nobody can have written its name
            yield parameter_change(
                ChangeKind.PARAMETER_RENAMED,
                pair,
                old.name,
                f"{old.name} -> {new.name}: {why}",
                old_value=old.name,
                new_value=new.name,
            )
        yield from _by_decorator(pair, diff)


def _still_accepted(pair: Pair, old: str, new: str) -> Iterator[ApiChange]:
    """The old name works for now, with a warning that names the new one."""
    for mark in pair.new.deprecations:
        if mark.parameter == old and mark.new_api == new and mark.removal != REMOVED_NOW:
            change = parameter_change(
                ChangeKind.PARAMETER_RENAMED,
                pair,
                old,
                "",
                message=mark.message,
                old_value=old,
                new_value=new,
            )
            evidence = (Evidence(EvidenceKind.DEPRECATION, mark.message or "marked deprecated"),)
            yield replace(change, evidence=evidence)
            return


def _by_decorator(pair: Pair, diff: ParameterDiff) -> Iterator[ApiChange]:
    old_names = {parameter.name for parameter in diff.old.parameters}
    new = {parameter.name for parameter in diff.new.parameters}
    for mark in pair.old.deprecations:
        if (
            mark.parameter
            and mark.new_api in new
            and mark.parameter not in old_names
            and mark.parameter not in new
            and not is_marked(pair.new, mark.parameter)
        ):
            yield parameter_change(
                ChangeKind.PARAMETER_RENAMED,
                pair,
                mark.parameter,
                f"{mark.parameter} -> {mark.new_api}: accepted by a decorator of the old version",
                message=mark.message,
                old_value=mark.parameter,
                new_value=mark.new_api,
            )
