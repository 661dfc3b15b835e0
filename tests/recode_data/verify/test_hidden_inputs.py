from __future__ import annotations

import ast

import pytest

from recode_data.sandbox import JobStatus
from recode_data.verify import Verdict, judge
from recode_data.verify.checks import Checks
from recode_data.verify.copied import is_copied, literal_of
from recode_data.verify.hidden_inputs import (
    HiddenCheck,
    first_unlike,
    variants_of,
    which_hold,
    which_tell,
)
from recode_data.verify.observed import Observed, SeenWarning


def shows(value: int, **fields: object) -> Observed:
    return Observed(JobStatus.DONE, names=(("x", ["i", str(value)]),), **fields)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("f([3, 4, 5])", "g([3, 4, 5])", {"[3, 4, 5]"}),
        ("f(7)", "g(8)", set()),
        ("f(7, 7)", "g(7)", set()),
        ("f(1, axis=0)", "g(1, axis=0)", set()),
        ("f(True, None)", "g(True, None)", set()),
        ("f('a5', 2.5)", "g('a5', 2.5)", {"'a5'", "2.5"}),
        ("f(x)", "g(x", set()),
    ],
    ids=["data", "differs", "not as often", "flags", "no input", "text and number", "broken"],
)
def test_inputs_are_what_both_codes_have(old: str, new: str, expected: set[str]) -> None:
    found = {literal for variant in variants_of(old, new) for literal, _ in variant}
    assert found == expected


def test_variants_differ_and_are_literals() -> None:
    code = "f([3, 4], {'a': 2.5}, ('b', 1), b'x7', 30)"
    variants = variants_of(code, code)
    assert len(set(variants)) == len(variants)
    for variant in variants:
        for old, new in variant:
            assert ast.literal_eval(old) != ast.literal_eval(new)


VARIANTS = tuple((("5", str(number)),) for number in range(6, 12))


def numbers(checks: list[HiddenCheck]) -> list[str]:
    return [check.substitutions[0][1] for check in checks]


GOOD = [shows(number * 10) for number in range(2, 5)]
FAILED = Observed(JobStatus.TIMEOUT)
WARNING = SeenWarning("FutureWarning", ("FutureWarning",), "soon", 1)


def test_variants_that_tell() -> None:
    assert numbers(which_tell(VARIANTS, shows(1), GOOD)) == ["6", "7", "8"]
    assert numbers(which_tell(VARIANTS, shows(1), [shows(1), *GOOD[1:]])) == ["7", "8"]
    assert numbers(which_tell(VARIANTS, shows(1), [FAILED, *GOOD[1:]])) == ["7", "8"]
    assert which_tell(VARIANTS, shows(1), []) == []


def test_variants_that_hold_on_the_new_version() -> None:
    checks = which_tell(VARIANTS, shows(1), GOOD)
    noisy = shows(20, warnings=(WARNING,))
    assert which_hold(checks, GOOD, frozenset()) == checks
    assert which_hold(checks, [shows(0), FAILED, GOOD[2]], frozenset()) == checks[2:]
    assert which_hold(checks, [noisy, *GOOD[1:]], frozenset()) == checks[1:]
    assert which_hold(checks, [noisy, *GOOD[1:]], frozenset({WARNING.key})) == checks


def test_variants_that_show_something_else() -> None:
    checks = which_tell(VARIANTS, shows(1), GOOD)
    assert first_unlike(checks, GOOD) == (0, "")
    assert first_unlike(checks, [GOOD[0], FAILED, GOOD[2]]) == (0, "")
    assert first_unlike(checks, [GOOD[0], shows(0), shows(0)]) == (
        2,
        "with 7 for 5: x differs: 30 became 0",
    )


@pytest.mark.parametrize(
    ("shown", "given", "expected"),
    [
        (["l", [["i", "5"]]], ["l", [["i", "7"]]], True),
        (["a", "i", [1], ["5"]], ["a", "i", [1], ["7"]], True),
        (["l", [["i", "5"]]], ["l", [["i", "8"]]], False),
        (["i", "5"], ["i", "7"], False),
        (["o", "T", [["a", ["i", "5"]]]], ["o", "T", [["a", ["i", "7"]]]], False),
    ],
    ids=["the input again", "as an array", "computed", "part of it", "an object"],
)
def test_a_result_that_is_an_input_proves_nothing(
    shown: list[object], given: list[object], expected: bool
) -> None:
    runs = [Observed(JobStatus.DONE, names=(("x", value),)) for value in (shown, given)]
    assert is_copied(runs[0], runs[1], (("[5]", "[7]"),)) is expected


@pytest.mark.parametrize(
    ("shape", "elements", "expected"),
    [
        ([2, 2], ["1", "2", "3", "4"], [[1, 2], [3, 4]]),
        ([], ["1"], 1),
        ([0], [], []),
        ([2, 0], [], [[], []]),
    ],
)
def test_arrays_as_lists(shape: list[int], elements: list[str], expected: object) -> None:
    assert literal_of(["a", "i", shape, elements]) == expected


def test_a_sample_of_a_huge_array_is_no_literal() -> None:
    with pytest.raises(ValueError, match="sample"):
        literal_of(["a", "i", [10**12], ["0"] * 1000])


CHECKS = Checks(
    shows(1),
    frozenset(),
    tuple(HiddenCheck(variant, shows(number)) for number, variant in enumerate(VARIANTS[:2], 20)),
)


@pytest.mark.parametrize(
    ("seen", "verdict", "words"),
    [
        (shows(1, hidden=(shows(20), shows(21))), Verdict.PASSED, ""),
        (shows(1, hidden=(shows(1), shows(1))), Verdict.FAILED, "with 6 for 5: x differs"),
        (shows(1, hidden=(shows(20),)), Verdict.FAILED, "not run"),
        (shows(1), Verdict.FAILED, "not run"),
        (
            shows(1, hidden=(shows(20), Observed(JobStatus.CRASH, "status 9"))),
            Verdict.FAILED,
            "with 7 for 5: status 9",
        ),
        (shows(2, hidden=(shows(20), shows(21))), Verdict.FAILED, "x differs"),
    ],
    ids=["computed", "hard-coded", "one missing", "none", "died", "shown input fails"],
)
def test_hidden_inputs_decide_too(seen: Observed, verdict: Verdict, words: str) -> None:
    outcome = judge(CHECKS, seen)
    assert outcome.verdict is verdict
    assert outcome.detail.startswith(words)
