from __future__ import annotations

import pytest

from recode_data.records import ChangeKind, Parameter, ParameterKind, Signature
from recode_data.verify.influence import touching_lines
from tests.making import make_change

SIGNATURE = Signature(
    (
        Parameter("path", ParameterKind.POSITIONAL_OR_KEYWORD),
        Parameter("mode", ParameterKind.POSITIONAL_OR_KEYWORD, "'r'"),
    )
)


@pytest.mark.parametrize(
    ("kind", "call", "is_touched"),
    [
        (ChangeKind.PARAMETER_RENAMED, "toy.load(1, mode='r')", True),
        (ChangeKind.PARAMETER_RENAMED, "toy.load(1, 'r')", True),
        (ChangeKind.PARAMETER_RENAMED, "toy.load(1)", False),
        (ChangeKind.PARAMETER_REMOVED, "toy.load(*args)", True),
        (ChangeKind.PARAMETER_REMOVED, "toy.load(1, **options)", True),
        (ChangeKind.KEYWORD_ONLY, "toy.load(1, 'r')", True),
        (ChangeKind.KEYWORD_ONLY, "toy.load(1).other(2, 3)", False),
        (ChangeKind.DEFAULT_CHANGED, "toy.load(1)", True),
        (ChangeKind.DEFAULT_CHANGED, "toy.load(1, mode='w')", False),
        (ChangeKind.DEFAULT_CHANGED, "toy.load(1, 'w')", False),
        (ChangeKind.BEHAVIOUR, "toy.load(1)", True),
    ],
)
def test_only_concerned_calls_touch(kind: ChangeKind, call: str, is_touched: bool) -> None:
    change = make_change(kind=kind, parameter="mode", old_signature=SIGNATURE)
    code = f"import toy\nargs, options = (1,), {{}}\nx = {call}\n"
    assert touching_lines(code, change) == (frozenset({3}) if is_touched else frozenset())
