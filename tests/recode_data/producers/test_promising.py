"""Which candidates come first where a build takes few."""

from recode_data.producers import promising_first
from recode_data.records import ApiChange, Candidate, ChangeKind, Producer
from tests.making import make_usage


def candidate(code: str, kind: ChangeKind) -> Candidate:
    return Candidate(ApiChange(kind, "toy.f"), code, "new()", Producer.FORWARD, make_usage(code))


def test_what_broke_comes_first_and_what_was_clean_last() -> None:
    clean = candidate("clean()", ChangeKind.REMOVED)
    default = candidate("other()", ChangeKind.DEFAULT_CHANGED)
    removed = candidate("gone()", ChangeKind.REMOVED)
    renamed = candidate("named()", ChangeKind.RENAMED)
    elsewhere = candidate("elsewhere()", ChangeKind.REMOVED)
    broke = candidate("broke()", ChangeKind.BEHAVIOUR)
    given = [clean, default, elsewhere, removed, renamed, broke]
    said = {"broke()": ["use g, not f"], "elsewhere()": ["fine", "no such thing as toy.ff"]}
    assert promising_first(given, said, {"clean()"}) == [
        broke,
        removed,
        renamed,
        elsewhere,
        default,
        clean,
    ]


def test_a_parameter_is_what_a_change_of_it_is_named_by() -> None:
    change = ApiChange(ChangeKind.PARAMETER_REMOVED, "toy.f", parameter="size")
    first, second = (
        Candidate(change, code, "new()", Producer.FORWARD, make_usage(code))
        for code in ("f(1)", "f(size=1)")
    )
    said = {"f(1)": ["f() is gone"], "f(size=1)": ["unexpected keyword argument 'size'"]}
    assert promising_first([first, second], said, ()) == [second, first]
