"""Arguments that were removed are written into calls only where somebody passed them."""

import pytest

from recode_data.producers.backward import backward
from recode_data.producers.proposals import step_usages
from recode_data.records import (
    ChangeKind,
    Evidence,
    EvidenceKind,
    Parameter,
    ParameterKind,
    Replacement,
    Signature,
)
from tests.making import make_change, make_usage

SIGNATURE = Signature(
    (
        Parameter("x", ParameterKind.POSITIONAL_OR_KEYWORD),
        Parameter("strict", ParameterKind.POSITIONAL_OR_KEYWORD, default="True"),
    )
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "import toy\nx = toy.load(1, strict=False)\n",
            ["import toy\nx = toy.load(2, strict=True)\n"],
        ),
        ("import toy\nx = toy.load(1)\n", []),
        ("import toy\nx = toy.load(1) if strict == 1 else 0\n", []),
    ],
)
def test_a_default_is_written_only_where_the_argument_was_passed(
    told: str, expected: list[str]
) -> None:
    change = make_change(
        kind=ChangeKind.PARAMETER_REMOVED,
        parameter="strict",
        old_signature=SIGNATURE,
        replacements=(
            Replacement("toy.load", (Evidence(EvidenceKind.SIMILARITY, "same name"),), 0.5),
        ),
    )
    old = make_usage(told, apis=("toy.load",))
    new = make_usage("import toy\nx = toy.load(2)\n", apis=("toy.load",))
    usages = step_usages((old,), (new,))
    assert [item.old_code for item in backward(change, usages)] == expected
