"""What is not written into examples: defaults that nobody writes, helpers that nobody meets."""

import pytest

from recode_data.producers.backward import backward
from recode_data.producers.proposals import step_usages
from recode_data.records import (
    ApiChange,
    ChangeKind,
    ObjectKind,
    Parameter,
    ParameterKind,
    Replacement,
    Signature,
    UsageOrigin,
)
from tests.making import make_change, make_usage

SIGNATURE = Signature(
    (
        Parameter("x", ParameterKind.POSITIONAL_OR_KEYWORD),
        Parameter("strict", ParameterKind.POSITIONAL_OR_KEYWORD, default="True"),
    )
)


@pytest.mark.parametrize(
    ("kind", "replacement", "expected"),
    [
        (ChangeKind.PARAMETER_REMOVED, Replacement("toy.load", (), 0.5), []),
        (ChangeKind.DEPRECATED, Replacement("toy.load", (), 0.5), []),
        (
            ChangeKind.PARAMETER_RENAMED,
            Replacement("toy.load", (), 0.5, new_parameter="exact"),
            ["import toy\nx = toy.load(2, strict=False)\n"],
        ),
    ],
    ids=["removed", "deprecated", "renamed"],
)
def test_no_default_is_written_out(
    kind: ChangeKind, replacement: Replacement, expected: list[str]
) -> None:
    change = make_change(
        kind=kind, parameter="strict", old_signature=SIGNATURE, replacements=(replacement,)
    )
    old = make_usage("import toy\nx = toy.load(1, strict=False)\n", apis=("toy.load",))
    new = make_usage("import toy\nx = toy.load(2, exact=False)\n", apis=("toy.load",))
    usages = step_usages((old,), (new,))
    assert [item.old_code for item in backward(change, usages)] == expected


def moved(path: str, **fields: object) -> ApiChange:
    return make_change(path, replacements=(Replacement("toy.read", (), 0.9),), **fields)


@pytest.mark.parametrize(
    ("change", "shown", "origin", "expected"),
    [
        (moved("toy.load"), "toy.read", UsageOrigin.DOCS, True),
        (moved("toy.inner.load"), "toy.read", UsageOrigin.DOCS, False),
        (moved("toy.inner.load"), "toy.inner.save", UsageOrigin.DOCS, True),
        (moved("toy.inner.load"), "toy.inner.save", UsageOrigin.TEST, False),
        (moved("toy.inner.load"), "toy.inner.save", UsageOrigin.DOCSTRING, True),
    ],
    ids=["top", "inner", "documented", "in a test", "in a docstring"],
)
def test_examples_take_up_what_some_documentation_writes(
    change: ApiChange, shown: str, origin: UsageOrigin, expected: bool
) -> None:
    old = make_usage("import toy\n", apis=(shown,), origin=origin)
    new = make_usage("import toy\nx = toy.read(2)\n", apis=("toy.read",))
    assert bool(list(backward(change, step_usages((old,), (new,))))) is expected


def test_a_member_is_met_wherever_its_class_is_made() -> None:
    change = make_change(
        "toy.inner.Table.load",
        object_kind=ObjectKind.METHOD,
        replacements=(Replacement("toy.inner.Table.read", (), 0.9),),
    )
    new = make_usage("import toy\nx = toy.table().read(2)\n", apis=("toy.table",))
    assert [item.old_code for item in backward(change, step_usages((), (new,)))] == [
        "import toy\nx = toy.table().load(2)\n"
    ]
