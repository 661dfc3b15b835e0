from __future__ import annotations

from dataclasses import replace

from recode_data.records import ApiChange, ChangeKind, Deprecation
from recode_data.replacements.evidence import Clues
from recode_data.replacements.identity import propose
from tests.clues import clues_of, fails, found, proposed, resolves, touch
from tests.making import make_change

OLD = {
    "toy/__init__.py": "from toy.a import f\nf_old = f\n__all__ = ['f', 'f_old']",
    "toy/a.py": "def f(): ...",
}
NEW = {"toy/__init__.py": "from toy.a import f\n__all__ = ['f']", "toy/a.py": "def f(): ..."}


def test_other_paths_of_the_same_object() -> None:
    assert {path for path, _ in proposed(propose, "toy.f_old", clues_of(OLD, NEW))} == {
        "toy.f",
        "toy.a.f",
    }


def test_short_path_ranks_first() -> None:
    assert found(propose, "toy.f_old", clues_of(OLD, NEW))[0].new_api == "toy.f"


def test_another_object_is_none() -> None:
    assert proposed(propose, "toy.f", clues_of("def f(): ...\ndef g(): ...", "def g(): ...")) == []


def test_path_that_fails_or_warns_now_is_no_way_out() -> None:
    for access in (fails("toy.a.f", "gone"), resolves("toy.a.f", "deprecated")):
        clues = clues_of(OLD, NEW, touch("toy.a.f", new=access))
        assert [path for path, _ in proposed(propose, "toy.f_old", clues)] == ["toy.f"]


def constants(type_name: str, *names: str) -> Clues:
    """Run-time surfaces in which these names were one object; the first is gone now."""
    clues = clues_of(
        "\n".join(f"{name} = 1" for name in names), "\n".join(f"{name} = 1" for name in names[1:])
    )
    objects = tuple(
        replace(item, identity="7", type_name=type_name)
        for item in clues.old.objects
        if "." in item.path
    )
    return Clues(replace(clues.old, objects=objects), clues.new, {})


def test_equal_numbers_are_one_object_by_chance() -> None:
    change = ApiChange(ChangeKind.REMOVED, "toy.low")
    assert list(propose(change, constants("int", "low", "first"))) == []
    assert [item.new_api for item in propose(change, constants("Marker", "low", "first"))] == [
        "toy.first"
    ]


def test_parameters_have_no_identity() -> None:
    change = ApiChange(ChangeKind.PARAMETER_REMOVED, "toy.f_old", "a")
    assert list(propose(change, clues_of(OLD, NEW))) == []


def test_other_path_of_what_warns_only_there() -> None:
    new = {"toy/__init__.py": "from toy.a import f", "toy/a.py": "def f(x): ..."}
    clues = clues_of(new, new)
    warned = replace(clues.new_view["toy.f"], deprecations=(Deprecation("soon"),))
    clues.new_view["toy.f"] = warned
    change = make_change("toy.f", kind=ChangeKind.DEPRECATED)
    details = [(item.new_api, item.evidence.detail) for item in propose(change, clues)]
    assert ("toy.a.f", "the same object in 2.0") in details


def test_object_of_another_library_says_where_it_lives() -> None:
    access = replace(resolves("toy.f"), canonical="math.fsum")
    clues = clues_of("def f(x): ...", "", touch("toy.f", old=access))
    assert ("math.fsum", None) in proposed(propose, "toy.f", clues)
    private = replace(access, canonical="other._impl.f")
    clues = clues_of("def f(x): ...", "", touch("toy.f", old=private))
    assert proposed(propose, "toy.f", clues) == []


def test_a_builtin_is_its_own_way_out() -> None:
    access = replace(resolves("toy.f_old"), canonical="builtins.sum")
    clues = clues_of(OLD, NEW, touch("toy.f_old", old=access))
    assert proposed(propose, "toy.f_old", clues) == [("builtins.sum", None)]
