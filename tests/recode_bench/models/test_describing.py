"""`build --describe-with` from the command line, with a server on loopback and with a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recode_bench.models.describing import open_describer
from recode_data.cli import cli
from recode_data.errors import RecodeError, UsageError
from recode_data.notes import wording
from recode_data.notes.wording import WordingRequest
from recode_data.publish import read_pairs
from tests.recode_bench.models.test_endpoint import Answer, refused, said, serving
from tests.toylib_builds import STEP

REQUEST = WordingRequest("row", wording.SYSTEM, "Describe it.")
KEY = "sk-secret-of-the-test"


def test_the_toolkit_offers_it_to_whoever_builds() -> None:
    offered = [entry.value for entry in entry_points(group="recode_data.describers")]
    assert offered == ["recode_bench.models.describing:open_describer"]


def test_an_endpoint_is_asked_for_each_and_its_key_and_address_are_nowhere() -> None:
    with serving(lambda number, body: said("It is gone.")) as served:
        describer = open_describer(f"endpoint:small@{served.url}", KEY)
        assert list(describer.describe([REQUEST])) == [("row", "It is gone.")]
    assert served.bodies[0]["messages"] == [
        {"role": "system", "content": wording.SYSTEM},
        {"role": "user", "content": "Describe it."},
    ]
    assert served.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert describer.name == "endpoint:small@URL"
    assert KEY not in describer.identity


def test_what_a_file_lacks_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "words.jsonl"
    file.write_text('{"task_id": "row", "completion": "It is gone."}\n')
    describer = open_describer(f"replay:{file}", None)
    other = WordingRequest("other", "", "")
    assert list(describer.describe([REQUEST, other])) == [("row", "It is gone."), ("other", None)]
    assert describer.name == "replay:words.jsonl"
    before = describer.identity
    file.write_text('{"task_id": "row", "completion": "It went."}\n')
    assert open_describer(f"replay:{file}", None).identity != before


@pytest.mark.parametrize(
    "spec", ["copy", "codemod", "oracle", "nothing:x", "endpoint:", "replay:no"]
)
def test_models_that_describe_nothing(spec: str) -> None:
    with pytest.raises(UsageError):
        open_describer(spec, None)


# --- whole builds ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, toy_index: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(toy_index))
        patch.setenv("OPENAI_API_KEY", KEY)
        yield tmp_path_factory.mktemp("cache")


def build(cache: Path, out: Path, spec: str) -> Result:
    command = ["build", STEP, "--out", str(out), "--jobs", "1", "--limit", "8"]
    command += ["--cache", str(cache), "--allow-weak-sandbox", "--describe-with", spec]
    return CliRunner().invoke(cli, command, standalone_mode=False)


def worded(number: int, body: dict[str, object]) -> Answer:
    """The composed sentence in other words; every third answer is of no use."""
    messages = body["messages"]
    assert isinstance(messages, list)
    composed = str(messages[1]["content"]).partition("Change: ")[2].partition("\n")[0]
    return said("<b>no</b>" * 9 if number % 3 == 2 else f"Mind this: {composed}")


def published(out: Path) -> dict[str, bytes]:
    files = [*out.glob("data/*.parquet"), out / "README.md", out / "manifest.json"]
    return {file.name: file.read_bytes() for file in files}


@pytest.mark.sandbox
def test_a_build_with_a_served_model(cache: Path, tmp_path: Path) -> None:
    with serving(worded) as served:
        done = build(cache, tmp_path / "first", f"endpoint:small@{served.url}")
        assert done.return_value == 0, done.output
        asked = len(served.bodies)
        again = build(cache, tmp_path / "second", f"endpoint:small@{served.url}")
        assert again.return_value == 0, again.output
        assert len(served.bodies) == asked
    assert published(tmp_path / "first") == published(tmp_path / "second")
    pairs = read_pairs(tmp_path / "first")
    marked = [pair for pair in pairs if "description" in json.loads(pair.evidence)]
    assert marked
    assert all(pair.description.startswith("Mind this: ") for pair in marked)
    assert not any(pair.description.startswith("Mind") for pair in pairs if pair not in marked)
    manifest = json.loads((tmp_path / "first" / "manifest.json").read_text("utf-8"))
    told = manifest["curation"]["descriptions"]
    assert told["by"] == "endpoint:small@URL"
    assert (told["rows"], told["taken"]) == (len(pairs), len(marked))
    assert sum(told["composed"].values()) == len(pairs) - len(marked)
    everything = b"".join(published(tmp_path / "first").values())
    assert KEY.encode() not in everything
    assert served.url.encode() not in everything
    assert "worded by `endpoint:small@URL`" in (tmp_path / "first" / "README.md").read_text("utf-8")


@pytest.mark.sandbox
def test_a_server_that_fails_ends_the_build_which_goes_on_later(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda number, body: refused(401, "bad key")) as served:
        done = build(cache, tmp_path / "out", f"endpoint:other@{served.url}")
        assert isinstance(done.exception, RecodeError)
        assert "refuses the key" in str(done.exception)
        assert KEY not in str(done.exception) + done.output
        assert not (tmp_path / "out" / "manifest.json").exists()
    again = build(cache, tmp_path / "out", f"endpoint:other@{served.url}")
    assert "no server answers" in str(again.exception)
    assert "1 of 1 steps are finished already" in again.stderr
