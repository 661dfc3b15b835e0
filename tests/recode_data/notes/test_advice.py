"""What a message of a library says to write, and of what it speaks."""

from __future__ import annotations

import pytest

from recode_data.notes.advice import advised, is_of_a_way, speaks_against
from recode_data.records import (
    ChangeKind,
    FurtherChange,
    Parameter,
    ParameterKind,
    Replacement,
    Signature,
)
from tests.making import make_change

ADVICE = [
    ("toy.load is deprecated. Use toy.read instead.", ("toy.read",)),
    ("`load` was removed. Please use the `read` function instead", ("read",)),
    ("load is deprecated; use read() instead", ("read",)),
    ("use toy.tree.map (v0.4 or newer) or toy.tree_map.", ("toy.tree.map", "toy.tree_map")),
    ("load is deprecated in favor of `read`. See `guide`.", ("read",)),
    ("It has been renamed to `read`.", ("read",)),
    ("'load' has been moved to 'toy.io'", ("toy.io",)),
    ("use `read`, see https://toy.org/use_this.html", ("read",)),
    ("toy.core has been renamed to toy._core", ()),
    ("load is deprecated", ()),
    ("cannot use `read` on this", ()),
    ("do not use `read`", ()),
    ("use another way instead", ()),
    ("The use of `load` is deprecated", ()),
    ("load is deprecated, use read instead, it's the library's own, e.g. faster", ()),
    ("use read or `get_all`, don't wait", ("get_all",)),
    ("use read_all(path)", ("read_all",)),
    ("use `read(mode)`", ("read",)),
    ("the `mode=` argument was renamed to `how=`, which has more options", ("how",)),
    ("", ()),
]


@pytest.mark.parametrize(("message", "expected"), ADVICE)
def test_names_that_a_message_says_to_write(message: str, expected: tuple[str, ...]) -> None:
    assert advised(message) == expected


@pytest.mark.parametrize(
    ("message", "new_api", "new_code", "expected"),
    [
        ("LOAD is deprecated. Use Mode.LOAD instead.", "toy.BILINEAR", "toy.BILINEAR", True),
        ("LOAD is deprecated. Use Mode.LOAD instead.", "toy.Mode.LOAD", "toy.Mode.LOAD", False),
        ("LOAD is deprecated. Use `extra` instead.", "toy.v1.LOAD", "toy.v1.LOAD", True),
        ("LOAD is deprecated. Use `a` or `b` instead.", "toy.b", "toy.b()", False),
        ("LOAD is deprecated. Use toy.part.f", "toy.part", "toy.part.f()", False),
        ("LOAD is deprecated. Use toy.read.", None, "toy.read()", False),
        ("LOAD is deprecated. Use toy.read.", None, "toy.get()", True),
        ("Use `toy.read` with a proper dtype instead of LOAD.", "toy.read", "toy.read(1)", True),
        ("Use `toy.read` with a proper dtype instead of LOAD.", "toy.read", "toy.read(1, dtype=int)", False),
        ("Use `toy.read` with the appropriate arguments, not LOAD.", "toy.read", "toy.read(1)", False),
        ("The use of `toy.LOAD` is deprecated", "toy.read", "toy.read(1)", False),
        ("`LOAD` went; use code without `toy.LOAD`", "toy.read", "toy.read(1)", False),
        ("LOAD went, use read or `get_all`", "toy.read", "toy.read(1)", False),
        ("LOAD is deprecated.", "toy.v1.LOAD", "toy.v1.LOAD", True),
        ("LOAD is deprecated, use toy.v1.LOAD", "toy.v1.LOAD", "toy.v1.LOAD", False),
        ("LOAD is deprecated.", "toy.compat", "toy.compat", False),
        ("LOAD is deprecated.", "toy.get", "toy.get()", False),
        ("other is deprecated. Use toy.read.", "toy.get", "toy.get()", False),
        ("LOAD was an alias for the builtin `str`. Use `str`. Or else use `toy.str_`.", "toy.str_", "toy.str_(1)", True),
        ("LOAD was an alias for the builtin `str`. Use `str`. Or else use `toy.str_`.", "builtins.str", "str(1)", False),
    ],
    ids=["any number", "the one", "elsewhere", "one of two", "a module", "taken up", "not taken up", "half of it", "all of it", "whatever it takes", "the use of it", "itself", "in plain words", "a copy", "a copy that is named", "only a name", "no word", "of another", "not the builtin", "the builtin"],
)  # fmt: skip
def test_another_successor_than_the_library_names(
    message: str, new_api: str | None, new_code: str, expected: bool
) -> None:
    taken = Parameter("dtype", ParameterKind.POSITIONAL_OR_KEYWORD)
    change = make_change("toy.LOAD", kind=ChangeKind.DEPRECATED, old_signature=Signature((taken,)))
    replacement = Replacement(new_api, (), 1.0) if new_api else None
    assert speaks_against(FurtherChange(change, replacement), message, new_code) is expected


@pytest.mark.parametrize(
    "change",
    [make_change("toy.load", kind=ChangeKind.BEHAVIOUR), make_change("toy.load", parameter="mode")],
    ids=["a value", "a parameter"],
)
def test_advice_on_values_and_arguments_is_for_the_proof(change: object) -> None:
    item = FurtherChange(change, Replacement("toy.get", (), 1.0))  # type: ignore[arg-type]
    assert not speaks_against(item, "load: use toy.read instead", "toy.get()")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("using `load` for horizontal computation is deprecated", True),
        ("Passing a Series to `load` is deprecated. Use `Series.len()`", True),
        ("Creating ranges using `load(s)` is deprecated.", True),
        ("load.__init__ is deprecated and will be removed", True),
        ("`load` should not be instantiated. Use `read`.", True),
        ("`load` is deprecated. It has been renamed to `read`.", False),
        ("toy.load() was removed in 2.0", False),
        ("The load function is deprecated", False),
        ("using `load` is deprecated", False),
        ("load: see the guide", None),
        ("`load` should not be used; use `read`", None),
        ("Using the `load` function is deprecated", False),
        ("Using `load` in a loop is deprecated", True),
        ("passing x to `other` is deprecated", None),
    ],
)
def test_whether_a_message_is_about_all_uses(message: str, expected: bool | None) -> None:
    assert is_of_a_way(make_change("toy.load"), message) is expected


def test_where_the_program_ended_elsewhere_the_source_speaks() -> None:
    change = make_change("toy.load", message="`load` is deprecated, use `read`")
    assert is_of_a_way(change, "passing x to `other` is deprecated") is False


def test_a_message_about_two_names_in_one_spelling_is_about_both() -> None:
    said = "Creating big ones by `load(s)` is deprecated."
    for name in ("load", "loads"):
        change = make_change(f"toy.{name}", message=f"toy.{name} is deprecated")
        assert is_of_a_way(change, said) is True
