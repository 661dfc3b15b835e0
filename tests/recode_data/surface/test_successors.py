from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.surface.successors import named_successors, quoted_names


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("f is deprecated; use `g` instead.", ("g",)),
        ("Use ``np.isin`` or `np.in1d` instead.", ("np.isin", "np.in1d")),
        ("`toy.f` was renamed to `toy.g`.", ("toy.g",)),
        ("f has been replaced by toy.new.g().", ("toy.new.g",)),
        ("use :func:`~toy.g` for that", ("toy.g",)),
        ("`g` should be used.", ("g",)),
        ("Deprecated in favour of the load_all function", ("load_all",)),
        ("import it from `toy.exceptions`", ("toy.exceptions",)),
        ("from toy.io import read is the new way", ("toy.io.read",)),
        ("f is deprecated, use g(x=1)", ("g",)),
        ("use \u201cg\u201d", ("g",)),
        ("'{}.f' is deprecated. Please use '{}.g' instead.", ("g",)),
        ("Use {type(self).__name__}.g() instead", ("g",)),
        ("use toy.{name}.read instead", ("toy",)),
        ("Use isin instead", ("isin",)),
        ("You can use DataFrame/Series.shift instead.", ("DataFrame.shift", "Series.shift")),
        ("use `C(x).paths()<.C.get_paths>` instead", ("C.get_paths", "C")),
        ("Please refer to `Inspector.has_table`.", ("Inspector.has_table",)),
    ],
)
def test_names_that_a_sentence_offers(text: str, expect: tuple[str, ...]) -> None:
    assert named_successors(text) == expect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "`f` is deprecated.",
        "f is deprecated and will be removed in version 2.0.",
        "Use the keyword instead.",
        "The `x` argument has no effect.",
        "see the documentation",
    ],
)
def test_sentences_that_offer_nothing(text: str) -> None:
    assert named_successors(text) == ()


def test_the_window_ends_with_the_sentence() -> None:
    assert named_successors("Use `g`. The function `f` is old.") == ("g",)


def test_quoted_names_in_order() -> None:
    assert quoted_names("`b.c` and ``a`` and 'b.c' and 5") == ("b.c", "a")


@given(st.text(alphabet="use `g.'\"instead()=", max_size=60))
def test_any_text_gives_names_only(text: str) -> None:
    for name in named_successors(text):
        assert all(part.isidentifier() for part in name.split("."))
