from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.records import (
    ApiChange,
    ChangeKind,
    ObjectKind,
    Parameter,
    ParameterKind,
    Replacement,
    Signature,
)
from recode_data.rewrites import rewrite, unwrite


def to(new_api: str, new_parameter: str | None = None) -> Replacement:
    return Replacement(new_api, (), 0.5, new_parameter)


FUNCTION = ApiChange(ChangeKind.REMOVED, "toy.load", object_kind=ObjectKind.FUNCTION)
METHOD = ApiChange(ChangeKind.REMOVED, "toy.Frame.load", object_kind=ObjectKind.METHOD)
PROPERTY = ApiChange(
    ChangeKind.KIND_CHANGED,
    "toy.Frame.load",
    object_kind=ObjectKind.METHOD,
    old_value="method",
    new_value="property",
)
PARAMETER = ApiChange(
    ChangeKind.PARAMETER_RENAMED, "toy.load", "a", object_kind=ObjectKind.FUNCTION
)
HEAD = "import toy\n"


@pytest.mark.parametrize(
    ("change", "replacement", "old", "new"),
    [
        pytest.param(FUNCTION, to("toy.read"), HEAD + "toy.load(x)\n", HEAD + "toy.read(x)\n", id="rename"),
        pytest.param(METHOD, to("toy.Frame.read"), "x.load(1)\n", "x.read(1)\n", id="member"),
        pytest.param(METHOD, to("toy.Frame.read"), HEAD + "x.load(1)\ntoy.Frame.load(x)\n", HEAD + "x.read(1)\ntoy.Frame.read(x)\n", id="member-by-path-too"),
        pytest.param(METHOD, to("toy.read"), HEAD + "x.load(toy.a)\n", HEAD + "toy.read(x, toy.a)\n", id="method-to-function"),
        pytest.param(FUNCTION, to("toy.Frame.read"), HEAD + "toy.load(x, toy.a)\n", HEAD + "x.read(toy.a)\n", id="function-to-method"),
        pytest.param(PROPERTY, to("toy.Frame.load"), "x.load()\n", "x.load\n", id="called"),
        pytest.param(replace(PROPERTY, old_value="property", new_value="method"), to("toy.Frame.load"), "x.load\n", "x.load()\n", id="read"),
        pytest.param(PARAMETER, to("toy.load", "b"), HEAD + "toy.load(a=1)\n", HEAD + "toy.load(b=1)\n", id="parameter"),
    ],
)  # fmt: skip
def test_forward_and_backward(
    change: ApiChange, replacement: Replacement, old: str, new: str
) -> None:
    assert rewrite(old, change, replacement) == new
    assert unwrite(new, change, replacement) == old


@pytest.mark.parametrize(
    ("change", "replacement", "code"),
    [
        pytest.param(FUNCTION, to("toy.read"), HEAD + "x.load()\n", id="method-of-that-name"),
        pytest.param(METHOD, to("toy.Frame.read"), HEAD + "toy.load()\n", id="function-of-that-name"),
        pytest.param(PARAMETER, to("toy.load", "b"), HEAD + "toy.load(1)\n", id="not-passed"),
        pytest.param(PARAMETER, to("toy.read"), HEAD + "toy.load(1)\n", id="parameter-needs-a-parameter"),
        pytest.param(PROPERTY, to("toy.Frame.load"), "x.load(1)\n", id="arguments"),
        pytest.param(replace(PROPERTY, new_value="class"), to("toy.Frame.load"), "x.load()\n", id="other-kinds"),
        pytest.param(FUNCTION, to("toy.load"), HEAD + "toy.load()\n", id="itself"),
        pytest.param(FUNCTION, to("toy.read"), HEAD + "toy.load(\n", id="broken"),
    ],
)  # fmt: skip
def test_does_not_apply(change: ApiChange, replacement: Replacement, code: str) -> None:
    assert rewrite(code, change, replacement) is None


# --- properties -----------------------------------------------------------------------------------

IMPORTS = ["import toy", "import toy as t", "from toy import load", "from toy import load as fetch", "from toy import load, read", "import math", "from toy import Frame"]  # fmt: skip
VALUES = ["1", "x", "-x", "(1, 2)", "[1]", "'text'", "x.y", "a + b", "lambda a: a", "*x"]
CALLEES = ["toy.load", "t.load", "load", "fetch", "x.load", "x.read", "toy.Frame.load", "toy.read", "math.load"]  # fmt: skip
KEYWORDS = ["", "a=1", "b=2", "a=1, b=2", "**kw"]
SHAPES = [
    "{}",
    "y = {}",
    "for i in {}:\n    print({})",
    "def f(load):\n    return {}",
    "print(\n    {},\n    # a comment\n    {},\n)",
    "toy = {}",
    "f'{{{}}}'",
    "assert {} == {}",
]


@st.composite
def snippets(draw: st.DrawFn) -> str:
    def call() -> str:
        callee = draw(st.sampled_from(CALLEES))
        if draw(st.integers(0, 4)) == 0:
            return callee
        arguments = [*draw(st.lists(st.sampled_from(VALUES), max_size=3))]
        keywords = draw(st.sampled_from(KEYWORDS))
        return f"{callee}({', '.join([*arguments, keywords] if keywords else arguments)})"

    lines = draw(st.lists(st.sampled_from(IMPORTS), max_size=3))
    for shape in draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4)):
        lines.append(shape.format(call(), call()))
    return "\n".join(lines) + "\n"


POSITIONAL = ParameterKind.POSITIONAL_OR_KEYWORD
SIGNATURE = Signature(
    (Parameter("x", POSITIONAL), Parameter("a", POSITIONAL, "1"), Parameter("c", POSITIONAL, "2"))
)
STEPS = [
    (FUNCTION, to("toy.read")),
    (FUNCTION, to("math.fsum")),
    (FUNCTION, to("builtins.len")),
    (FUNCTION, to("toy.io.load")),
    (FUNCTION, to("toy.Frame.read")),
    (METHOD, to("toy.Frame.read")),
    (METHOD, to("toy.read")),
    (METHOD, to("math.fsum")),
    (PROPERTY, to("toy.Frame.load")),
    (PARAMETER, to("toy.load", "b")),
    *(
        (replace(PARAMETER, kind=kind, old_signature=SIGNATURE), to("toy.load"))
        for kind in (
            ChangeKind.PARAMETER_REMOVED,
            ChangeKind.KEYWORD_ONLY,
            ChangeKind.PARAMETER_REORDERED,
            ChangeKind.DEFAULT_CHANGED,
            ChangeKind.DEPRECATED,
            ChangeKind.PARAMETER_ADDED_REQUIRED,
        )
    ),
]


@given(snippets(), st.sampled_from(STEPS))
def test_result_parses_and_differs(code: str, step: tuple[ApiChange, Replacement]) -> None:
    for apply in (rewrite, unwrite):
        found = apply(code, *step)
        if found is not None:
            assert found != code
            ast.parse(found)


@given(snippets(), st.sampled_from(STEPS))
def test_once_is_enough(code: str, step: tuple[ApiChange, Replacement]) -> None:
    change, _ = step
    found = rewrite(code, *step)
    if found is not None and change.kind is not ChangeKind.KIND_CHANGED:
        assert rewrite(found, *step) is None


@given(st.text(max_size=40), st.sampled_from(STEPS))
def test_any_text_is_survived(code: str, step: tuple[ApiChange, Replacement]) -> None:
    assert rewrite(code, *step) is None
    assert unwrite(code, *step) is None
