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
    broke = candidate("broke()", ChangeKind.BEHAVIOUR)
    given = [clean, default, removed, renamed, broke]
    assert promising_first(given, {"broke()"}, {"clean()"}) == [
        broke,
        removed,
        renamed,
        default,
        clean,
    ]
