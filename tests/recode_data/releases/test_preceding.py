from __future__ import annotations

import pytest
from packaging.version import Version

from recode_data.interpreters import Interpreter
from recode_data.records import VersionStep
from recode_data.releases.index import IndexSettings
from recode_data.releases.preceding import VersionList, list_versions
from tests.loopback_index import ToyIndex


def versions(*texts: str) -> tuple[Version, ...]:
    return tuple(map(Version, texts))


LISTED = VersionList(
    versions("0.9", "1.0.0", "1.0.1", "1.1.0", "1.1.3", "1.10.0", "2.0.0", "2.1.0"),
    versions("1.0.1", "1.1.0", "1.1.3", "1.10.0", "2.0.0", "2.1.0"),
)


@pytest.mark.parametrize(
    ("wanted", "step"),
    [
        ("2.0.0", "1.10.0 2.0.0"),
        ("2.0", "1.10.0 2.0.0"),
        ("2", "1.10.0 2.0.0"),
        ("1.1.3", "1.1.0 1.1.3"),
        ("1.1.x", "1.1.0 1.1.3"),
        ("1.x", "1.1.3 1.10.0"),
        ("2.x", "2.0.0 2.1.0"),
        ("1.1.9", None),
        ("3.x", None),
        ("latest", None),
        ("", None),
        ("1.0.1", "1.0.0 1.0.1"),
        ("1.0.0", "0.9 1.0.0"),
        ("0.9", None),
    ],
)
def test_the_step_that_ends_at_a_version(wanted: str, step: str | None) -> None:
    found = LISTED.step("toy", wanted)
    assert found == (VersionStep("toy", *step.split()) if step else None)


def test_a_version_that_is_there_but_has_nothing_before_it_is_known() -> None:
    assert LISTED.resolve("0.9") == Version("0.9")
    assert LISTED.resolve("1.1.9") is None


@pytest.mark.parametrize(
    ("usable", "old"),
    [
        (("1.0.1", "1.1.0", "2.0.0"), "1.1.0"),
        (("1.0.1", "2.0.0"), "1.1.3"),
        (("1.1.3",), "1.1.3"),
        ((), "1.1.3"),
    ],
    ids=["another of the series", "another series is too far", "itself", "none has a wheel"],
)
def test_a_release_without_a_wheel_is_stood_in_for(usable: tuple[str, ...], old: str) -> None:
    listed = VersionList(versions("1.0.1", "1.1.0", "1.1.3", "2.0.0"), versions(*usable))
    assert listed.step("toy", "2.0.0") == VersionStep("toy", old, "2.0.0")


def test_the_index_tells_final_releases_and_those_with_a_wheel() -> None:
    index = ToyIndex()
    for version, tag in (("1.0", "py3-none-any"), ("1.1", "cp39-cp39-win32"), ("2.0", "py3-none-any"), ("1.5rc1", "py3-none-any")):  # fmt: skip
        index.offer("toy", version, tag=tag)
    index.offer("toy", "1.6", yanked="broken")
    interpreters = [Interpreter("/python", "3.11.7", "linux-x86_64")]
    with index.serving():
        settings = IndexSettings(index_url=index.url)
        found = list_versions(["toy", "nothing-like-it"], settings, interpreters)
    assert found["toy"] == VersionList(versions("1.0", "1.1", "2.0"), versions("1.0", "2.0"))
    assert found["toy"].step("toy", "2.0") == VersionStep("toy", "1.1", "2.0")
    assert found["nothing-like-it"] == VersionList((), ())
