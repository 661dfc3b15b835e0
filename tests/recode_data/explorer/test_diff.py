"""Rows of a side-by-side view, and what is marked within them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.explorer.diff import diff_rows, lines_of


def shown(old: str, new: str) -> list[str]:
    """Rows as text: what only one side has in brackets, a missing side as `~`."""

    def side(code: str, number: int | None, spans: tuple[tuple[int, int], ...]) -> str:
        if number is None:
            return "~"
        line, parts, at = lines_of(code)[number], [], 0
        for start, end in spans:
            parts += [line[at:start], "[", line[start:end], "]"]
            at = end
        return "".join([*parts, line[at:]])

    rows = []
    for row in diff_rows(old, new):
        left, right = side(old, row.old, row.old_spans), side(new, row.new, row.new_spans)
        equal = row.old is not None and row.new is not None and not row.edited
        rows.append(f"= {left}" if equal else f"{left} | {right}")
    return rows


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("a\nb\n", "a\nb\n", ["= a", "= b"], id="equal"),
        pytest.param("a\nb", "a\nb\n", ["= a", "= b"], id="last line end says nothing"),
        pytest.param("x = np.float_(1)\n", "x = np.float64(1)\n", ["x = np.[float_](1) | x = np.[float64](1)"], id="a word is marked whole"),
        pytest.param("a\n", "a\nz\n", ["= a", "~ | z"], id="added"),
        pytest.param("a\nz\n", "z\n", ["a | ~", "= z"], id="removed"),
        pytest.param("value = compute(1)\n", "!\n", ["value = compute(1) | ~", "~ | !"], id="unlike lines are no partners"),
        pytest.param(
            "f(alpha=1)\nend\n",
            "import new\nf(beta=1)\nend\n",
            ["~ | import new", "f([alpha]=1) | f([beta]=1)", "= end"],
            id="an edited line keeps its partner",
        ),
        pytest.param("if a:\n    f(1)\n", "f(1)\n", ["if a: | ~", "[    ]f(1) | f(1)"], id="dedent"),
    ],
)  # fmt: skip
def test_rows(old: str, new: str, expect: list[str]) -> None:
    assert shown(old, new) == expect


codes = st.lists(st.sampled_from(["", "a", "b = f(1)", "b = f(2)", "    c"]), max_size=8).map(
    "\n".join
)


@given(codes, codes)
def test_every_line_is_shown_once_in_order(old: str, new: str) -> None:
    rows = diff_rows(old, new)
    assert [row.old for row in rows if row.old is not None] == list(range(len(lines_of(old))))
    assert [row.new for row in rows if row.new is not None] == list(range(len(lines_of(new))))


@given(codes, codes)
def test_rows_that_claim_to_be_equal_are(old: str, new: str) -> None:
    for row in diff_rows(old, new):
        if row.old is not None and row.new is not None:
            equal = lines_of(old)[row.old] == lines_of(new)[row.new]
            assert equal is not row.edited


def test_a_huge_block_is_aligned_in_order() -> None:
    old = "\n".join(f"a{n}" for n in range(150))
    new = "\n".join(f"b{n}" for n in range(150))
    rows = diff_rows(old, new)
    assert [(row.old, row.new) for row in rows] == [(n, n) for n in range(150)]
