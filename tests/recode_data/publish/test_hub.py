"""Pushing over the real protocol, to a Hub on loopback."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi

from recode_data.errors import (
    EnvironmentLacksError,
    ExitCode,
    MalformedInputError,
    RecodeError,
    UsageError,
)
from recode_data.publish import read_pairs
from recode_data.publish.hub import PushPlan, plan_push, push
from recode_data.publish.tables import CHANGE_SCHEMA, DROPPED_SCHEMA, PAIR_SCHEMA
from recode_data.records import Effect
from tests.built_datasets import toy_drops, toy_pairs, write_built
from tests.hub_server import READ_ONLY_TOKEN, TOKEN, Refusal, ToyHub
from tests.making import make_pair

# huggingface_hub 2.4 hands file objects to httpx2 as `data=`, which that deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=.*:DeprecationWarning")

REPO = "somebody/toy-pairs"
CUTS = 5


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two libraries, every split, a control row, drops."""
    pairs = [
        *toy_pairs(),
        make_pair(id="other-1", dependency="Other_Lib", split="validation"),
        make_pair(id="other-2", dependency="Other_Lib", parameter="p", checks="{}" * 40_000),
        make_pair(id="control", effect=Effect.NONE, new_code="import toy\nx = toy.load(1)\n"),
    ]
    return write_built(tmp_path_factory.mktemp("dataset"), pairs, dropped=toy_drops())


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ToyHub]:
    from huggingface_hub import constants
    from huggingface_hub.utils import _http
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    with ToyHub().serving() as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
        monkeypatch.setattr(_http.time, "sleep", lambda _: None)  # between the client's retries
        yield served


def api_of(hub: ToyHub, token: str = TOKEN) -> HfApi:
    return HfApi(endpoint=hub.url, token=token)


def pushed(hub: ToyHub, dataset: Path, *, private: bool = False, token: str = TOKEN) -> PushPlan:
    plan = plan_push(dataset, REPO, private)
    push(dataset, plan, api_of(hub, token))
    return plan


def content(hub: ToyHub) -> dict[str, object]:
    return hub.repositories[REPO].content()


# --- what arrives ---------------------------------------------------------------------------------


def test_what_arrives_is_what_was_planned(hub: ToyHub, dataset: Path) -> None:
    plan = pushed(hub, dataset)
    files = {file.path: (dataset / file.path).read_bytes() for file in plan.files}
    assert content(hub) == {"private": False, "files": files, "tags": {plan.tag: files}}
    assert [commit.title for commit in hub.repositories[REPO].commits[1:]] == [plan.title]
    assert not any("timings" in path or ".state" in path for path in files)


def test_a_second_push_changes_nothing(hub: ToyHub, dataset: Path) -> None:
    pushed(hub, dataset)
    before, sent = content(hub), list(hub.uploaded)
    pushed(hub, dataset)
    assert (content(hub), hub.uploaded) == (before, sent)
    assert len(hub.repositories[REPO].commits) == 2


def test_another_build_replaces_the_first_which_keeps_its_tag(
    hub: ToyHub, dataset: Path, tmp_path: Path
) -> None:
    first = pushed(hub, dataset)
    smaller = write_built(tmp_path / "built", [make_pair()])
    second = plan_push(smaller, REPO, False)
    push(smaller, second, api_of(hub))
    found = hub.repositories[REPO]
    assert sorted(found.commits[-1].files) == sorted(file.path for file in second.files)
    assert found.tags.keys() == {first.tag, second.tag}
    assert sorted(found.at(first.tag).files) == sorted(file.path for file in first.files)  # type: ignore[union-attr]


def test_a_server_without_xet_gets_the_same(
    hub: ToyHub, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    plan = pushed(hub, dataset)
    assert any("xet-write-token" in request for request in hub.requests)
    assert set(hub.repositories[REPO].commits[-1].files) == {file.path for file in plan.files}
    assert constants.HF_HUB_DISABLE_XET is False


def test_files_that_others_put_there_stay(hub: ToyHub, dataset: Path) -> None:
    api = api_of(hub)
    api.create_repo(REPO, repo_type="dataset")
    api.upload_file(path_or_fileobj=b"ours", path_in_repo="LICENSE", repo_id=REPO, repo_type="dataset")  # fmt: skip
    pushed(hub, dataset)
    assert hub.repositories[REPO].commits[-1].files["LICENSE"] == b"ours"


@pytest.mark.parametrize("private", [True, False])
def test_visibility_of_a_new_dataset(hub: ToyHub, dataset: Path, private: bool) -> None:
    pushed(hub, dataset, private=private)
    assert content(hub)["private"] is private


def test_a_private_push_into_a_public_dataset_is_refused(hub: ToyHub, dataset: Path) -> None:
    pushed(hub, dataset)
    with pytest.raises(UsageError, match="exists and is public"):
        pushed(hub, dataset, private=True)


# --- what comes back ------------------------------------------------------------------------------

LOAD = """
import json, sys
from datasets import load_dataset
found = {}
for config in json.loads(sys.argv[1]):
    loaded = load_dataset("somebody/toy-pairs", *([config] if config else []), revision=sys.argv[2])
    found[config] = {
        split: {"rows": rows.to_list(), "schema": str(rows.data.schema.remove_metadata())}
        for split, rows in loaded.items()
    }
print(json.dumps(found))
"""


def environment_of(hub: ToyHub, home: Path, token: str = TOKEN) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HF_")}
    settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HOME": str(home)}
    return {**kept, **settings, "HF_HUB_DISABLE_XET": "1"}


def test_rows_and_types_come_back(hub: ToyHub, dataset: Path, tmp_path: Path) -> None:
    plan = pushed(hub, dataset)
    configs = ["", "all", "toy", "other-lib", "control", "changes", "dropped"]
    done = subprocess.run(
        [sys.executable, "-c", LOAD, json.dumps(configs), plan.tag],
        env=environment_of(hub, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    def rows(config: str) -> list[dict[str, object]]:
        return [row for split in found[config].values() for row in split["rows"]]

    everything = [
        row
        for split in ("train", "validation", "test")
        for file in sorted((dataset / "data").glob(f"{split}-*.parquet"))
        for row in pq.read_table(file).to_pylist()
    ]
    assert rows("") == rows("all") == everything
    assert list(found[""]) == ["train", "validation", "test"]
    assert [row["id"] for row in rows("all")] == [pair.id for pair in read_pairs(dataset)]
    assert rows("toy") == [row for row in everything if row["dependency"] == "toy"]
    assert rows("other-lib") == [row for row in everything if row["dependency"] == "Other_Lib"]
    assert rows("control") == [row for row in everything if row["effect"] == "none"]
    for name, schema in (("changes", CHANGE_SCHEMA), ("dropped", DROPPED_SCHEMA)):
        assert rows(name) == pq.read_table(dataset / f"{name}.parquet").to_pylist()
        assert found[name]["train"]["schema"] == _schema_text(schema)
    assert {split["schema"] for split in found["toy"].values()} == {_schema_text(PAIR_SCHEMA)}


def _schema_text(schema: pa.Schema) -> str:
    """`datasets` calls the items of a list `item`, as Arrow does by default."""
    return str(schema.remove_metadata()).replace("child 0, element", "child 0, item")


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "status", "kind", "words"),
    [
        ("repos/create", 401, EnvironmentLacksError, "set HF_TOKEN"),
        ("repos/create", 403, EnvironmentLacksError, "may not write to somebody/toy-pairs"),
        ("preupload", 403, EnvironmentLacksError, "may not write"),
        ("PUT /lfs", 403, EnvironmentLacksError, "may not write"),
        ("PUT /lfs", 500, RecodeError, "status 500"),
        ("/commit/", 409, RecodeError, "changed at the same time"),
        ("/commit/", 412, RecodeError, "changed at the same time"),
        ("/commit/", 503, RecodeError, "status 503"),
        ("/tag/", 502, RecodeError, "status 502"),
        ("objects/batch", 429, RecodeError, "status 429"),
    ],
)
def test_a_refusal_is_explained_and_can_be_repeated(
    hub: ToyHub, dataset: Path, pattern: str, status: int, kind: type[Exception], words: str
) -> None:
    hub.refusals = [Refusal(pattern, status)]
    with pytest.raises(kind, match=words) as caught:
        pushed(hub, dataset)
    assert type(caught.value) is kind
    hub.refusals = []
    plan = pushed(hub, dataset)
    files = {file.path: (dataset / file.path).read_bytes() for file in plan.files}
    assert content(hub) == {"private": False, "files": files, "tags": {plan.tag: files}}


def test_one_failure_of_the_server_is_not_noticed(hub: ToyHub, dataset: Path) -> None:
    hub.refusals = [Refusal("PUT /lfs", 503, times=1), Refusal("preupload", 500, times=1)]
    pushed(hub, dataset)
    assert len(hub.repositories[REPO].commits) == 2


def test_a_token_that_may_only_read(hub: ToyHub, dataset: Path) -> None:
    with pytest.raises(EnvironmentLacksError, match="403"):
        pushed(hub, dataset, token=READ_ONLY_TOKEN)


def test_somebody_else_pushes_at_the_same_time(
    hub: ToyHub, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = api_of(hub)
    upload = api.upload_folder

    def late(**arguments: object) -> object:
        api.upload_file(path_or_fileobj=b"x", path_in_repo="data/train-z-00000.parquet", repo_id=REPO, repo_type="dataset")  # fmt: skip
        return upload(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "upload_folder", late)
    with pytest.raises(RecodeError, match="changed at the same time"):
        push(dataset, plan_push(dataset, REPO, False), api)
    plan = pushed(hub, dataset)
    assert set(hub.repositories[REPO].commits[-1].files) == {file.path for file in plan.files}


@pytest.fixture(scope="module")
def whole_push(dataset: Path) -> tuple[int, dict[str, object]]:
    """Bytes on the line of an undisturbed push, and what is there afterwards."""
    with pytest.MonkeyPatch.context() as patch, ToyHub().serving() as hub:
        from huggingface_hub import constants

        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        patch.setattr(constants, "ENDPOINT", hub.url)
        pushed(hub, dataset)
        return hub.passed_bytes, content(hub)


@pytest.mark.parametrize("outage", [True, False], ids=["line stays dead", "line comes back"])
@pytest.mark.parametrize("number", range(CUTS))
def test_after_a_cut_the_repeated_command_ends_the_same(
    hub: ToyHub,
    dataset: Path,
    whole_push: tuple[int, dict[str, object]],
    number: int,
    outage: bool,
) -> None:
    size, expected = whole_push
    hub.cut_at = random.Random(number).randrange(size)
    hub.outage = outage
    try:
        pushed(hub, dataset)
    except EnvironmentLacksError as error:
        assert "connection to the Hub was lost" in str(error)  # noqa: PT017 - may also get through
    else:
        assert not outage
    finally:
        hub.cut_at = None
    pushed(hub, dataset)
    assert content(hub) == expected


def test_what_arrived_before_a_cut_is_not_sent_again(hub: ToyHub, dataset: Path) -> None:
    hub.refusals = [Refusal("/commit/", 500)]
    with pytest.raises(RecodeError):
        pushed(hub, dataset)
    sent = list(hub.uploaded)
    assert len(sent) == len(list((dataset / "data").iterdir())) + 2
    hub.refusals = []
    pushed(hub, dataset)
    assert hub.uploaded == sent


# --- the command ----------------------------------------------------------------------------------


def command(
    hub: ToyHub, home: Path, *arguments: object, token: str = TOKEN
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "recode_data.cli", *map(str, arguments)],
        env=environment_of(hub, home, token),
        capture_output=True,
        text=True,
        check=False,
    )


def test_dry_run_prints_what_a_push_sends(hub: ToyHub, dataset: Path, tmp_path: Path) -> None:
    done = command(hub, tmp_path, "push", dataset, REPO, "--dry-run")
    assert (done.returncode, done.stderr, hub.requests) == (0, "", [])
    plan = pushed(hub, dataset)
    listed = [line.split() for line in done.stdout.splitlines()[: len(plan.files)]]
    assert listed == [[str(file.size), file.sha256, file.path] for file in plan.files]
    assert f"tag: {plan.tag}" in done.stdout


def test_the_command_prints_the_address_and_nothing_moves_on_a_pipe(
    hub: ToyHub, dataset: Path, tmp_path: Path
) -> None:
    done = command(hub, tmp_path, "push", dataset, REPO)
    assert done.stdout == f"{hub.url}/datasets/{REPO}\n"
    assert done.stderr.count("\n") == 1
    assert "\r" not in done.stderr
    assert content(hub)["private"] is False


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_the_token_is_never_printed(
    hub: ToyHub, dataset: Path, tmp_path: Path, debug: list[str]
) -> None:
    """The server quotes it in its refusal, as a proxy may."""
    secret = "hf_secretOfThisTest"
    done = command(hub, tmp_path, *debug, "push", dataset, REPO, token=secret)
    assert done.returncode == ExitCode.ENVIRONMENT
    assert "set HF_TOKEN" in done.stderr
    assert secret not in done.stdout + done.stderr
    dry = command(hub, tmp_path, *debug, "push", dataset, REPO, "--dry-run", token=secret)
    assert secret not in dry.stdout + dry.stderr


# --- what is never sent ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a/b/c",
        "/b",
        "a/",
        "a b",
        "a/b--c",
        "a/..",
        "a/b.git",
        "a/-b",
        "ä/b",
        "a/" + "b" * 97,
    ],
)
def test_names_that_no_repository_has(dataset: Path, name: str) -> None:
    with pytest.raises(UsageError, match="write OWNER/NAME"):
        plan_push(dataset, name, False)


@pytest.mark.parametrize("name", ["b", "a/b", "A-b.c/d_e.f-1"])
def test_names_that_one_may_have(dataset: Path, name: str) -> None:
    assert plan_push(dataset, name, False).repo_id == name


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    folder = write_built(tmp_path / "built", [make_pair()])
    (folder / "README.md").write_text("no card")
    with pytest.raises(MalformedInputError, match="not what the manifest says"):
        plan_push(folder, REPO, False)


def test_an_unfinished_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="no finished build"):
        plan_push(tmp_path, REPO, False)
