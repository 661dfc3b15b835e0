"""What a run adds to the static surface; the driver runs on packages that the tests write."""

from __future__ import annotations

import pytest

from recode_data.records import ObjectKind, Origin
from tests.drivers import LACKING_A_LIBRARY, running_surface, running_surface_of
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


def test_an_object_that_does_not_say_what_it_is_hides_nothing_else() -> None:
    source = """
class _Lazy:
    @property
    def __class__(self):
        raise RuntimeError("not configured")
    def __getattr__(self, name):
        raise RuntimeError("not configured")
settings = _Lazy()
for name in ("one", "two"):
    globals()[name] = lambda a, b=1: a
"""
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert {"toy.one", "toy.two", "toy.settings"} <= found.keys()
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


SERVED = """
import enum, typing, warnings
class Way(enum.Enum):
    UP = 1
    DOWN = 2
if typing.TYPE_CHECKING:
    old_g = g
else:
    def __getattr__(name):
        if name == "old_g":
            warnings.warn("use `g`", DeprecationWarning)
            return g
        if name.startswith("WAY_"):
            return Way[name[4:]]
        raise AttributeError(name)
def g(a): ...
"""


def test_names_behind_a_prefix_and_names_that_type_checkers_see_first() -> None:
    found = objects(running_surface_of({"toy/__init__.py": SERVED}))
    assert {"toy.WAY_UP", "toy.WAY_DOWN"} <= found.keys()
    assert found["toy.old_g"].alias_of == "toy.g"
    assert [mark.new_api for mark in found["toy.old_g"].deprecations] == ["g"]


def test_names_that_are_put_into_a_table_later_on() -> None:
    source = """
import builtins, sys, warnings
KINDS = [("float", ""), ("int", "")]
if sys:
    OLD = {}
    OLD.update({name: (getattr(builtins, name), f"`{name}` is deprecated") for name, _ in KINDS})
    OLD["long"] = int, "`long` is deprecated"
def __getattr__(name):
    if name not in OLD:
        raise AttributeError(name)
    value, message = OLD[name]
    warnings.warn(message, DeprecationWarning)
    return value
"""
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert {"toy.float", "toy.int", "toy.long"} <= found.keys()
    assert [mark.message for mark in found["toy.float"].deprecations] == ["`float` is deprecated"]


def test_names_of_a_class_that_serves_them() -> None:
    source = """
class __getattr__:
    locals().update({name: 1 for name in ["LIMIT", "SHARE"]})
__getattr__ = lambda name, _c=__getattr__: getattr(_c, name)
"""
    assert {"toy.LIMIT", "toy.SHARE"} <= objects(
        running_surface_of({"toy/__init__.py": source})
    ).keys()


def test_private_name_that_is_offered_and_module_that_is_re_exported() -> None:
    files = {
        "toy/__init__.py": "from toy._impl import _stack as _stack, _other\nimport json as json",
        "toy/_impl.py": "def _stack(): ...\ndef _other(): ...",
    }
    assert list(objects(running_surface_of(files))) == ["toy._stack", "toy.json"]


def test_default_that_source_calls_by_name_has_its_value() -> None:
    source = "LIMIT = 30\nclass Gone:\n    def __repr__(self): return '<gone>'\nGONE = Gone()\ndef f(a=LIMIT, b=GONE, c=0x10): ..."
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert str(found["toy.f"].signature) == "(a=30, b=GONE, c=0x10)".replace("0x10", "16")


def test_what_a_class_inherits_from_elsewhere() -> None:
    source = "import collections\nclass C(collections.OrderedDict):\n    def m(self): ..."
    outside = objects(running_surface_of({"toy/__init__.py": source}))["toy.C"].outside
    assert {"move_to_end", "keys"} <= set(outside)
    assert "m" not in outside


def test_bare_annotation_is_a_member_where_instances_get_it() -> None:
    source = "import dataclasses\nclass Plain:\n    x: int\n@dataclasses.dataclass\nclass Data:\n    y: int"
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert "toy.Data.y" in found
    assert "toy.Plain.x" not in found


def test_decorator_that_makes_an_instance_decides_what_is_passed() -> None:
    source = "class Command:\n    def __init__(self, f): ...\n    def __call__(self, *args): ...\n@Command\ndef f(a, b=1): ..."
    found = objects(running_surface_of({"toy/__init__.py": source}))
    assert str(found["toy.f"].signature) == "(*args)"


def test_import_that_warns_of_another_package_says_nothing_of_this_one() -> None:
    files = {
        "toy/__init__.py": "import warnings\nwarnings.warn('distutils is deprecated', DeprecationWarning)",
        "toy/old.py": "import warnings\nwarnings.warn('toy.old is deprecated', DeprecationWarning)",
    }
    surface = running_surface_of(files)
    found = {item.path: item.deprecations for item in surface.objects}
    assert len(found["toy.old"]) == 1


def test_what_stands_in_for_a_module_is_no_name_of_those_who_import_it() -> None:
    files = {
        "toy/__init__.py": "from toy import part\n",
        "toy/utils.py": "import sys\nclass Wrapper:\n    flag = 1\nsys.modules[__name__] = Wrapper()",
        "toy/part.py": "from toy import utils\ndef f(): ...",
    }
    found = objects(running_surface_of(files))
    assert "toy.part.f" in found
    assert "toy.part.utils" not in found


def test_a_library_that_several_modules_lack_is_not_looked_up_for_each() -> None:
    surface = running_surface_of(LACKING_A_LIBRARY)
    assert [module for module, _ in surface.failures] == ["toy.a", "toy.b", "toy.c"]
