from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recode_data.errors import (
    EnvironmentLacksError,
    IndexUnreachableError,
    UnknownReleaseError,
    UsageError,
)
from recode_data.interpreters import Interpreter
from recode_data.releases.index import IndexSettings
from recode_data.releases.resolve import (
    Listing,
    ReleaseFiles,
    choose_files,
    list_files,
    parse_version,
    usable_versions,
)
from recode_data.releases.session import IndexSession
from tests.loopback_index import ToyIndex

PYTHON_311 = Interpreter("/python3.11", "3.11.7", "linux-x86_64")
PYTHON_39 = Interpreter("/python3.9", "3.9.18", "linux-x86_64")
BOTH = (PYTHON_311, PYTHON_39)


@pytest.fixture
def index() -> Iterator[ToyIndex]:
    with ToyIndex().serving() as serving:
        yield serving


def listing(library: str, settings: IndexSettings) -> Listing:
    with IndexSession(settings, backoff_s=0.001) as session:
        return list_files(library, session, settings)


def chosen(
    index: ToyIndex, version: str, interpreters: tuple[Interpreter, ...] = BOTH
) -> ReleaseFiles:
    return choose_files(listing("alpha", IndexSettings(index_url=index.url)), version, interpreters)


def wheel_of(files: ReleaseFiles) -> str | None:
    return files.wheel.filename if files.wheel else None


def test_wheel_sdist_and_date(index: ToyIndex) -> None:
    index.offer("alpha", "1.0", uploaded="2024-03-02")
    index.offer_sdist("alpha", "1.0", {"alpha.py": ""}, uploaded="2024-03-01")
    files = chosen(index, "1.0")
    assert wheel_of(files) == "alpha-1.0-py3-none-any.whl"
    assert files.sdist is not None
    assert files.sdist.filename == "alpha-1.0.tar.gz"
    assert (files.released, files.yanked, files.complete) == ("2024-03-01", None, True)


@pytest.mark.parametrize("asked", ["1.0", "1", "v1.0.0", "1.0.0"])
def test_a_version_may_be_spelled_otherwise(asked: str, index: ToyIndex) -> None:
    index.offer("alpha", "1.0")
    assert wheel_of(chosen(index, asked)) == "alpha-1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("tags", "interpreters", "taken"),
    [
        pytest.param(
            ["cp311-cp311-manylinux2014_x86_64", "cp39-cp39-manylinux2014_x86_64"],
            BOTH,
            "cp311-cp311-manylinux2014_x86_64",
            id="the first interpreter that has one",
        ),
        pytest.param(
            ["cp39-cp39-manylinux2014_x86_64"],
            BOTH,
            "cp39-cp39-manylinux2014_x86_64",
            id="an older interpreter where only that has one",
        ),
        pytest.param(
            ["py3-none-any", "cp311-cp311-manylinux2014_x86_64"],
            BOTH,
            "cp311-cp311-manylinux2014_x86_64",
            id="compiled before pure",
        ),
        pytest.param(
            ["cp39-abi3-manylinux2014_x86_64"],
            (PYTHON_311,),
            "cp39-abi3-manylinux2014_x86_64",
            id="stable ABI",
        ),
    ],
)
def test_the_wheel_that_fits(
    tags: list[str], interpreters: tuple[Interpreter, ...], taken: str, index: ToyIndex
) -> None:
    for tag in tags:
        index.offer("alpha", "1.0", tag=tag)
    assert wheel_of(chosen(index, "1.0", interpreters)) == f"alpha-1.0-{taken}.whl"


def test_requires_python_decides_too(index: ToyIndex) -> None:
    index.offer("alpha", "1.0", requires_python="<3.10")
    files = choose_files(
        listing("alpha", IndexSettings(index_url=index.url)), "1.0", (PYTHON_311, PYTHON_39)
    )
    assert wheel_of(files) == "alpha-1.0-py3-none-any.whl"
    with pytest.raises(EnvironmentLacksError, match=r"uv python install 3\.9"):
        chosen(index, "1.0", (PYTHON_311,))


def test_a_missing_interpreter_is_named_with_its_command(index: ToyIndex) -> None:
    index.offer("alpha", "1.0", tag="cp38-cp38-manylinux2014_x86_64")
    with pytest.raises(EnvironmentLacksError) as caught:
        chosen(index, "1.0")
    assert str(caught.value) == "alpha 1.0 needs Python 3.8\n  to fix: uv python install 3.8"
    assert caught.value.exit_code == 3


def test_a_wheel_of_another_system_only(index: ToyIndex) -> None:
    index.offer("alpha", "1.0", tag="cp311-cp311-win_amd64")
    index.offer("alpha", "0.9")
    with pytest.raises(UnknownReleaseError, match=r"no wheel for this machine\n.*0\.9") as caught:
        chosen(index, "1.0")
    assert caught.value.exit_code == 2


def test_a_release_without_wheel_keeps_its_sdist(index: ToyIndex) -> None:
    index.offer_sdist("alpha", "1.0", {"alpha.py": ""})
    files = chosen(index, "1.0")
    assert (files.wheel, files.sdist is not None) == (None, True)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("1.5", "1.2, 1.3, 1.4, 2.0, 2.1, 2.2"),
        ("0.1", "1.0, 1.1, 1.2, 1.3, 1.4, 2.0"),
        ("99", "1.3, 1.4, 2.0, 2.1, 2.2, 2.3"),
    ],
)
def test_near_versions_are_named(asked: str, near: str, index: ToyIndex) -> None:
    for version in ("1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.0rc1", "2.1", "2.2", "2.3"):
        index.offer("alpha", version)
    index.offer("alpha", "1.5.1", yanked="broken")
    with pytest.raises(UnknownReleaseError) as caught:
        chosen(index, asked)
    assert str(caught.value).splitlines() == [
        f"alpha has no release {asked}",
        f"  nearest: {near}",
    ]


def test_prereleases_are_named_where_there_is_nothing_else(index: ToyIndex) -> None:
    index.offer("alpha", "1.0a1")
    with pytest.raises(UnknownReleaseError, match=r"nearest: 1\.0a1"):
        chosen(index, "1.0")


def test_an_unknown_library(index: ToyIndex) -> None:
    with pytest.raises(UnknownReleaseError, match="no library 'alpha': check how it is spelled"):
        chosen(index, "1.0")


@pytest.mark.parametrize(("told", "reason"), [(True, ""), ("broken", "broken")])
def test_a_yanked_release_can_be_had_by_name(
    told: str | bool, reason: str, index: ToyIndex
) -> None:
    index.offer("alpha", "1.0", yanked=told)
    assert chosen(index, "1.0").yanked == reason
    with pytest.raises(UnknownReleaseError):
        chosen(index, "1.1")


@pytest.mark.parametrize("name", ["../alpha", "al pha", "alpha/", "", "-alpha", "https://x"])
def test_what_can_be_no_name_asks_nobody(name: str, index: ToyIndex) -> None:
    with pytest.raises(UsageError, match="is no library's name"):
        listing(name, IndexSettings(index_url=index.url))
    assert index.requests == []


@pytest.mark.parametrize("text", ["", "one", "1.0.x", "../1.0"])
def test_what_can_be_no_version(text: str) -> None:
    with pytest.raises(UsageError, match="is no version number"):
        parse_version(text)


# --- several sources ------------------------------------------------------------------------------


def test_no_index_at_all() -> None:
    with pytest.raises(UnknownReleaseError, match="forbid every package index"):
        listing("alpha", IndexSettings(no_index=True))


def test_a_folder_is_enough(toy_index: Path) -> None:
    settings = IndexSettings(no_index=True, find_links=(str(toy_index),))
    files = choose_files(listing("toylib", settings), "2.0", BOTH)
    assert wheel_of(files) == "toylib-2.0-py3-none-any.whl"
    assert files.sdist is not None


def test_all_indexes_together_or_the_first_that_has_it(index: ToyIndex) -> None:
    index.offer("alpha", "1.0")
    other = ToyIndex()
    other.offer("alpha", "2.0")
    with other.serving():
        settings = IndexSettings(index_url=index.url, extra_index_urls=(other.url,))
        every = [str(version) for version in listing("alpha", settings).versions()]
        assert every == ["1.0", "2.0"]
        first = listing("alpha", replace(settings, first_index=True))
        assert [str(version) for version in first.versions()] == ["2.0"]


def test_an_index_that_is_down_hides_no_other(index: ToyIndex) -> None:
    index.offer("alpha", "1.0")
    down = ToyIndex()
    with down.serving():
        down.failures["/simple/alpha/"] = 1000
        settings = IndexSettings(index_url=index.url, extra_index_urls=(down.url,))
        found = listing("alpha", settings)
        assert choose_files(found, "1.0", BOTH).complete is False
        with pytest.raises(IndexUnreachableError):  # it may be on the one that is down
            choose_files(found, "9.0", BOTH)


def test_no_network(index: ToyIndex) -> None:
    index.failures["/simple/alpha/"] = 1000
    with pytest.raises(IndexUnreachableError, match="cannot reach") as caught:
        listing("alpha", IndexSettings(index_url=index.url))
    assert caught.value.exit_code == 3


def test_two_sources_that_contradict_each_other(
    index: ToyIndex, caplog: pytest.LogCaptureFixture
) -> None:
    index.offer("alpha", "1.0", uploaded="2024-01-01")
    other = ToyIndex()
    other.offer("alpha", "1.0", {"alpha/__init__.py": "evil = 1\n"})
    with other.serving():
        settings = IndexSettings(index_url=index.url, extra_index_urls=(other.url,))
        (file,) = listing("alpha", settings).files
    assert index.url.split("/simple")[0] in file.url
    assert "different contents" in caplog.text


def test_a_page_of_the_network_that_names_a_local_file(
    index: ToyIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    offered = index.offer("alpha", "1.0")
    local = tmp_path / offered.name
    local.write_bytes(offered.content)
    listed = offered.listed()

    class Smuggler(type(offered)):  # type: ignore[misc]  # a dataclass made on the spot
        def listed(self) -> dict[str, object]:
            return {**listed, "url": local.as_uri()}

    index.files["alpha"] = [Smuggler(offered.name, offered.content)]
    assert listing("alpha", IndexSettings(index_url=index.url)).files == ()
    assert "names a local file" in caplog.text


def test_usable_versions_have_a_wheel(index: ToyIndex) -> None:
    index.offer("alpha", "1.0")
    index.offer("alpha", "1.1", tag="cp311-cp311-win_amd64")
    index.offer_sdist("alpha", "1.2", {"alpha.py": ""})
    found = listing("alpha", IndexSettings(index_url=index.url))
    assert usable_versions(found, parse_version("1.2"), BOTH) == "1.0"
