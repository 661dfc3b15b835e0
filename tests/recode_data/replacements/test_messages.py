from __future__ import annotations

import pytest

from recode_data.replacements.messages import propose
from tests.clues import clues_of, fails, found, proposed, resolves, touch

OLD = "def f(): ...\ndef g_new(): ...\ndef h_new(): ..."
NEW = "def g_new(): ...\ndef h_new(): ..."


@pytest.mark.parametrize(
    ("message", "expect"),
    [
        ("`toy.f` was removed. Use `toy.g_new` instead.", ["toy.g_new"]),
        ("`f` was removed. Use `g_new` or `h_new` instead.", ["toy.g_new", "toy.h_new"]),
        ("f is gone, use `math.fsum` instead", ["math.fsum"]),
        ("module 'toy' has no attribute 'f'", []),
        ("f is gone, use `toy.absent` instead", []),
        ("f is gone, use `math.absent` instead", []),
        ("f is gone, use `toy.f` instead", []),
        ("g_new is what others use", []),
    ],
)
def test_error_names_successors_that_exist(message: str, expect: list[str]) -> None:
    clues = clues_of(OLD, NEW, touch("toy.f", new=fails("toy.f", message)))
    assert proposed(propose, "toy.f", clues) == [(path, None) for path in expect]


def test_error_at_another_path_says_nothing() -> None:
    error = fails("toy", "use `g_new` instead")
    clues = clues_of(OLD, NEW, touch("toy.f", new=error))
    assert proposed(propose, "toy.f", clues) == []


def test_warnings_of_either_version_count_and_errors_more() -> None:
    text = "f is deprecated, use `g_new`"
    in_new = clues_of(OLD, NEW, touch("toy.f", new=resolves("toy.f", text)))
    in_old = clues_of(OLD, NEW, touch("toy.f", old=resolves("toy.f", text)))
    in_error = clues_of(OLD, NEW, touch("toy.f", new=fails("toy.f", text)))
    scores = [found(propose, "toy.f", clues)[0].score for clues in (in_error, in_new, in_old)]
    assert scores == sorted(set(scores), reverse=True)


def test_private_paths_rank_lower() -> None:
    new = {"toy/__init__.py": NEW, "toy/_core.py": "def f(): ..."}
    private = fails("toy.f", "use `toy._core.f` or `toy.g_new` instead")
    clues = clues_of(
        OLD,
        new,
        {**touch("toy.f", new=private), **touch("toy._core.f", new=resolves("toy._core.f"))},
    )
    assert [path for path, _ in proposed(propose, "toy.f", clues)] == ["toy.g_new", "toy._core.f"]
