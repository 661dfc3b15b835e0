from __future__ import annotations

from recode_data.producers.learned import learned
from recode_data.producers.proposals import StepUsages
from recode_data.records import ChangeKind, EvidenceKind, ObjectKind, Producer, Usage
from tests.making import make_change, make_usage

CHANGE = make_change("toy.Table.add", object_kind=ObjectKind.METHOD)


def usage(code: str, **fields: object) -> Usage:
    return make_usage(f"import toy\n\n{code}\n", apis=("toy", "toy.Table"), **fields)


EXAMPLE = usage("t = toy.Table([1])\nt = t.add([2])\nprint(t)")
LATER = usage("t = toy.Table([1])\nt = toy.join([t, [2]])\nprint(t)", release="toy==2.0")
OTHER = usage("first = toy.Table([3])\nx = first.add(first)", source_file="docs/other.rst")


def test_what_one_example_shows_is_done_to_another() -> None:
    found = list(learned(CHANGE, StepUsages([EXAMPLE, OTHER], [LATER])))
    assert [item.new_code for item in found if item.usage == OTHER] == [
        "import toy\n\nfirst = toy.Table([3])\nx = toy.join([first, first])\n"
    ]
    for item in found:
        assert item.producer is Producer.FORWARD
        assert item.replacement is not None
        assert item.replacement.new_api == "toy.join"
        assert item.replacement.evidence[0].kind is EvidenceKind.EVOLUTION


def test_nothing_to_learn_from() -> None:
    assert list(learned(CHANGE, StepUsages([EXAMPLE, OTHER], []))) == []
    added = make_change("toy.Table.add", kind=ChangeKind.ADDED, object_kind=ObjectKind.METHOD)
    assert list(learned(added, StepUsages([EXAMPLE, OTHER], [LATER]))) == []
