"""Source that no ordinary release has: read as far as it goes, and never fatal."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from recode_data.surface import static_surface
from tests.drivers import running_surface_of
from tests.surfaces import changes_between, objects, surface_of

BESIDE = "def f(a): ..."


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("print 'Python 2'\n", "SyntaxError"),
        ("def f(:\n", "SyntaxError"),
        ("x = 1\0\n", "ValueError|SyntaxError"),
        ("x = " + "(" * 5000 + ")" * 5000 + "\n", "SyntaxError|RecursionError|MemoryError"),
    ],
    ids=["python-2", "broken", "nul", "deep"],
)
def test_module_that_no_parser_reads_is_recorded_and_the_others_count(
    source: str, why: str
) -> None:
    surface = surface_of({"toy/__init__.py": BESIDE, "toy/odd.py": source})
    assert "toy.f" in objects(surface)
    ((module, text),) = surface.failures
    assert module == "toy.odd"
    assert text.split(":")[0] in why.split("|")


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("class C[T]:\n    def m[S](self, a: S): ...\n", "toy.C.m"),
        ("type Pair = tuple[int, int]\n", "toy.Pair"),
        ("try:\n    def f(a): ...\nexcept* ValueError:\n    pass\n", "toy.f"),
        ("def f(a):\n    match a:\n        case {'x': 1}:\n            pass\n", "toy.f"),
    ],
    ids=["type-parameters", "type-alias", "except-star", "match"],
)
def test_syntax_of_later_versions_is_read(source: str, path: str) -> None:
    assert path in objects(surface_of(source))


@pytest.mark.parametrize(
    "head",
    [b"# -*- coding: latin-1 -*-\n# caf\xe9\n", b"# -*- coding: cp1251 -*-\n# \xef\xf0\n", b"\xef\xbb\xbf"],
    ids=["latin-1", "cp1251", "utf-8-with-mark"],
)  # fmt: skip
def test_declared_encodings_are_read(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").write_bytes(head + b"def f(a): ...\n")
    surface = static_surface(tmp_path, "toy", "1.0", ("toy",), jobs=1)
    assert (list(objects(surface)), surface.failures) == (["toy.f"], ())


@pytest.mark.parametrize(
    "text",
    [b"x = 'caf\xe9'\ndef g(): ...\n", b"# -*- coding: klingon -*-\ndef g(): ...\n"],
    ids=["undeclared", "unknown-encoding"],
)
def test_bytes_that_are_no_text_are_recorded(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").write_text(BESIDE)
    (tmp_path / "toy" / "odd.py").write_bytes(text)
    surface = static_surface(tmp_path, "toy", "1.0", ("toy",), jobs=1)
    assert "toy.f" in objects(surface)
    assert [module for module, _ in surface.failures] == ["toy.odd"]


@pytest.mark.slow
def test_generated_module_of_ten_megabytes_is_read_in_seconds(tmp_path: Path) -> None:
    lines = [f"NAME_{number} = {number}  # {'x' * 70}" for number in range(110_000)]
    text = "\n".join(lines) + "\ndef last(a): ...\n"
    assert len(text) > 10_000_000 * 0.95
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").write_text(BESIDE)
    (tmp_path / "toy" / "generated.py").write_text(text)
    started = time.process_time()
    surface = static_surface(tmp_path, "toy", "1.0", ("toy",), jobs=1)
    assert time.process_time() - started < 30
    assert "toy.generated.last" in objects(surface)
    assert "toy.generated.NAME_109999" in objects(surface)


ROUND = {
    "itself": "f = f\ndef g(): ...",
    "two names": "a = b\nb = a\ndef g(): ...",
    "class and base": "class A(B): ...\nclass B(A): ...\ndef g(): ...",
    "attribute of itself": "a = a.a\ndef g(): ...",
    "member of itself": "class A:\n    m = m\n    n = A.n\ndef g(): ...",
}


@pytest.mark.parametrize("source", ROUND.values(), ids=ROUND)
def test_aliases_that_go_round_in_circles_end(source: str) -> None:
    assert "toy.g" in objects(surface_of(source))


def test_imports_that_go_round_in_circles_end() -> None:
    found = objects(
        surface_of(
            {
                "toy/__init__.py": "from toy.a import *\nfrom toy import a",
                "toy/a.py": "from toy.b import *\n__all__ = b.__all__\nfrom toy import b",
                "toy/b.py": "from toy.a import *\nfrom toy import a\n__all__ = a.__all__\ndef g(): ...",
            }
        )
    )
    assert "toy.b.g" in found


def test_long_chain_of_aliases_is_followed_or_left_alone() -> None:
    modules = {
        f"toy/m{number}.py": f"from toy.m{number + 1} import f\n__all__ = ['f']"
        for number in range(100)
    }
    found = objects(surface_of({"toy/__init__.py": "", **modules, "toy/m100.py": "def f(a): ..."}))
    assert "toy.m100.f" in found


def test_both_top_level_modules_of_a_release_count(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").write_text("from toy_extra import helper\ndef f(a): ...")
    (tmp_path / "toy_extra.py").write_text("def helper(b): ...")
    surface = static_surface(tmp_path, "toy", "1.0", ("toy", "toy_extra"), jobs=1)
    assert list(objects(surface)) == ["toy.f", "toy.helper", "toy_extra.helper"]


def test_module_that_ends_the_process_is_recorded() -> None:
    surface = running_surface_of(
        {"toy/__init__.py": BESIDE, "toy/script.py": "import sys\nsys.exit(3)\ndef g(): ..."}
    )
    assert "toy.f" in objects(surface)
    assert [module for module, _ in surface.failures] == ["toy.script"]


def test_unreadable_old_module_makes_no_removals_up() -> None:
    found = changes_between(
        {"toy/__init__.py": BESIDE, "toy/odd.py": "def g(a): ...\n"},
        {"toy/__init__.py": BESIDE, "toy/odd.py": "def g(:\n"},
    )
    assert found == []
