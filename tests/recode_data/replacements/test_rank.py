from __future__ import annotations

from functools import lru_cache

import pytest

from recode_data.changes import find_changes
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind
from recode_data.replacements import read_notes, with_replacements
from recode_data.replacements.evidence import Clues
from recode_data.replacements.rank import KINDS_OF_EVIDENCE, _one_path_each
from recode_data.surface.touch import touch_paths
from tests.clues import fails, resolves, touch
from tests.drivers import running_surface, toylib_toucher
from tests.surfaces import Package, in_words, surface_of
from tests.toy_index import ExpectedChange, expected_changes, expected_decoys, toylib_source


@lru_cache(maxsize=1)
def toylib_changes() -> dict[str, ApiChange]:
    old, new = (
        running_surface(toylib_source(version), "toylib", version) for version in ("1.0", "2.0")
    )
    found = find_changes(old, new)
    touched = touch_paths(found, toylib_toucher("1.0"), toylib_toucher("2.0"))
    changes = with_replacements(found, old, new, touched, read_notes(toylib_source("2.0")))
    return {in_words(change).partition(" ->")[0]: change for change in changes}


EXPECTED = [item for item in expected_changes() if item.kind != ChangeKind.BEHAVIOUR.value]


@pytest.mark.parametrize("item", EXPECTED, ids=lambda item: item.kind)
def test_toy_library_change_for_change(item: ExpectedChange) -> None:
    words = f"{item.kind} {item.old_api}"
    if item.kind == "parameter_reordered":
        words += "(low)"
    elif item.parameter:
        words += f"({item.parameter})"
    change = toylib_changes()[words]
    if item.new_api is not None:
        assert change.new_api == item.new_api
    if item.new_parameter is not None:
        assert change.replacements[0].new_parameter == item.new_parameter


def test_toy_library_has_no_other_changes() -> None:
    known = {item.old_api for item in expected_changes()}
    others = [words for words, change in toylib_changes().items() if change.old_api not in known]
    assert others == ["added toylib.stats.deviation", "added toylib.units.to_kelvin"]
    assert not {change.old_api for change in toylib_changes().values()} & expected_decoys().keys()


def test_agreeing_evidence_adds_up_for_the_path_that_is_said() -> None:
    (best,) = toylib_changes()["deprecated toylib.stats.average"].replacements
    assert best.new_api == "toylib.stats.mean", "which is `toylib.mean` as well"
    kinds = [item.kind for item in best.evidence]
    assert kinds == [
        EvidenceKind.WARNING_MESSAGE,
        EvidenceKind.DEPRECATION,
        EvidenceKind.DEPRECATION,
        EvidenceKind.RELEASE_NOTES,
        EvidenceKind.FORWARDING,
        EvidenceKind.FORWARDING,
    ]
    assert 0.999 < best.score <= 1


def test_one_object_under_several_paths_is_one_replacement() -> None:
    init, part = "from toy.part import f", "def f(a, b): return a\n"
    old = {"toy/__init__.py": f"{init}, g", "toy/part.py": f"{part}g = f\n"}
    new = {"toy/__init__.py": init, "toy/part.py": part}
    found = {change.old_api: change for change in changes(old, new)}
    assert [item.new_api for item in found["toy.g"].replacements] == ["toy.f"]
    assert found["toy.g"].replacements[0].was_there


def test_of_modules_the_one_that_defines_it_is_taken() -> None:
    files = {
        "toy/__init__.py": "",
        "toy/a.py": "from toy.z import load\n__all__ = ['load']",
        "toy/z.py": "def load(a, b): return a\n",
    }
    clues = Clues(surface_of(files, "1.0"), surface_of(files, "2.0"), {})
    alike = (0.8, [Evidence(EvidenceKind.IDENTITY, "the same object in 1.0")])
    found = _one_path_each({("toy.a.load", None): alike, ("toy.z.load", None): alike}, clues)
    assert [path for path, _ in found] == ["toy.z.load"]


def changes(old: Package, new: Package, *notes: str) -> list[ApiChange]:
    surfaces = surface_of(old, "1.0"), surface_of(new, "2.0")
    return list(with_replacements(find_changes(*surfaces), *surfaces, {}, notes))


def test_member_parameter_keeps_its_successor() -> None:
    old = "class C:\n    def m(self, a, b=1): ..."
    (change,) = changes(old, old.replace("b=1", "c=1"))
    assert [(item.new_api, item.new_parameter) for item in change.replacements] == [
        ("toy.C.m", "c")
    ]


def test_same_member_of_another_class_is_no_way_out() -> None:
    old = "class C:\n    def m(self): ...\nclass D:\n    def m(self): ..."
    new = "class C: ...\nclass D:\n    def m(self): ..."
    (change,) = changes(old, new, "`C.m` was removed, use `D.m` instead.")
    assert (change.new_api, change.replacements) == (None, ())


def test_successor_that_goes_as_well_is_none() -> None:
    old = "def f_old(a): ...\ndef f_older(a): ..."
    assert [change.replacements for change in changes(old, "")] == [(), ()]
    both = (
        "@deprecated('use `f_older`')\ndef f_old(a): ...\n@deprecated('soon')\ndef f_older(a): ..."
    )
    assert [change.new_api for change in changes(old, both)] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "kind", "new_api"),
    [
        pytest.param("def groupby(a): ...", "def group_by(a): ...", "renamed", "toy.group_by", id="strong-is-a-renaming"),
        pytest.param("def f(a):\n    'Do it.'", {"toy/__init__.py": "", "toy/a.py": "def f(a):\n    'Do it.'"}, "moved", "toy.a.f", id="same-name-is-a-move"),
        pytest.param("def mean(values): ...", "def mean_of(numbers): ...", "removed", None, id="weak-is-neither"),
    ],
)  # fmt: skip
def test_kind_after_ranking(old: str, new: Package, kind: str, new_api: str | None) -> None:
    (change,) = [item for item in changes(old, new) if item.kind is not ChangeKind.ADDED]
    assert (change.kind.value, change.new_api) == (kind, new_api)


def test_additions_have_no_replacements() -> None:
    assert [
        change.replacements
        for change in changes("def groupby(): ...", "def groupby(): ...\ndef group_by(): ...")
    ] == [()]


def test_at_most_five_best_first() -> None:
    names = [f"reader_{letter}" for letter in "abcdefgh"]
    note = f"`toy.reader` was removed, use {', '.join(f'`toy.{name}`' for name in names)} instead"
    new = "\n".join(f"def {name}(a): ..." for name in names)
    (change,) = [
        item
        for item in changes("def reader(a): ...", new, note)
        if item.kind is not ChangeKind.ADDED
    ]
    scores = [item.score for item in change.replacements]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_every_kind_of_evidence_has_a_test_file(request: pytest.FixtureRequest) -> None:
    names = {propose.__module__.rpartition(".")[2] for propose in KINDS_OF_EVIDENCE}
    assert {
        path.stem.removeprefix("test_") for path in request.path.parent.glob("test_*.py")
    } >= names


def test_library_may_name_the_same_member_of_another_class() -> None:
    old = "class A:\n    def mode(self):\n        warnings.warn('use `B.mode` instead', FutureWarning)\nclass B:\n    def mode(self): ..."
    new = "class A: ...\nclass B:\n    def mode(self): ..."
    (change,) = changes(old, new)
    assert change.new_api == "toy.B.mode"


def test_successor_of_a_successor() -> None:
    old = "@deprecated('use `mid` instead')\ndef old(a): ...\ndef mid(a): ...\ndef last(a): ..."
    new = "@deprecated('use `last` instead')\ndef mid(a): ...\ndef last(a): ..."
    found = {change.old_api: change.new_api for change in changes(old, new)}
    assert found == {"toy.old": "toy.last", "toy.mid": "toy.last"}


def test_what_the_library_names_first_beats_identity() -> None:
    new = "def load(a): ...\ndef read(a): ...\n"
    (silent,) = (item for item in changes("def load(a): ...\ng = load", new) if item.new_api)
    assert silent.new_api == "toy.load"
    surfaces = surface_of("def load(a): ...\ng = load", "1.0"), surface_of(new, "2.0")
    said = fails("toy.g", "`toy.g` is gone: use `toy.read` or `toy.load` instead")
    touched = touch("toy.g", old=resolves("toy.g"), new=said)
    found = with_replacements(find_changes(*surfaces), *surfaces, touched)
    (change,) = (item for item in found if item.old_api == "toy.g")
    assert [item.new_api for item in change.replacements] == ["toy.read", "toy.load"]
