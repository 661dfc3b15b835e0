from __future__ import annotations

from pathlib import Path

from recode_data.records import ApiChange, ChangeKind, JsonValue
from recode_data.surface import touch_driver
from recode_data.surface.touch import touch_paths
from tests.drivers import LACKING_A_LIBRARY, run_driver, toylib_toucher


def change(path: str, kind: ChangeKind = ChangeKind.REMOVED, **fields: str) -> ApiChange:
    return ApiChange(kind, path, **fields)  # type: ignore[arg-type]  # texts all


def test_accesses_in_both_versions() -> None:
    changes = [
        change("toylib.total"),
        change("toylib.stats.spread"),
        change("toylib.Table.shape", ChangeKind.KIND_CHANGED),
    ]
    touched = touch_paths(changes, toylib_toucher("1.0"), toylib_toucher("2.0"))
    total = touched["toylib.total"]
    assert total.old is not None
    assert total.old.resolves
    assert total.old.canonical == "toylib._core.total"
    assert total.new is not None
    assert (total.new.resolves, total.new.error_type) == (False, "AttributeError")
    assert "Use `math.fsum` instead." in total.new.message
    assert total.new.failed_at == "toylib.total"
    shape = touched["toylib.Table.shape"]
    assert shape.new is not None
    assert shape.new.resolves


def test_names_that_messages_offer_are_accessed_too() -> None:
    touched = touch_paths([change("toylib.total")], toylib_toucher("1.0"), toylib_toucher("2.0"))
    fsum = touched["math.fsum"]
    assert fsum.old is None
    assert fsum.new is not None
    assert fsum.new.resolves


def test_what_needs_no_access() -> None:
    changes = [change("toylib.read_rows", ChangeKind.PARAMETER_REMOVED, parameter="engine")]
    assert touch_paths(changes, toylib_toucher("1.0"), toylib_toucher("2.0")) == {}


def test_what_was_added_is_accessed_in_the_old_version_only() -> None:
    added = change("toylib.stats.describe", ChangeKind.ADDED)
    touched = touch_paths([added], toylib_toucher("1.0"), toylib_toucher("2.0"))
    only = touched["toylib.stats.describe"]
    assert only.old is not None
    assert (only.old.resolves, only.new) == (False, None)


def test_access_below_what_is_gone_fails_there() -> None:
    touched = touch_paths([change("toylib.absent.f")], toylib_toucher("1.0"), toylib_toucher("2.0"))
    assert touched["toylib.absent.f"].new is not None
    assert touched["toylib.absent.f"].new.failed_at == "toylib.absent"


def test_a_library_that_several_modules_lack_is_not_looked_up_for_each(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    for name, text in LACKING_A_LIBRARY.items():
        (tmp_path / name).write_text(text)
    paths: list[JsonValue] = ["toy.a.f", "toy.b.f", "toy.c.f", "toy.z.looked"]
    (chunk,) = run_driver(touch_driver.__file__, {"paths": paths}, tmp_path)
    assert isinstance(chunk, list)
    assert [item["ok"] for item in chunk if isinstance(item, dict)] == [False, False, False, True]


def test_an_object_that_does_not_say_what_it_is_is_touched_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text(
        "class Lazy:\n"
        "    @property\n"
        "    def __class__(self): raise RuntimeError('not configured')\n"
        "    def __getattr__(self, name): raise RuntimeError('not configured')\n"
        "settings = Lazy()\n"
    )
    paths: list[JsonValue] = ["toy.settings", "toy.settings.debug", "toy.Lazy"]
    (chunk,) = run_driver(touch_driver.__file__, {"paths": paths}, tmp_path)
    assert isinstance(chunk, list)
    said = [(item["ok"], item["error"]) for item in chunk if isinstance(item, dict)]
    assert said == [(True, None), (False, ["RuntimeError", "not configured"]), (True, None)]
