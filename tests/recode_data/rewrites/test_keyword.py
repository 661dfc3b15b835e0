from __future__ import annotations

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind, Replacement
from recode_data.rewrites.keyword import rewrite_parameter, unwrite_parameter
from tests.surfaces import objects, surface_of

HEAD = "import toy\n"


def change(kind: ChangeKind, old: str, parameter: str, **fields: object) -> ApiChange:
    """A parameter change of `toy.f`, whose old parameters are written as in a definition."""
    signature = objects(surface_of(f"def f({old}): ..."))["toy.f"].signature
    return ApiChange(kind, "toy.f", parameter, old_signature=signature, **fields)  # type: ignore[arg-type]  # a table's


RENAMED = change(ChangeKind.PARAMETER_RENAMED, "a, b=1", "b")
REMOVED = change(ChangeKind.PARAMETER_REMOVED, "a, b=1", "b")
DEPRECATED = change(ChangeKind.DEPRECATED, "a, b=None", "b")
NAMED = change(ChangeKind.KEYWORD_ONLY, "a, b=1, c=2", "b")
SWAPPED = change(ChangeKind.PARAMETER_REORDERED, "a, b, c", "a")
DEFAULT = change(ChangeKind.DEFAULT_CHANGED, "a, b=1", "b")
REQUIRED = change(ChangeKind.PARAMETER_ADDED_REQUIRED, "a", "b")


@pytest.mark.parametrize(
    ("of", "new_parameter", "code", "expect"),
    [
        pytest.param(RENAMED, "c", "toy.f(1, b=2)", "toy.f(1, c=2)", id="renamed"),
        pytest.param(RENAMED, "c", "toy.f(1, b=toy.f(2, b=3))", "toy.f(1, c=toy.f(2, c=3))", id="renamed-nested"),
        pytest.param(RENAMED, "c", "toy.f(1, b=2, c=3)", None, id="renamed-both-given"),
        pytest.param(RENAMED, "c", "toy.f(1, 2)", None, id="renamed-by-position"),
        pytest.param(RENAMED, "c", "toy.g(1, b=2)", None, id="renamed-another-function"),
        pytest.param(RENAMED, "c", "toy.f(1, **{'b': 2})", None, id="renamed-unpacked"),
        pytest.param(REMOVED, None, "toy.f(1, b=2)", "toy.f(1)", id="removed"),
        pytest.param(REMOVED, None, "toy.f(b=2)", "toy.f()", id="removed-only-one"),
        pytest.param(REMOVED, None, "toy.f(b=2, a=1)", "toy.f(a=1)", id="removed-first"),
        pytest.param(REMOVED, None, "toy.f(\n    1,\n    b=2,\n)", "toy.f(\n    1,\n)", id="removed-layout"),
        pytest.param(REMOVED, None, "toy.f(1)", None, id="removed-not-given"),
        pytest.param(REMOVED, "c", "toy.f(1, b=2)", "toy.f(1, c=2)", id="removed-with-successor"),
        pytest.param(DEPRECATED, None, "toy.f(1, b=2)", "toy.f(1)", id="deprecated"),
        pytest.param(NAMED, "b", "toy.f(1, 2)", "toy.f(1, b=2)", id="named"),
        pytest.param(NAMED, "b", "toy.f(1, 2, 3)", "toy.f(1, b=2, c=3)", id="named-and-what-follows"),
        pytest.param(NAMED, "b", "toy.f(1, b=2)", None, id="named-already"),
        pytest.param(NAMED, "b", "toy.f(*x)", None, id="named-unpacked"),
        pytest.param(NAMED, "b", "toy.f(1, 2, 3, 4)", None, id="named-too-many"),
        pytest.param(SWAPPED, None, "toy.f(1, 2, 3)", "toy.f(a=1, b=2, c=3)", id="reordered"),
        pytest.param(DEFAULT, None, "toy.f(1)", "toy.f(1, b=1)", id="default"),
        pytest.param(DEFAULT, None, "toy.f()", "toy.f(b=1)", id="default-no-arguments"),
        pytest.param(DEFAULT, None, "toy.f(\n    1,\n)", "toy.f(\n    1, b=1,\n)", id="default-layout"),
        pytest.param(DEFAULT, None, "toy.f(1, b=3)", None, id="default-given"),
        pytest.param(DEFAULT, None, "toy.f(1, 3)", None, id="default-given-by-position"),
        pytest.param(DEFAULT, None, "toy.f(*x)", None, id="default-unpacked"),
        pytest.param(REQUIRED, None, "toy.f(1)", None, id="required-nobody-knows-what"),
    ],
)  # fmt: skip
def test_forward(of: ApiChange, new_parameter: str | None, code: str, expect: str | None) -> None:
    replacement = Replacement("toy.f", (), 0.5, new_parameter)
    found = rewrite_parameter(f"{HEAD}{code}\n", of, replacement)
    assert found == (None if expect is None else f"{HEAD}{expect}\n")


@pytest.mark.parametrize(
    ("of", "new_parameter", "code", "expect"),
    [
        pytest.param(RENAMED, "c", "toy.f(1, c=2)", "toy.f(1, b=2)", id="renamed"),
        pytest.param(RENAMED, "c", "toy.f(1, 2)", None, id="renamed-by-position"),
        pytest.param(REMOVED, None, "toy.f(1)", "toy.f(1, b=1)", id="removed"),
        pytest.param(NAMED, "b", "toy.f(1, b=2)", "toy.f(1, 2)", id="named"),
        pytest.param(NAMED, "b", "toy.f(1, c=3, b=2)", None, id="named-others-first"),
        pytest.param(NAMED, "b", "toy.f(a=1, b=2)", None, id="named-all"),
        pytest.param(SWAPPED, None, "toy.f(a=1, b=2, c=3)", "toy.f(1, b=2, c=3)", id="reordered"),
        pytest.param(REQUIRED, None, "toy.f(1, b=2)", "toy.f(1)", id="required"),
        pytest.param(REQUIRED, None, "toy.f(1, 2)", None, id="required-by-position"),
        pytest.param(DEFAULT, None, "toy.f(1, b=1)", "toy.f(1)", id="default-spelled-out"),
        pytest.param(DEFAULT, None, "toy.f(1, b=2)", None, id="default-another-value"),
        pytest.param(DEFAULT, None, "toy.f(1)", None, id="default-not-given"),
    ],
)  # fmt: skip
def test_backward(of: ApiChange, new_parameter: str | None, code: str, expect: str | None) -> None:
    replacement = Replacement("toy.f", (), 0.5, new_parameter)
    found = unwrite_parameter(f"{HEAD}{code}\n", of, replacement)
    assert found == (None if expect is None else f"{HEAD}{expect}\n")


def test_methods_are_found_by_name() -> None:
    of = ApiChange(ChangeKind.PARAMETER_RENAMED, "toy.C.m", "b", object_kind=ObjectKind.METHOD)
    replacement = Replacement("toy.C.m", (), 0.5, "c")
    assert rewrite_parameter("x.m(b=1)\n", of, replacement) == "x.m(c=1)\n"
    assert rewrite_parameter("m(b=1)\n", of, replacement) is None


@pytest.mark.parametrize(
    "default",
    ["make()", "np.nan", "[1]", "lambda: 1", "'warn'", "'__no__default__'"],
)
def test_default_that_is_no_plain_literal_is_not_written_out(default: str) -> None:
    of = change(ChangeKind.DEFAULT_CHANGED, f"a, b={default}", "b")
    assert rewrite_parameter(f"{HEAD}toy.f(1)\n", of, Replacement("toy.f", (), 0.5)) is None


def test_changes_of_other_things_are_left_to_others() -> None:
    of = ApiChange(ChangeKind.REMOVED, "toy.f")
    replacement = Replacement("toy.g", (), 0.5)
    assert rewrite_parameter(f"{HEAD}toy.f(1)\n", of, replacement) is None
    assert unwrite_parameter(f"{HEAD}toy.g(1)\n", of, replacement) is None


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("toy.f(1, b=2)\ntoy.f(3)\n", "toy.f(1, c=2)\ntoy.f(3)\n"),
        ("(toy.f)(1, b=2)\n", "(toy.f)(1, c=2)\n"),
        ("toy.f(\n    1,\n    b=2)\n", "toy.f(\n    1,\n    c=2)\n"),
        ("g = toy.f\ng(1, b=2)\n", None),
        ("toy.f(1, *x, b=2, **y)\n", "toy.f(1, *x, c=2, **y)\n"),
        ("toy.f(b=1, é=2)\n", "toy.f(c=1, é=2)\n"),
        ("toy.g(1, b=2) + toy.f(1)\n", None),
    ],
)
def test_statements_without_such_a_call_are_left_out(code: str, expect: str | None) -> None:
    found = rewrite_parameter(f"{HEAD}{code}", RENAMED, Replacement("toy.f", (), 0.5, "c"))
    assert found == (None if expect is None else f"{HEAD}{expect}")
