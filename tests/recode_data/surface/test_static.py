from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from recode_data.records import ObjectKind, Origin
from recode_data.surface import static_surface
from tests.surfaces import Package, objects, paths, surface_of, toylib_surface
from tests.toy_index import VERSIONS, expected_changes, expected_decoys, toylib_source

# --- which names are public -----------------------------------------------------------------------

SUBMODULES = {
    "toy/a.py": "__all__ = ['f', 'g']\ndef f(): ...\ndef g(): ...\ndef h(): ...",
    "toy/b.py": "__all__ = ('k',)\ndef k(): ...\ndef m(): ...",
}
OF_SUBMODULES = ["a", "a.f", "a.g", "a.h", "b", "b.k", "b.m"]


@pytest.mark.parametrize(
    ("source", "expect"),
    [
        pytest.param("def f(): ...\ndef _g(): ...\nx = 1\n_y = 2", ["f", "x"], id="underscore"),
        pytest.param("__all__ = ['f', '_g']\ndef f(): ...\ndef _g(): ...\ndef h(): ...", ["_g", "f", "h"], id="beside-all"),
        pytest.param("__all__ = ['f']\nimport os\nfrom json import dumps\ndef f(): ...", ["f"], id="imported-beside-all"),
        pytest.param("__all__ = ['f', 'absent']\ndef f(): ...", ["f"], id="all-names-nothing"),
        pytest.param("__all__ = []\ndef f(): ...", ["f"], id="empty-all-says-nothing"),
        pytest.param("import os\nfrom os.path import join\ndef f(): ...", ["f"], id="stdlib-import"),
        pytest.param("from other import thing", [], id="foreign-import-is-unknown"),
        pytest.param("def f(): ...\ndel f\ndef g(): ...", ["g"], id="deleted"),
        pytest.param("if __name__ == '__main__':\n    def main(): ...", [], id="main-guard"),
        pytest.param("x: int", [], id="declared-only"),
        pytest.param("x: int = 1\na, (b, _c) = 1, (2, 3)", ["a", "b", "x"], id="assigned"),
        pytest.param("def f():\n    def inner(): ...\n    y = 1", ["f"], id="local"),
    ],
)  # fmt: skip
def test_public_names_of_one_module(source: str, expect: list[str]) -> None:
    assert paths(source) == expect


@pytest.mark.parametrize(
    ("source", "expect"),
    [
        pytest.param("from toy.a import *", ["f", "g"], id="star-takes-all"),
        pytest.param("from toy.a import *\nfrom toy.b import *\n__all__ = a.__all__ + b.__all__ + ['x']\nfrom toy import a, b\nx = 1\ny = 2", ["f", "g", "k", "x", "y"], id="concatenated"),
        pytest.param("from toy import a\nfrom toy.a import *\n__all__ = ['x']\n__all__ += a.__all__\nx = 1", ["f", "g", "x"], id="added"),
        pytest.param("from toy import a\nfrom toy.a import *\n__all__ = list(a.__all__)\n__all__.extend(['x'])\n__all__.append('y')\n__all__.remove('g')\nx = y = 1", ["f", "x", "y"], id="called"),
        pytest.param("from toy import a, b\nfrom toy.a import *\nfrom toy.b import *\n__all__ = [*a.__all__, *b.__all__]", ["f", "g", "k"], id="unpacked"),
        pytest.param("from toy.a import f\n__all__ = ['f']", ["f"], id="imported-and-named"),
        pytest.param("from toy.a import f\n__all__ = 'f x'.split()\nx = 1", ["f", "x"], id="split"),
        pytest.param("from toy.a import h as h", ["h"], id="marked-re-export"),
        pytest.param("from .a import f as renamed", ["renamed"], id="relative"),
    ],
)  # fmt: skip
def test_names_taken_from_other_modules(source: str, expect: list[str]) -> None:
    found = paths({"toy/__init__.py": source, **SUBMODULES})
    assert [path for path in found if path not in OF_SUBMODULES] == expect
    # `a.f` is there as well: what a module exports stays public where it is defined.
    assert [path for path in found if path in OF_SUBMODULES] == OF_SUBMODULES


def test_what_a_plain_module_imports_is_not_its_own() -> None:
    found = paths(
        {"toy/__init__.py": "", "toy/a.py": "def f(): ...", "toy/b.py": "from toy.a import f"}
    )
    assert found == ["a", "a.f", "b"]


def test_private_modules_tests_and_scripts_are_no_places_to_import_from() -> None:
    text = "def f(): ..."
    names = ["_impl", "tests/helpers", "test_it", "conftest", "__main__", "setup", "ok"]
    found = paths({"toy/__init__.py": "", **{f"toy/{name}.py": text for name in names}})
    assert found == ["ok", "ok.f"]


# --- conditional definitions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "signature"),
    [
        pytest.param("if fast:\n    def f(a): ...\nelse:\n    def f(b): ...", "(a)", id="if"),
        pytest.param("if fast:\n    x = 1\nelse:\n    def f(b): ...", "(b)", id="else-only"),
        pytest.param("try:\n    def f(a): ...\nexcept ImportError:\n    def f(b): ...", "(a)", id="try"),
        pytest.param("try:\n    def f(a): ...\nexcept* ValueError:\n    def f(b): ...", "(a)", id="try-star"),
        pytest.param("try:\n    from math import f\nexcept ImportError:\n    def f(b): ...", "(b)", id="import-may-fail"),
        pytest.param("try:\n    from toy._fast import f\nexcept ImportError:\n    def f(b): ...", "(b)", id="compiled-import"),
        pytest.param("match 1:\n    case 1:\n        def f(a): ...\n    case _:\n        def f(b): ...", "(a)", id="match"),
        pytest.param("with quiet():\n    def f(a): ...", "(a)", id="with"),
        pytest.param("def f(a): ...\ndef f(b): ...", "(b)", id="last-definition-wins"),
        pytest.param("if TYPE_CHECKING:\n    def f(a): ...\nelse:\n    def f(b): ...", "(b)", id="typing-branch-loses"),
        pytest.param("def f(a): ...\nif TYPE_CHECKING:\n    def f(b): ...", "(a)", id="typing-branch-after-it-loses-too"),
        pytest.param("from functools import wraps\ndef f(a): ...\nf = wraps(f)(f)", "(a)", id="wrapped"),
        pytest.param("@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a, b=1): ...", "(a, b=1)", id="overloads"),
    ],
)  # fmt: skip
def test_one_of_several_definitions_counts(source: str, signature: str) -> None:
    assert str(objects(surface_of(source))["toy.f"].signature) == signature


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    def f(): ...",
        "import typing\nif typing.TYPE_CHECKING:\n    from os import PathLike as f",
        "if TYPE_CHECKING:\n    class f: ...",
    ],
    ids=["function", "import", "class"],
)
def test_what_only_type_checkers_see_is_not_public(source: str) -> None:
    assert paths(source) == []


# --- re-exports and aliases -----------------------------------------------------------------------

ALIASED = {
    "toy/__init__.py": "from toy._impl import f, C\nfrom toy import sub\nold_f = f\n__all__ = ['f', 'C', 'old_f', 'sub']",
    "toy/_impl.py": "def f(a): ...\nclass C:\n    def m(self): ...\n    n = m",
    "toy/sub.py": "from toy._impl import f\n__all__ = ['f', 'own']\ndef own(): ...",
}


def test_object_has_one_preferred_path_and_aliases() -> None:
    found = objects(surface_of(ALIASED))
    assert {
        path: item.alias_of for path, item in found.items() if item.canonical == "toy._impl.f"
    } == {
        "toy.f": None,
        "toy.old_f": "toy.f",
        "toy.sub.f": "toy.f",
    }
    assert found["toy.C"].canonical == "toy._impl.C"
    assert found["toy.sub.own"].alias_of is None


def test_the_own_package_is_preferred_to_one_that_collects_names(tmp_path: Path) -> None:
    """As matplotlib's `pylab`, the same names in one place: shorter paths, and nobody writes them."""
    for name, text in {
        "pylot/__init__.py": "from pylot import axes",
        "pylot/axes.py": "class Axes:\n    def plot(self, a): ...",
        "lab.py": "from pylot.axes import Axes\n__all__ = ['Axes']",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    found = objects(static_surface(tmp_path, "pylot", "1.0", ("pylot", "lab"), jobs=1))
    assert found["lab.Axes"].alias_of == "pylot.axes.Axes"
    assert "pylot.axes.Axes.plot" in found
    assert "lab.Axes.plot" not in found


def test_of_paths_as_deep_that_of_the_defining_module_is_preferred() -> None:
    """As matplotlib's `tri` takes all names of `collections`, and has the shorter name."""
    package = {
        "toy/__init__.py": "",
        "toy/tri.py": "from toy.collections import *",
        "toy/collections.py": "def poly(a): ...",
        "toy/axes.py": "from toy._axes import Axes\n__all__ = ['Axes']",
        "toy/_axes.py": "class Axes: ...",
    }
    found = objects(surface_of(package))
    assert found["toy.tri.poly"].alias_of == "toy.collections.poly"
    assert found["toy.axes.Axes"].alias_of is None


def test_alias_within_a_class_is_the_same_method() -> None:
    found = objects(surface_of(ALIASED))
    assert found["toy.C.n"].kind is ObjectKind.METHOD
    assert str(found["toy.C.n"].signature) == "()"


def test_import_cycles_end() -> None:
    package = {
        "toy/__init__.py": "from toy.a import f, g",
        "toy/a.py": "from toy import f\nfrom toy.a import g\ndef h(): ...",
    }
    assert paths(package) == ["a", "a.h"]


def test_name_bound_in_the_package_hides_its_submodule() -> None:
    package = {
        "toy/__init__.py": "from toy.load import load\n__all__ = ['load']",
        "toy/load.py": "def load(a): ...",
    }
    found = objects(surface_of(package))
    assert found["toy.load"].kind is ObjectKind.FUNCTION
    assert found["toy.load.load"].alias_of == "toy.load"  # for `from toy.load import load`


# --- members --------------------------------------------------------------------------------------

CLASSES = """
class Base:
    '''First line
    goes on.

    More.'''
    x = -1.5
    y: int = 2
    z: str
    def __init__(self, a, *, b=2):
        self.a = a
        self._hidden = 1
        if b:
            self.late, self.other = 1, 2
    @property
    def read(self): ...
    @read.setter
    def read(self, value): ...
    @cached_property
    def cached(self): ...
    @classmethod
    def build(cls, q): ...
    @staticmethod
    def plain(q): ...
    async def wait(self): ...
    def _private(self): ...
    def __len__(self): ...
class Derived(Base, Generic[T]):
    def own(self): ...
class _Hidden:
    def shown(self): ...
class Inherits(_Hidden): ...
class Built:
    def __new__(cls, only): ...
"""


def test_members_and_what_they_are() -> None:
    found = objects(surface_of(CLASSES))
    kinds = {
        path.removeprefix("toy.Base."): item.kind.value
        for path, item in found.items()
        if path.startswith("toy.Base.")
    }
    assert kinds == {
        **dict.fromkeys(["__init__", "__len__", "build", "plain", "wait"], "method"),
        **dict.fromkeys(["cached", "read"], "property"),
        **dict.fromkeys(["a", "late", "other", "x", "y", "z"], "attribute"),
    }
    assert [path for path, item in found.items() if item.on_instances] == [
        "toy.Base.a",
        "toy.Base.late",
        "toy.Base.other",
    ]
    assert (found["toy.Base.x"].value, found["toy.Base"].doc) == ("-1.5", "First line goes on.")


@pytest.mark.parametrize(
    ("path", "signature"),
    [
        ("toy.Base", "(a, *, b=2)"),
        ("toy.Derived", "(a, *, b=2)"),
        ("toy.Built", "(only)"),
        ("toy.Base.build", "(q)"),
        ("toy.Base.plain", "(q)"),
        ("toy.Base.__len__", "()"),
    ],
)
def test_signatures_are_those_of_the_call(path: str, signature: str) -> None:
    assert str(objects(surface_of(CLASSES))[path].signature) == signature


def test_classes_of_one_hidden_base_have_members_of_their_own() -> None:
    source = (
        "class _Base:\n    def f(self, a): ...\n    def g(self): ...\n"
        "class A(_Base):\n    def f(self, b): ...\n"
        "class B(_Base):\n    pass\n"
    )
    found = objects(surface_of({"toy/__init__.py": source}))
    shown = {
        path: (str(found[path].signature), found[path].inherited_from)
        for path in found
        if path.count(".") == 2
    }
    assert shown == {
        "toy.A.f": ("(b)", None),
        "toy.A.g": ("()", "toy._Base"),
        "toy.B.f": ("(a)", "toy._Base"),
        "toy.B.g": ("()", "toy._Base"),
    }


def test_members_of_hidden_bases_are_shown_on_the_subclass_and_those_of_public_ones_once() -> None:
    found = objects(surface_of(CLASSES))
    assert found["toy.Inherits.shown"].inherited_from == "toy._Hidden"
    assert "toy.Derived.wait" not in found
    assert found["toy.Derived"].bases == ("toy.Base",)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param("def g(a): ...\ndef f(a):\n    return g(a)", "toy.g", id="calls"),
        pytest.param("def g(a): ...\ndef f(a):\n    warnings.warn('old')\n    return g(a)", "toy.g", id="warns-and-calls"),
        pytest.param("import math\ndef f(*args):\n    return math.prod(*args)", "math.prod", id="outside"),
        pytest.param("def g(a): ...\ndef f(a):\n    for x in a: g(x)\n    return g(a)", None, id="works-itself"),
        pytest.param("def g(a): ...\ndef f(a):\n    return g(1)", None, id="ignores-its-arguments"),
        pytest.param("def f(a):\n    return warn(a)", None, id="only-warns"),
    ],
)  # fmt: skip
def test_body_that_only_hands_on(source: str, target: str | None) -> None:
    assert objects(surface_of(source))["toy.f"].forwards_to == target


# --- stubs ----------------------------------------------------------------------------------------

STUBBED: Package = {
    "toy/__init__.py": "from toy._c import f, K\nfrom toy.mod import g\n__all__ = ['f', 'g', 'K']",
    "toy/_c.pyi": "from typing import overload\n@overload\ndef f(a: int, b: str = ...) -> int: ...\n@overload\ndef f(a: str) -> str: ...\nclass K:\n    x: int\n    def m(self, a: int = ..., /) -> None: ...\n",
    "toy/mod.py": "from toy._c import g\ndef h(a, b=1): ...",
    "toy/mod.pyi": "def g(x: int) -> int: ...\ndef h(a: int, b: int = ...) -> int: ...",
}


def test_stubs_tell_what_compiled_modules_have() -> None:
    found = objects(surface_of(STUBBED))
    assert str(found["toy.f"].signature) == "(a, b=...)"
    assert found["toy.f"].signature is not None
    assert found["toy.f"].signature.returns == "int"
    assert found["toy.K.x"].kind is ObjectKind.ATTRIBUTE
    assert str(found["toy.K.m"].signature) == "(a=..., /)"
    assert str(found["toy.g"].signature) == "(x)"


def test_source_is_trusted_more_than_its_stub() -> None:
    assert str(objects(surface_of(STUBBED))["toy.mod.h"].signature) == "(a, b=1)"


# --- files that cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [("def f(: ...", "SyntaxError"), ("print 'x'", "SyntaxError"), ("x = 1\0", "null bytes")],
    ids=["syntax", "python-2", "nul"],
)
def test_broken_file_is_recorded_and_not_fatal(text: str, error: str) -> None:
    surface = surface_of({"toy/__init__.py": "def f(): ...", "toy/bad.py": text})
    assert list(objects(surface)) == ["toy.f"]
    ((module, why),) = surface.failures
    assert module == "toy.bad"
    assert error in why


def test_names_of_a_broken_file_are_missing_where_they_are_re_exported() -> None:
    surface = surface_of(
        {"toy/__init__.py": "from toy._bad import f\ndef g(): ...", "toy/_bad.py": "def f(: ..."}
    )
    assert list(objects(surface)) == ["toy.g"]
    assert [module for module, _ in surface.failures] == ["toy._bad"]


# --- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_toy_library(version: str) -> None:
    found = objects(toylib_surface(version))
    is_old = version == "1.0"
    # Behaviour and what the newer version adds aside, each changed name is there before.
    gone = {
        item.old_api for item in expected_changes() if item.kind in ("removed", "renamed", "moved")
    }
    assert gone & found.keys() == (gone if is_old else set())
    decoys = {path for path in expected_decoys() if "._" not in path}
    served = (
        {"toylib.ABSOLUTE_ZERO"} if is_old else set()
    )  # by `__getattr__`: seen at run time only
    inherited = set() if is_old else {"toylib.TimedColumn.mean"}  # shown on `Column`
    assert decoys - found.keys() == served | inherited
    assert not [path for path in found if "._" in path and not path.endswith("__")]
    assert found["toylib.stats.largest"].signature is None


def test_order_origin_and_place() -> None:
    surface = toylib_surface("1.0")
    listed = [item.path for item in surface.objects]
    assert listed == sorted(set(listed))
    assert {item.origins for item in surface.objects} == {(Origin.STATIC,)}
    mean = objects(surface)["toylib.mean"]
    assert (mean.source_file, mean.alias_of) == ("toylib/stats.py", None)
    lines = (toylib_source("1.0") / "toylib/stats.py").read_text("utf-8").splitlines()
    assert lines[(mean.line or 0) - 1] == "def mean(values):"


def test_cache_holds_one_file_per_content_and_gives_the_same_surface(tmp_path: Path) -> None:
    def cached() -> object:
        return static_surface(
            toylib_source("1.0"),
            "toylib",
            "1.0",
            ("toylib",),
            cache=lambda key: tmp_path / key,
            jobs=1,
        )

    first = cached()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert first == toylib_surface("1.0")
    assert len(kept) == 6
    assert cached() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-1])  # torn: read again from the source
    assert cached() == first


def test_version_is_what_it_was_told() -> None:
    surface = surface_of("x = 1", "7.0")
    assert (surface.library, surface.version) == ("toy", "7.0")
    assert dataclasses.replace(surface, version="1.0") == surface_of("x = 1", "1.0")
