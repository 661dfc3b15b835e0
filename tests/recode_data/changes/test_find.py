from __future__ import annotations

from recode_data.changes import find_changes
from recode_data.records import ChangeKind, EvidenceKind
from tests.surfaces import in_words, surface_of, toylib_surface
from tests.toy_index import expected_changes, expected_decoys

SHOWN_BY_A_RUN = {
    "toylib.ABSOLUTE_ZERO": "served by the old module's `__getattr__`, so static reading finds it new",
}


def test_toy_library_has_every_kind_that_surfaces_show() -> None:
    found = find_changes(toylib_surface("1.0"), toylib_surface("2.0"))
    keys = {(change.kind.value, change.old_api, change.parameter) for change in found}
    expected = {
        # Without a run nothing says that these are the same function.
        "renamed": ("removed", "toylib.stats.spread", None),
        "moved": ("removed", "toylib.stats.to_kelvin", None),
        "parameter_reordered": ("parameter_reordered", "toylib.clamp", "low"),
    }
    for item in expected_changes():
        if item.kind != ChangeKind.BEHAVIOUR.value:
            assert expected.get(item.kind, (item.kind, item.old_api, item.parameter)) in keys


def test_toy_library_has_no_other_changes() -> None:
    found = find_changes(toylib_surface("1.0"), toylib_surface("2.0"))
    known = {item.old_api for item in expected_changes()} | SHOWN_BY_A_RUN.keys()
    others = [in_words(change) for change in found if change.old_api not in known]
    assert others == ["added toylib.stats.deviation", "added toylib.units.to_kelvin"]
    decoys = expected_decoys().keys() - SHOWN_BY_A_RUN.keys()
    assert [change for change in found if change.old_api in decoys] == []


def test_changes_come_sorted_and_once() -> None:
    found = find_changes(toylib_surface("1.0"), toylib_surface("2.0"))
    order = [(change.old_api, change.kind.value, change.parameter or "") for change in found]
    assert order == sorted(set(order))
    assert len({change.key for change in found}) == len(found)


def test_same_surface_has_no_changes() -> None:
    assert find_changes(toylib_surface("1.0"), toylib_surface("1.0")) == ()


def test_change_at_a_further_path_names_the_first() -> None:
    files = {
        "toy/a.py": "def f(a, b=1): ...",
        "toy/__init__.py": "from toy.a import f\n__all__ = ['f']",
    }
    changed = {**files, "toy/a.py": "def f(a): ..."}
    found = find_changes(surface_of(files), surface_of(changed, "2.0"))
    assert [(change.old_api, change.alias_of) for change in found] == [
        ("toy.a.f", "toy.f"),
        ("toy.f", None),
    ]


def test_change_on_a_base_is_repeated_on_its_subclasses() -> None:
    old = "class B:\n    def m(self, a): ...\nclass C(B): ..."
    found = find_changes(surface_of(old), surface_of(old.replace("self, a", "self, a, b=1"), "2.0"))
    assert [(change.old_api, change.alias_of) for change in found] == [
        ("toy.B.m", None),
        ("toy.C.m", "toy.B.m"),
    ]


def test_constructor_repeats_its_class() -> None:
    old = "class C:\n    def __init__(self, a, b=1): ..."
    found = find_changes(surface_of(old), surface_of(old.replace(", b=1", ""), "2.0"))
    assert [(change.old_api, change.alias_of) for change in found] == [
        ("toy.C", None),
        ("toy.C.__init__", "toy.C"),
    ]


def test_change_carries_both_signatures_and_its_evidence() -> None:
    (change,) = find_changes(surface_of("def f(a=1): ..."), surface_of("def f(a=2): ...", "2.0"))
    assert (str(change.old_signature), str(change.new_signature)) == ("(a=1)", "(a=2)")
    assert (change.old_value, change.new_value) == ("1", "2")
    assert [(item.kind, item.detail) for item in change.evidence] == [
        (EvidenceKind.SURFACE, "1 -> 2")
    ]
