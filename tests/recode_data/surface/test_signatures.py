from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.records import Parameter, ParameterKind
from recode_data.surface.signatures import signature_from_doc
from tests.surfaces import objects, surface_of


@pytest.mark.parametrize(
    ("written", "expect"),
    [
        ("(a, /, b, *args, c=1, **kw)", "(a, /, b, *args, c=1, **kw)"),
        ("(*, x)", "(*, x)"),
        ("(a=None, b=(1, 2), *, c)", "(a=None, b=(1, 2), *, c)"),
        ("(__p, q='x')", "(__p, /, q='x')"),
        ('(q="x", r = 1.50, s=np . nan)', "(q='x', r=1.5, s=np.nan)"),
        ("(a: int = 3, *b: str)", "(a=3, *b)"),
        ("()", "()"),
        ("(x=lambda a, b: a)", "(x=lambda a, b: a)"),
    ],
)
def test_definitions(written: str, expect: str) -> None:
    assert str(objects(surface_of(f"def f{written}: ..."))["toy.f"].signature) == expect


def test_annotations_are_kept_as_text() -> None:
    signature = objects(surface_of("def f(a: 'int | None', *, b: t.List[ int ] = 2) -> str: ..."))[
        "toy.f"
    ].signature
    assert signature is not None
    assert signature.parameters == (
        Parameter("a", ParameterKind.POSITIONAL_OR_KEYWORD, None, "'int | None'"),
        Parameter("b", ParameterKind.KEYWORD_ONLY, "2", "t.List[int]"),
    )
    assert signature.returns == "str"


@pytest.mark.parametrize(
    ("doc", "expect"),
    [
        ("f(a, b=1, /)\n\nDo it.", "(a, b=1, /)"),
        ("toy.f(a, *, b=None) -> int\n\nDo it.", "(a, *, b=None)"),
        ("f(x)\n    more text", None),
        ("f([start,] stop[, step])", None),
        ("g(a)", None),
        ("Do it with f(a).", None),
        ("", None),
    ],
)
def test_first_line_of_a_docstring(doc: str, expect: str | None) -> None:
    found = signature_from_doc("toy.f", doc)
    assert (None if found is None else str(found)) == expect


KINDS = [
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
]


@st.composite
def signatures(draw: st.DrawFn) -> inspect.Signature:
    counts = [draw(st.integers(0, most)) for most in (2, 2, 1, 2, 1)]
    defaults_from = draw(st.integers(0, 5))
    parameters: list[inspect.Parameter] = []
    for kind, count in zip(KINDS, counts, strict=True):
        for _ in range(count):
            number = len(parameters)
            is_many = kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
            has_default = not is_many and number >= defaults_from
            default = number if has_default else inspect.Parameter.empty
            parameters.append(inspect.Parameter(f"p{number}", kind, default=default))
    return inspect.Signature(parameters)


@given(signatures())
def test_text_is_the_same_as_that_of_inspect(signature: inspect.Signature) -> None:
    found = signature_from_doc("f", f"f{signature}")
    assert str(found) == str(signature)
