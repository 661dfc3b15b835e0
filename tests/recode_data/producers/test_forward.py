from __future__ import annotations

from dataclasses import replace

import pytest

from recode_data.producers import forward as forward_module
from recode_data.producers.forward import forward
from recode_data.producers.proposals import StepUsages
from recode_data.records import ChangeKind, ObjectKind, Producer, Replacement
from tests.making import make_change, make_usage

BEST, SECOND = Replacement("toy.read", (), 0.9), Replacement("toy.io.read", (), 0.5)
CHANGE = make_change("toy.load", replacements=(BEST, SECOND))
OLD = make_usage("import toy\n\nx = toy.load(1)\n")


def test_every_usage_with_every_replacement_best_first() -> None:
    found = list(forward(CHANGE, StepUsages([OLD], [])))
    assert [item.new_code for item in found] == [
        "import toy\n\nx = toy.read(1)\n",
        "import toy\n\nx = toy.io.read(1)\n",
    ]
    assert [item.replacement for item in found] == [BEST, SECOND]
    assert {item.producer for item in found} == {Producer.FORWARD}
    assert {item.old_code for item in found} == {OLD.code}


def test_nothing_known_to_write_instead() -> None:
    assert list(forward(make_change("toy.load"), StepUsages([OLD], []))) == []


def test_usage_of_something_else() -> None:
    other = make_usage("import toy\n\nx = toy.other(1)\n", apis=("toy.other",))
    assert list(forward(CHANGE, StepUsages([other], [OLD]))) == []


def test_parameter_change_needs_no_other_api() -> None:
    change = make_change("toy.load", kind=ChangeKind.PARAMETER_REMOVED, parameter="n")
    usage = make_usage("import toy\n\nx = toy.load(1, n=2)\n")
    (candidate,) = forward(change, StepUsages([usage], []))
    assert candidate.new_code == "import toy\n\nx = toy.load(1)\n"


def test_method_that_is_a_property_now_needs_no_other_api() -> None:
    change = make_change(
        "toy.Table.shape",
        kind=ChangeKind.KIND_CHANGED,
        object_kind=ObjectKind.METHOD,
        old_value="method",
        new_value="property",
    )
    usage = make_usage("import toy\n\nx = toy.Table().shape()\n", apis=("toy.Table",))
    (candidate,) = forward(change, StepUsages([usage], []))
    assert candidate.new_code == "import toy\n\nx = toy.Table().shape\n"


def test_usages_that_meet_the_change_are_found_among_many() -> None:
    """Only some are looked at, and most calls of a common function pass something else."""
    others = [
        make_usage(f"import toy\n\n# {'long ' * 30}\nx = toy.load({number})\n", source_line=number)
        for number in range(40)
    ]
    cases = (
        ({"kind": ChangeKind.PARAMETER_REMOVED, "parameter": "mode"}, "mode=1", ""),
        ({"message": "'M' is deprecated, please use 'ME' instead"}, 'freq="2M"', 'freq="2ME"'),
    )
    for fields, old, new in cases:
        change = make_change("toy.load", **{"kind": ChangeKind.DEPRECATED, **fields})
        meets = make_usage(f"import toy\n\nx = toy.load({old})\n")
        usages = StepUsages([*others, meets], [])
        usages.most = 3
        (found,) = forward(change, usages)
        assert found.new_code == f"import toy\n\nx = toy.load({new})\n"


@pytest.mark.parametrize("name", ["load", "toy"])
def test_a_name_in_a_message_is_no_value(name: str) -> None:
    message = f"`{name}` is deprecated, please use `read` instead"
    change = make_change("toy.load", kind=ChangeKind.DEPRECATED, message=message)
    change = replace(change, replacements=(BEST,))
    assert len(list(forward(change, StepUsages([OLD], [])))) == 1


def test_candidates_of_one_change_are_capped() -> None:
    usages = [
        make_usage(f"import toy\n\nx = toy.load({number})\n", source_line=number)
        for number in range(40)
    ]
    found = list(forward(CHANGE, StepUsages(usages, [])))
    assert len(found) == forward_module.CANDIDATES_PER_CHANGE


def test_usages_of_different_files_come_first() -> None:
    usages = [
        make_usage(
            f"import toy\n\nx = toy.load({n})\n", source_file=f"docs/{n % 2}.rst", source_line=n
        )
        for n in range(4)
    ]
    found = forward(make_change("toy.load", replacements=(BEST,)), StepUsages(usages, []))
    files = [item.usage.source_file for item in found]
    assert len(set(files[:2])) == len(set(files[2:])) == 2
