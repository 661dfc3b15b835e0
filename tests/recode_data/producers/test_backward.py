from __future__ import annotations

from recode_data.producers.backward import backward
from recode_data.producers.proposals import StepUsages
from recode_data.records import ChangeKind, ObjectKind, Producer, Replacement
from tests.making import make_change, make_usage

CHANGE = make_change("toy.load", replacements=(Replacement("toy.read", (), 0.9),))
NEW = make_usage("import toy\n\nx = toy.read(1)\n", apis=("toy", "toy.read"), release="toy==2.0")


def test_new_usage_written_the_old_way() -> None:
    (candidate,) = backward(CHANGE, StepUsages([], [NEW]))
    assert candidate.old_code == "import toy\n\nx = toy.load(1)\n"
    assert candidate.new_code == NEW.code
    assert (candidate.producer, candidate.usage) == (Producer.BACKWARD, NEW)


def test_usage_that_the_replacement_is_not_in() -> None:
    other = make_usage("import toy\n\nx = toy.other(1)\n", apis=("toy.other",))
    assert list(backward(CHANGE, StepUsages([NEW], [other]))) == []


def test_members() -> None:
    change = make_change(
        "toy.Frame.head",
        object_kind=ObjectKind.METHOD,
        replacements=(Replacement("toy.Frame.first", (), 0.9),),
    )
    usage = make_usage("import toy\n\nx = toy.Frame().first(1)\n", apis=("toy.Frame",))
    (candidate,) = backward(change, StepUsages([], [usage]))
    assert candidate.old_code == "import toy\n\nx = toy.Frame().head(1)\n"


def test_default_that_is_spelled_out_now() -> None:
    change = make_change("toy.load", kind=ChangeKind.DEFAULT_CHANGED, parameter="n", old_value="0")
    usage = make_usage("import toy\n\nx = toy.load(1, n=0)\n")
    (candidate,) = backward(change, StepUsages([], [usage]))
    assert candidate.old_code == "import toy\n\nx = toy.load(1)\n"


def test_kinds_without_an_old_way() -> None:
    for kind in (ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED):
        change = make_change("toy.load", kind=kind, replacements=CHANGE.replacements)
        assert list(backward(change, StepUsages([], [NEW]))) == []


def test_a_method_that_stands_for_a_value() -> None:
    change = make_change(
        "toy.Table.fill",
        kind=ChangeKind.DEPRECATED,
        parameter="way",
        object_kind=ObjectKind.METHOD,
        message="fill with 'way' is deprecated, use obj.up() or obj.down() instead",
    )
    usage = make_usage("import toy\n\nx = toy.Table().down()\n", apis=("toy.Table",))
    (found,) = backward(change, StepUsages([], [usage]))
    assert found.old_code == 'import toy\n\nx = toy.Table().fill(way="down")\n'


def test_a_second_name_of_a_builtin() -> None:
    change = make_change("toy.float", replacements=(Replacement("builtins.float", (), 0.9),))
    usages = [make_usage(f"import toy\n\nx = toy.load({text})\n") for text in ("1", "1, float")]
    (found,) = backward(change, StepUsages([], usages))
    assert found.old_code == "import toy\n\nx = toy.load(1, toy.float)\n"
    other = make_change("toy.number", replacements=(Replacement("builtins.float", (), 0.9),))
    assert list(backward(other, StepUsages([], usages))) == []


def test_a_module_that_went_into_its_package() -> None:
    change = make_change(
        "toy.io.table",
        object_kind=ObjectKind.MODULE,
        replacements=(Replacement("toy.io", (), 0.9),),
    )
    usage = make_usage("from toy.io import Table, read\n", apis=("toy.io.Table", "toy.io.read"))
    assert list(backward(change, StepUsages([], [usage]))) == []
