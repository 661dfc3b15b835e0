from __future__ import annotations

import pytest

from recode_data.curate import describe, update_note
from recode_data.records import (
    ApiChange,
    ChangeKind,
    Effect,
    Parameter,
    ParameterKind,
    Proof,
    Replacement,
    Signature,
)
from tests.making import make_change

BREAK = Proof(Effect.BREAK, "AttributeError", None, "module 'toy' has no attribute 'load'", 2, 1)
WARN = Proof(Effect.WARN, None, "DeprecationWarning", "use read", 2, 1)
DRIFT = Proof(Effect.DRIFT, None, None, "x differs", None, 1)
READ = Replacement("toy.read", (), 1.0)
KEYWORD = ParameterKind.POSITIONAL_OR_KEYWORD


def signature(*names: str) -> Signature:
    return Signature(tuple(Parameter(name, KEYWORD) for name in names))


@pytest.mark.parametrize("kind", ChangeKind, ids=lambda kind: kind.value)
def test_every_kind_has_a_true_sentence(kind: ChangeKind) -> None:
    about_one = kind.value.startswith(("parameter_r", "parameter_a", "default", "keyword"))
    parameter = "mode" if about_one and kind is not ChangeKind.PARAMETER_REORDERED else None
    text = describe(make_change(kind=kind, parameter=parameter), "toy", "2.0")
    assert "toy.load" in text
    assert text.endswith(" in toy 2.0.")
    assert (parameter or "") in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("change", "replacement", "proof", "expected"),
    [
        (
            make_change(),
            READ,
            BREAK,
            "The function `toy.load` was removed in toy 2.0 (up to 1.0 it works).\n"
            "Write `toy.read` instead.\n"
            "Under 2.0 the old way raises AttributeError: module 'toy' has no attribute 'load'",
        ),
        (
            make_change(kind=ChangeKind.RENAMED, new_api="toy.read"),
            READ,
            WARN,
            "The function `toy.load` was renamed to `toy.read` in toy 2.0 (up to 1.0 it works).\n"
            "Write `toy.read` instead.\n"
            "Under 2.0 the old way warns, DeprecationWarning: use read",
        ),
        (
            make_change(
                kind=ChangeKind.PARAMETER_RENAMED,
                parameter="a",
                old_signature=signature("a"),
                new_signature=signature("b"),
            ),
            Replacement("toy.load", (), 1.0, new_parameter="b"),
            BREAK,
            "The parameter `a` of `toy.load` was renamed in toy 2.0 (up to 1.0 it works).\n"
            "Pass `b` instead of `a`.\n"
            "Signature before: `load(a)`.\nSignature now: `load(b)`.\n"
            "Under 2.0 the old way raises AttributeError: module 'toy' has no attribute 'load'",
        ),
        (
            make_change(
                kind=ChangeKind.DEFAULT_CHANGED, parameter="a", old_value="1", new_value="2"
            ),
            None,
            DRIFT,
            "The default of the parameter `a` of `toy.load` changed from `1` to `2` in toy 2.0 "
            "(up to 1.0 it works).\nUnder 2.0 the old way runs, but gives another result.",
        ),
    ],
    ids=["removed", "renamed", "parameter", "default"],
)
def test_the_note_says_all_that_is_needed(
    change: ApiChange, replacement: Replacement | None, proof: Proof, expected: str
) -> None:
    assert update_note(change, replacement, proof, "toy", "1.0", "2.0") == expected
