from __future__ import annotations

import pytest

from recode_data.producers.evolved import evolved
from recode_data.producers.proposals import StepUsages
from recode_data.records import ApiChange, ChangeKind, ObjectKind, Producer, Usage, UsageOrigin
from tests.making import make_change, make_usage

CHANGE = make_change("toy.load", kind=ChangeKind.RENAMED)
OLD = make_usage("import toy\n\nrows = toy.load('a.csv', 1)\nprint(rows)\n")
NEW_CODE = "import toy\n\nrows = toy.read('a.csv', 1)\nprint(rows)\n"


def later(code: str = NEW_CODE, **fields: object) -> Usage:
    return make_usage(code, apis=("toy", "toy.read"), release="toy==2.0", **fields)


def codes(change: ApiChange, old: list[Usage], new: list[Usage]) -> list[tuple[str, str]]:
    return [(item.old_code, item.new_code) for item in evolved(change, StepUsages(old, new))]


def test_same_example_in_both_versions() -> None:
    (candidate,) = evolved(CHANGE, StepUsages([OLD], [later()]))
    assert (candidate.old_code, candidate.new_code) == (OLD.code, NEW_CODE)
    assert candidate.producer is Producer.EVOLVED
    assert candidate.usage == OLD
    assert candidate.replacement is not None
    assert candidate.replacement.new_api == "toy.read"


def test_least_edit_comes_before_all_that_the_authors_did() -> None:
    new = later("import toy\n\nrows = toy.read('a.csv', 1)\nprint(sorted(rows))\n")
    assert codes(CHANGE, [OLD], [new]) == [(OLD.code, NEW_CODE), (OLD.code, new.code)]


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(later(OLD.code), id="unchanged"),
        pytest.param(later(source_file="docs/other.rst"), id="another-file"),
        pytest.param(later(origin=UsageOrigin.TEST), id="another-kind-of-file"),
        pytest.param(later("x = 1\n"), id="nothing-in-common"),
        pytest.param(
            make_usage(NEW_CODE.replace("read", "load") + "more = 1\n"), id="still-touches-it"
        ),
    ],
)
def test_no_pair(new: Usage) -> None:
    assert codes(CHANGE, [OLD], [new]) == []


def test_file_that_moved_within_the_release_is_the_same_by_its_name() -> None:
    for name in ("guide/guide.rst", "docs/_guide.rst"):
        assert codes(CHANGE, [OLD], [later(source_file=name)]) == [(OLD.code, NEW_CODE)]


def test_parameters_may_stay_at_the_same_api() -> None:
    change = make_change("toy.load", kind=ChangeKind.KEYWORD_ONLY, parameter="n")
    new = make_usage(OLD.code.replace("1", "n=1"))
    assert codes(change, [OLD], [new]) == [(OLD.code, new.code)]


@pytest.mark.parametrize(
    "kind", [ChangeKind.RETURN_CHANGED, ChangeKind.KIND_CHANGED, ChangeKind.BEHAVIOUR]
)
def test_api_that_stays_may_be_used_another_way(kind: ChangeKind) -> None:
    new = make_usage(OLD.code.replace("print(rows)", "print(list(rows))"))
    assert codes(make_change("toy.load", kind=kind), [OLD], [new]) == [(OLD.code, new.code)]


@pytest.mark.parametrize(
    "kind", [ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED]
)
def test_kinds_without_an_old_way(kind: ChangeKind) -> None:
    assert codes(make_change("toy.load", kind=kind), [OLD], [later()]) == []


def test_members_are_found_by_name_on_values() -> None:
    change = make_change("toy.Frame.head", object_kind=ObjectKind.METHOD)
    old = make_usage("import toy\n\nf = toy.Frame()\nf.head(1)\n", apis=("toy.Frame",))
    new = make_usage("import toy\n\nf = toy.Frame()\nf.first(1)\n", apis=("toy.Frame",))
    assert codes(change, [old], [new]) == [(old.code, new.code)]
