"""What a run adds to the static surface; the driver runs on packages that the tests write."""

from __future__ import annotations

import pytest

from recode_data.records import ObjectKind, Origin
from tests.drivers import running_surface, running_surface_of
from tests.surfaces import objects, toylib_surface
from tests.toy_index import VERSIONS, toylib_source


@pytest.mark.parametrize("version", VERSIONS)
def test_toy_library_shows_what_only_a_run_knows(version: str) -> None:
    found = objects(running_surface(toylib_source(version), "toylib", version))
    static = objects(toylib_surface(version))
    assert static.keys() <= found.keys()
    assert found.keys() - static.keys() == ({"toylib.ABSOLUTE_ZERO"} if version == "1.0" else set())
    assert found["toylib.ABSOLUTE_ZERO"].value == "-273.15"
    assert found["toylib.stats.mean"].identity == found["toylib.mean"].identity is not None
    assert found["toylib.stats.quantile"].signature == static["toylib.stats.quantile"].signature


def test_names_made_at_run_time() -> None:
    source = """
for name in ("one", "two"):
    globals()[name] = lambda a, b=1: a
class C: ...
def _m(self, x): ...
setattr(C, "m", _m)
__all__ = [n for n in list(globals()) if not n.startswith("_") and n != "name"]
"""
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert list(found) == ["toy.C", "toy.C.m", "toy.one", "toy.two"]
    assert str(found["toy.one"].signature) == "(a, b=1)"
    assert str(found["toy.C.m"].signature) == "(x)"
    assert found["toy.one"].origins == (Origin.RUNTIME,)


def test_names_that_only_source_has_are_not_public() -> None:
    found = objects(
        running_surface_of({"toy/__init__.py": "def f(): ...\ndef g(): ...\ndel globals()['g']"})
    )
    assert list(found) == ["toy.f"]


def test_source_tells_the_signature_that_a_decorator_hides() -> None:
    source = "def hide(f):\n    def wrapper(*args, **kwargs): ...\n    return wrapper\n@hide\ndef f(a, b=1): ...\n"
    assert (
        str(objects(running_surface_of({"toy/__init__.py": source}))["toy.f"].signature)
        == "(a, b=1)"
    )


def test_access_that_warns_is_a_mark() -> None:
    source = """
import warnings
def g(): ...
def __getattr__(name):
    if name == "old_g":
        warnings.warn("toy.old_g is deprecated, use `toy.g`", DeprecationWarning)
        return g
    raise AttributeError(name)
"""
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert [mark.new_api for mark in found["toy.old_g"].deprecations] == ["toy.g"]
    assert found["toy.old_g"].alias_of == "toy.g"
    assert found["toy.g"].deprecations == ()


def test_module_that_does_not_import_is_recorded_and_its_source_still_counts() -> None:
    files = {
        "toy/__init__.py": "",
        "toy/needs.py": "import absent_dependency\ndef f(): ...",
        "toy/quits.py": "raise SystemExit(1)",
    }
    surface = running_surface_of(files)
    assert [module for module, _ in surface.failures] == ["toy.needs", "toy.quits"]
    assert "absent_dependency" in surface.failures[0][1]
    assert "toy.needs.f" in objects(surface)


def test_built_in_callables_have_the_signature_that_they_tell() -> None:
    found = objects(
        running_surface_of(
            {"toy/__init__.py": "largest = max\npower = pow\n__all__ = ['largest', 'power']"}
        )
    )
    assert found["toy.largest"].signature is None
    assert str(found["toy.power"].signature) == "(base, exp, mod=None)"
    assert found["toy.power"].kind in (ObjectKind.FUNCTION, ObjectKind.ATTRIBUTE)
