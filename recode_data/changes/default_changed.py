"""Another value where nothing is passed: `encoding` of `numpy.genfromtxt`, from bytes to None."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.deprecated import says_deprecated
from recode_data.changes.parameter_changes import parameter_change
from recode_data.records import ApiChange, ChangeKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Defaults that differ as values; unknown ones (`...` of a stub) are never different."""
    for pair, diff in comparison.parameter_diffs:
        renamed = [(old, new) for old, new, _ in diff.renamed]
        for old, new in [*diff.kept, *renamed]:
            if old.default is None or new.default is None:
                continue
            if says_deprecated(new.default) and not says_deprecated(old.default):
                continue  # a deprecation
            if differ(old.default, new.default):
                yield parameter_change(
                    ChangeKind.DEFAULT_CHANGED,
                    pair,
                    old.name,
                    f"{old.default} -> {new.default}",
                    old_value=old.default,
                    new_value=new.default,
                )


def differ(old: str, new: str) -> bool:
    """Whether two default texts mean different values, as far as text can tell."""
    if old == new or "..." in (old, new):
        return False
    old_value, new_value = _literal(old), _literal(new)
    if _is_opaque(old) or _is_opaque(new):  # `<no_default>` is no False, whatever it is
        return old_value is not None or new_value is not None
    if old_value is not None and new_value is not None:
        return old_value != new_value
    if old_value is None and new_value is None:  # `np.nan` and `numpy.nan`
        return old.rpartition(".")[2] != new.rpartition(".")[2]
    return True


def _is_opaque(text: str) -> bool:
    """An object that a run showed, and that no literal can be."""
    return text.startswith("<")


def _literal(text: str) -> tuple[str, object] | None:
    """(type group, value): 1 and 1.0 are the same default, 1 and True are not."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError):
        return None
    if isinstance(value, (int, float, complex)) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value
