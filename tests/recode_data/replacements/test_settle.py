from __future__ import annotations

from dataclasses import replace

import pytest

from recode_data.changes import find_changes
from recode_data.changes.comparison import public_view
from recode_data.records import ChangeKind
from recode_data.replacements.settle import settle
from recode_data.surface import Access, Touch
from tests.clues import fails, resolves, touch
from tests.surfaces import Package, in_words, surface_of

GONE = "module 'toy' has no attribute 'f'"


def settled(old: Package, new: Package, touched: dict[str, Touch]) -> list[str]:
    surfaces = surface_of(old, "1.0"), surface_of(new, "2.0")
    changes = settle(find_changes(*surfaces), touched, public_view(surfaces[0]))
    return [
        in_words(change) + (f": {change.message}" if change.message else "") for change in changes
    ]


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param(None, fails("toy.f", GONE), ["removed toy.f"], id="gone"),
        pytest.param(None, fails("toy.f", "f was removed, use `g`."), ["removed toy.f: f was removed, use `g`."], id="gone-with-words"),
        pytest.param(None, resolves("toy.f"), [], id="still-served"),
        pytest.param(None, resolves("toy.f", "f is deprecated"), ["deprecated toy.f: f is deprecated"], id="served-with-a-warning"),
        pytest.param(resolves("toy.f", "old news"), resolves("toy.f", "f is deprecated"), [], id="warned-before"),
        pytest.param(fails("toy.f", GONE), fails("toy.f", GONE), [], id="never-was-there"),
        pytest.param(fails("toy.f", "No module named 'lxml'", "ModuleNotFoundError"), fails("toy.f", GONE), ["removed toy.f"], id="dependency-was-missing"),
        pytest.param(None, None, ["removed toy.f"], id="not-touched"),
    ],
)  # fmt: skip
def test_removals_as_accesses_show_them(
    old: Access | None, new: Access | None, expect: list[str]
) -> None:
    assert settled("def f(): ...", "", touch("toy.f", old=old, new=new)) == expect


def test_instance_attributes_cannot_be_seen_on_the_class() -> None:
    old = "class C:\n    def __init__(self):\n        self.a = 1"
    new = "class C:\n    def __init__(self): ..."
    touched = touch(
        "toy.C.a",
        old=fails("toy.C.a", "no"),
        new=fails("toy.C.a", "type object 'C' has no attribute 'a'"),
    )
    assert settled(old, new, touched) == ["removed toy.C.a"]


def test_other_kind_that_fails_is_removed() -> None:
    old, new = "class C:\n    def m(self): ...", "class C:\n    @property\n    def m(self): ..."
    touched = touch(
        "toy.C.m", new=fails("toy.C.m", "m is not there any more, and has not been for long")
    )
    (words,) = settled(old, new, touched)
    assert words.startswith("removed toy.C.m: m is not there")


def test_module_whose_names_all_warn_is_deprecated_itself() -> None:
    old = {"toy/__init__.py": "", "toy/a.py": "def f(): ...\ndef g(): ...\ndef h(): ..."}
    warned = {}
    for name in "fgh":
        warned |= touch(f"toy.a.{name}", new=resolves(f"toy.a.{name}", "toy.a goes"))
    new = {"toy/__init__.py": "", "toy/a.py": "x = 1"}
    words = settled(old, new, warned)
    assert [each for each in words if "added" not in each] == [
        *(f"deprecated toy.a.{name}: toy.a goes" for name in "fgh"),
        "deprecated toy.a: toy.a goes",
    ]
    del warned["toy.a.h"]
    assert "deprecated toy.a: toy.a goes" not in settled(old, new, warned)


def test_parameters_are_left_alone() -> None:
    surfaces = surface_of("def f(a, b=1): ..."), surface_of("def f(a): ...", "2.0")
    found = find_changes(*surfaces)
    touched = touch("toy.f", new=resolves("toy.f", "f is deprecated"))
    assert settle(found, touched, public_view(surfaces[0])) == list(found)


def test_message_of_the_source_is_kept() -> None:
    surfaces = surface_of("def f(): ..."), surface_of("", "2.0")
    (change,) = find_changes(*surfaces)
    told = replace(change, kind=ChangeKind.REMOVED, message="from the source")
    touched = touch("toy.f", new=fails("toy.f", "from the run, in many more words than that"))
    (kept,) = settle([told], touched, public_view(surfaces[0]))
    assert kept.message == "from the source"
