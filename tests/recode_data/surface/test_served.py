from __future__ import annotations

from recode_data.changes import find_changes
from recode_data.surface import with_served_names
from tests.clues import fails, resolves
from tests.surfaces import in_words, surface_of

OLD = "def f(a): ...\ndef g(a, b=1): ...\nclass C:\n    def m(self): ...\nlimit = 3"
NEW = {
    "toy/__init__.py": "",
    "toy/kept.py": "def g(a): ...\nclass C:\n    def m(self, x=1): ...",
}


def changes(old: object, new: object, touched: dict[str, object]) -> list[str]:
    surfaces = with_served_names(surface_of(old, "1.0"), surface_of(new, "2.0"), touched)  # type: ignore[arg-type]
    return sorted(in_words(item) for item in find_changes(*surfaces) if item.alias_of is None)


def touch(path: str, old: object, new: object) -> dict[str, object]:
    from recode_data.surface import Touch

    return {path: Touch(path, old, new)}  # type: ignore[arg-type]


def test_name_that_is_served_is_not_removed_and_is_compared() -> None:
    from dataclasses import replace

    served = replace(resolves("toy.g"), canonical="toy.kept.g")
    found = changes(OLD, NEW, touch("toy.g", resolves("toy.g"), served))
    assert "removed toy.g" not in found
    assert "parameter_removed toy.g(b)" in found
    assert "removed toy.f" in found


def test_warning_on_access_is_a_deprecation_that_the_new_version_brought() -> None:
    warns = resolves("toy.limit", "toy.limit is deprecated")
    assert "deprecated toy.limit" in changes(
        OLD, NEW, touch("toy.limit", resolves("toy.limit"), warns)
    )
    both = changes(OLD, NEW, touch("toy.limit", warns, warns))
    assert not [words for words in both if "limit" in words]


def test_members_of_a_served_class_come_with_it() -> None:
    from dataclasses import replace

    served = replace(resolves("toy.C"), canonical="toy.kept.C")
    found = changes(OLD, NEW, touch("toy.C", resolves("toy.C"), served))
    assert "parameter_added toy.C.m(x)" in found


def test_what_fails_stays_removed() -> None:
    found = changes(OLD, NEW, touch("toy.f", resolves("toy.f"), fails("toy.f", "gone")))
    assert "removed toy.f" in found


def test_what_the_old_version_served_already_is_not_added() -> None:
    from recode_data.surface import Touch

    new = "def f(a): ...\ndef late(a): ..."
    touched = {"toy.late": Touch("toy.late", resolves("toy.late"), None)}
    assert changes("def f(a): ...", new, touched) == []  # type: ignore[arg-type]
    assert changes("def f(a): ...", new, {}) == ["added toy.late"]


def test_class_of_which_only_that_it_is_there_is_known_loses_no_members() -> None:
    served = resolves("toy.C")
    found = changes(OLD, {"toy/__init__.py": ""}, touch("toy.C", resolves("toy.C"), served))
    assert not [words for words in found if "toy.C" in words]
