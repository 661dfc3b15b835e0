"""Which modules a server imports, and for which snippet."""

import sys
from pathlib import Path

import pytest

from recode_data.records import Environment
from recode_data.verify.preload import (
    FEWEST_SNIPPETS,
    Preload,
    can_be_imported,
    imported_lazily,
    imported_of_others,
    modules_of,
    most_imported_first,
    often_bound,
)
from tests.plain_runs import PlainPool


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a.b\na.b.c()\nimport d", {"a.b"}),
        ("import a.b as ab, c", {"a.b", "c"}),
        ("from a import b, Class as C\nimport d", {"a", "d"}),
        ("from a import known, Class", {"a", "a.known"}),
        ("from a import *", {"a"}),
        ('"""About it."""\n\n# first\nimport z\nimport a', {"z", "a"}),
        ("import os\nfrom json import loads\nimport a", {"a"}),
        ("from __future__ import annotations\nimport a", {"a"}),
        ("x = 1\nimport a", set()),  # may depend on it
        ("if x:\n    import a.b", set()),
        ("def f():\n    import a.b", set()),
        ("from . import b\nimport a", set()),
        ("import a\nthis is no Python", {"a"}),  # for the run to find out
        ("this is no Python\nimport a", set()),
        ("import a\nfrom b import (\n    c,\n)\nc()", {"a", "b"}),
        ("import a\nimport b, \\\n    c\nc()", {"a", "b", "c"}),
        ("import a\ntry:\n    import b\nfinally:\n    f()", {"a"}),
        ('import a\nx = """\nimport b\n"""\n', {"a"}),
        ("import a  # important", {"a"}),
    ],
)
def test_what_a_program_begins_with_importing(code: str, expected: set[str]) -> None:
    assert {*Preload(order=("a.known",)).leading(code)} == expected


def test_what_most_import_comes_first() -> None:
    codes = [
        "from a import often",
        "import a.often\nimport b",
        "from a.often import Class\nfrom a import Other",
        "import b",
        "import once",
    ]
    order = most_imported_first(codes)
    assert order == ("a.often", "a", "b")
    preload = Preload(order=order)
    assert preload.leading("import zz\nimport once\nimport b\nfrom a import often") == (
        "a.often",
        "a",
        "b",
        "once",
        "zz",
    )
    assert preload.leading("import b\nimport a.often") == ("a.often", "b")


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        (("networkx==3.1", "numpy==1.26.4"), ("numpy",)),
        (("numpy==2.0.0", "scipy==1.14.1", "pandas==2.2.3"), ("numpy", "pandas", "scipy.sparse")),
        (("networkx==3.1", "numpydoc==1.5"), ()),
        ((), ()),
    ],
)
def test_what_functions_import_is_there_where_it_is_installed(
    pins: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert imported_lazily(Environment("k", "/python", "/", "3.11.7", pins)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import there\nthere.f()", True),
        ("import there.part, single, built", True),
        ("from there.no_such_part import f", True),  # for the proof to find out
        ("import os, there", True),
        ("import distutils.version, tomllib, there", True),  # of some interpreters
        ("import absent", False),
        ("import there\nfrom absent.part import f", False),
        ("try:\n    import absent\nexcept ImportError:\n    absent = None", True),
        ("def f():\n    import absent", True),
        ("this is no Python", True),
    ],
)
def test_what_is_not_installed_cannot_be_imported(
    code: str, expected: bool, tmp_path: Path
) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / "there").mkdir(parents=True)
    for name in ("single.py", "built.cpython-311-x86_64-linux-gnu.so"):
        (packages / name).touch()
    environment = Environment("key", "/python", str(tmp_path), "3.11.7", ())
    assert can_be_imported(code, environment) is expected


def test_of_an_environment_that_looks_otherwise_nothing_is_said(tmp_path: Path) -> None:
    assert can_be_imported("import absent", Environment("k", "/p", str(tmp_path), "3.11.7", ()))


PACKAGES = {
    "lib/__init__.py": "",
    "lib/part.py": "import heavy.deep, heavy._hidden, single, often.deep",
    "lib/seldom.py": "import other",
    "heavy/__init__.py": "",
    "heavy/deep/__init__.py": "from heavy.deep import module",
    "heavy/deep/module.py": "",
    "heavy/_hidden/__init__.py": "",
    "often/__init__.py": "",
    "often/deep/__init__.py": "",
    "other.py": "",
    "single.py": "import sys, types\nsys.modules['fake'] = types.ModuleType('fake')",
}


def test_what_the_library_imports_of_others(tmp_path: Path) -> None:
    for name, text in PACKAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    environment = Environment("key", sys.executable, str(tmp_path), "3.11.7", ())
    codes = ["import often\nfrom lib.part import f"] * FEWEST_SNIPPETS + ["import lib.seldom"]
    own = modules_of("lib", codes)
    assert (own, often_bound(codes)) == (("lib.part",), {"lib", "often"})
    pool = PlainPool()

    def found(modules: tuple[str, ...], but_not: set[str]) -> tuple[str, ...]:
        return imported_of_others(environment, modules, but_not, pool)  # type: ignore[arg-type]

    assert found(own, {"lib", "often"}) == ("heavy.deep", "single")
    assert found(own, {"lib"}) == ("heavy.deep", "often.deep", "single")
    assert found(("lib.none", *own), {"lib", "heavy", "often"}) == ("single",)
    assert found((), {"lib"}) == ()
    pool.close()


@pytest.mark.parametrize(
    ("code", "does_without"),
    [
        ("import lib", False),
        ("from heavy import deep", False),
        ("import heavy.deep as hd", False),
        ("import heavy", True),  # which has no `heavy.deep` of its own
        ("import heavy as h", True),
        ("def f():\n    import heavy.other", True),
        ("import lib, heavy.other", True),
        ("this is no Python", False),
    ],
)
def test_a_package_is_what_the_snippet_made_of_it(code: str, does_without: bool) -> None:
    environment = Environment("key", "/python", "/", "3.11.7", ("numpy==2.0.0",))
    preload = Preload((("key", ("heavy.deep", "other")), ("another", ("more",))))
    others = () if does_without else ("heavy.deep", "other")
    assert preload.modules_for(code, environment) == ("numpy", *others)
    assert preload.kind_of(code) == (does_without, preload.leading(code))
