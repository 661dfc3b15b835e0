"""Whole builds: what comes out, that it is always the same, and that nothing can spoil it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from recode_data.publish import read_pairs
from tests.toy_index import TOYLIB, build_toy_index, toylib_source
from tests.toylib_builds import (
    STEP,
    environment,
    group_is_gone,
    manifest,
    published,
    run,
    start,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(900)]

GOLDEN = TOYLIB / "MANIFEST.json"
"""What a build of the fixture library gives, read and agreed to; written anew by
`RECODE_WRITE_GOLDEN=1 pytest tests/recode_data/test_pipeline.py -k golden`."""
REVIEWED = (
    "candidates_by_producer",
    "change_kinds",
    "counts",
    "drop_reasons",
    "effects",
    "kinds",
    "producers",
    "splits",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def variables(toy_index: Path, cache: Path) -> dict[str, str]:
    return environment(toy_index, cache)


@pytest.fixture(scope="module")
def built(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed build by two workers in a cold cache."""
    out = tmp_path_factory.mktemp("built") / "pairs"
    done = run({**variables, "PYTHONHASHSEED": "1"}, "build", STEP, "--out", out, "--jobs", 2)
    assert done.returncode == 0, done.stderr
    return out


# --- what comes out -------------------------------------------------------------------------------


def test_golden_manifest(built: Path) -> None:
    found = {name: manifest(built)[name] for name in REVIEWED}
    if os.environ.get("RECODE_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    assert found == json.loads(GOLDEN.read_text("utf-8"))


def test_every_candidate_is_accounted_for(built: Path) -> None:
    document = manifest(built)
    counts = document["counts"]
    assert counts["candidates"] == counts["verified"] + counts["dropped"]
    assert counts["verified"] == len(read_pairs(built)) == sum(document["effects"].values())
    assert counts["dropped"] == sum(document["drop_reasons"].values())
    assert sum(document["candidates_by_producer"].values()) == counts["candidates"]


def test_pairs_show_what_the_library_is_known_to_have_changed(built: Path) -> None:
    """EXPECTED.json says what an old usage does on 2.0; a composed program may do more."""
    expected = {
        (row["kind"], row["old_api"], row["parameter"]): row["effect"]
        for row in json.loads((TOYLIB / "EXPECTED.json").read_text("utf-8"))["changes"]
    }
    shown: dict[tuple[str, str, str | None], set[str]] = {}
    for pair in read_pairs(built):
        key = (pair.kind.value, pair.old_api, pair.parameter)
        if key in expected and pair.producer.value in ("evolved", "forward", "backward"):
            shown.setdefault(key, set()).add(pair.effect.value)
    assert len(shown) >= 10
    assert [key for key, effects in shown.items() if expected[key] not in effects] == []


def test_nothing_of_this_machine_is_published(built: Path, cache: Path) -> None:
    secrets = [str(cache).encode(), str(built.parent).encode(), os.uname().nodename.encode()]
    for name, content in published(built).items():
        assert not [secret for secret in secrets if len(secret) > 4 and secret in content], name


def test_rows_prove_again_from_nothing(built: Path, toy_index: Path, tmp_path: Path) -> None:
    fresh = environment(toy_index, tmp_path / "fresh", RECODE_CACHE_GB="0")
    done = run(fresh, "verify", built, "--json", "--jobs", 2, "--shuffle", 1)
    assert done.returncode == 0, done.stderr + done.stdout
    rows = manifest(built)["counts"]["verified"]
    assert json.loads(done.stdout) == {"failed": [], "proved": rows, "rows": rows}


def test_a_row_that_does_not_hold_is_found(
    built: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    from dataclasses import replace

    from tests.built_datasets import write_built

    first, second = [pair for pair in read_pairs(built) if pair.effect.value == "break"][:2]
    spoilt = replace(first, new_code=first.old_code, split="train")
    folder = write_built(tmp_path / "spoilt", [spoilt, replace(second, split="train")])
    done = run(variables, "verify", folder, "--json", "--jobs", 1)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert (found["rows"], found["proved"]) == (2, 1)
    assert [item["id"] for item in found["failed"]] == [first.id]


# --- always the same ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "jobs"), [("77", 3), pytest.param("2", 1, marks=pytest.mark.slow)]
)
def test_same_bytes_with_another_hash_seed_and_other_jobs(
    seed: str, jobs: int, built: Path, toy_index: Path, tmp_path: Path
) -> None:
    """In a cold cache of its own: as on another machine."""
    cold = environment(toy_index, tmp_path / "cache", PYTHONHASHSEED=seed)
    done = run(cold, "build", STEP, "--out", tmp_path / "out", "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert published(tmp_path / "out") == published(built)


def test_steps_side_by_side_give_the_bytes_of_one_after_the_other(
    toy_index: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    shutil.copytree(toylib_source("2.0"), later)
    steps = [STEP, "toylib:1.0:77.0", f"toylib:1.0:{later}"]
    for jobs in (1, 2):
        cold = environment(toy_index, tmp_path / f"cache{jobs}", RECODE_CACHE_GB="0")
        done = run(cold, "build", *steps, "--out", tmp_path / f"out{jobs}", "--jobs", jobs)
        assert done.returncode == 1, done.stderr
        assert "toylib:1.0:77.0: left out: " in done.stderr
        assert ("(3 of 3 steps)" in done.stderr) == (jobs == 2)
    assert published(tmp_path / "out1") == published(tmp_path / "out2")
    out = tmp_path / "killed"
    warm = environment(toy_index, tmp_path / "cache2")
    process = start(warm, "build", *steps, "--out", out, "--jobs", 2)
    wait_for(process, out, ".state/outcomes-*.jsonl")
    process.kill()
    process.communicate()
    assert soon_gone(process.pid, 20), "processes outlive a killed build"
    assert not (out / "manifest.json").exists()
    assert run(warm, "build", *steps, "--out", out, "--jobs", 2).returncode == 1
    assert published(out) == published(tmp_path / "out1")


def test_finished_steps_need_neither_index_nor_cache(
    built: Path, toy_index: Path, tmp_path: Path
) -> None:
    """As where a build of many steps is killed near its end, and what the first ones needed is gone."""
    out = tmp_path / "out"
    shutil.copytree(built, out)
    (out / "manifest.json").unlink()
    bare = environment(toy_index, tmp_path / "empty", PIP_FIND_LINKS="")
    done = run(bare, "build", STEP, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 steps are finished already" in done.stderr
    assert published(out) == published(built)


def test_a_finished_build_is_not_repeated(built: Path, variables: dict[str, str]) -> None:
    before = published(built)
    stamps = {path: path.stat().st_mtime_ns for path in built.rglob("*.parquet")}
    done = run({**variables, "PIP_FIND_LINKS": ""}, "build", STEP, "--out", built)
    assert (done.returncode, "nothing to do" in done.stderr) == (0, True)
    assert published(built) == before
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*.parquet")} == stamps


def test_a_damaged_file_is_written_again(
    built: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(built, out)
    (out / "changes.parquet").write_bytes(b"damaged")
    (out / "dropped.parquet").unlink()
    done = run(variables, "build", STEP, "--out", out, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert published(out) == published(built)


def test_a_folder_that_was_edited_is_mined_anew(
    toy_index: Path, cache: Path, tmp_path: Path
) -> None:
    source = tmp_path / "toylib"
    shutil.copytree(toylib_source("2.0"), source)
    (source / "pyproject.toml").write_text('[project]\nname = "toylib"\nversion = "2.0"\n')
    spec = f"toylib:1.0:{source}"
    out = tmp_path / "out"
    arguments = ("build", spec, "--out", out, "--jobs", 1, "--limit", 5)
    assert run(environment(toy_index, cache), *arguments).returncode == 0
    before = manifest(out)
    with (source / "toylib" / "__init__.py").open("a") as file:
        file.write("\nNEW_THING = 1\n")
    done = run(environment(toy_index, cache), *arguments)
    assert done.returncode == 0, done.stderr
    assert manifest(out)["releases"] != before["releases"]


# --- interruptions --------------------------------------------------------------------------------


def finish(variables: dict[str, str], out: Path, built: Path) -> None:
    """Repeat the command: same bytes as if nothing had happened, and nothing left over."""
    done = run(variables, "build", STEP, "--out", out, "--jobs", 2)
    assert done.returncode == 0, done.stderr
    assert published(out) == published(built)
    assert not list(out.rglob(".*.tmp"))


def wait_for(process: subprocess.Popen[str], out: Path, moment: str) -> None:
    """Until the build has got so far: a file that is there, or seconds since the start."""
    deadline = time.monotonic() + 120
    began = time.monotonic()
    while time.monotonic() < deadline and process.poll() is None:
        if moment.endswith(" s"):
            if time.monotonic() - began > float(moment[:-2]):
                return
        elif any(path.stat().st_size for path in out.glob(moment)):
            return
        time.sleep(0.002)


def soon_gone(group: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not group_is_gone(group) and time.monotonic() < deadline:
        time.sleep(0.02)
    return group_is_gone(group)


def kill_and_finish(
    moment: str, variables: dict[str, str], out: Path, built: Path, *, whole_group: bool = False
) -> None:
    process = start(variables, "build", STEP, "--out", out, "--jobs", 2)
    wait_for(process, out, moment)
    if whole_group and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()
    assert soon_gone(process.pid, 20), "processes outlive a killed build"
    finish(variables, out, built)


MOMENTS = [
    ".state/probe-*.jsonl",
    "data/*.parquet",
    *(
        pytest.param(moment, marks=pytest.mark.slow)
        for moment in (
            ".state/build.json",
            ".state/outcomes-*.jsonl",
            "changes.parquet",
            "README.md",
        )
    ),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_goes_on(
    moment: str, built: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    kill_and_finish(moment, variables, tmp_path / "out", built)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(12))
def test_a_build_killed_at_any_moment_goes_on(
    number: int, built: Path, toy_index: Path, tmp_path: Path
) -> None:
    """Anywhere from the first second of a cold build to its end, and twice."""
    draw = random.Random(number)
    cold = environment(toy_index, tmp_path / "cache")
    out = tmp_path / "out"
    for _ in range(2):
        process = start(cold, "build", STEP, "--out", out, "--jobs", 2)
        wait_for(process, out, f"{draw.uniform(0.2, 9):.2f} s")
        if number % 2 and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
    finish(cold, out, built)


@pytest.mark.parametrize(
    "moment",
    [pytest.param(".state/build.json", marks=pytest.mark.slow), ".state/outcomes-*.jsonl"],
)
def test_ctrl_c_says_how_to_go_on(
    moment: str, built: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start(variables, "build", STEP, "--out", out, "--jobs", 2)
    wait_for(process, out, moment)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, ""), stderr
    assert "the same command goes on from here" in stderr.splitlines()[-1]
    assert "Traceback" not in stderr
    assert soon_gone(process.pid, 2)  # multiprocessing's tracker ends when it sees this one gone
    finish(variables, out, built)


# --- bad input ------------------------------------------------------------------------------------


def test_two_builds_into_one_folder(built: Path, variables: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start(variables, "build", STEP, "--out", out, "--jobs", 1)
    wait_for(first, out, ".state/build.json")
    second = run(variables, "build", STEP, "--out", out, "--jobs", 1)
    assert second.returncode == 2
    assert second.stderr == (
        f"error: another process is building into {out}; wait for it, or choose another --out\n"
    )
    _, stderr = first.communicate()
    assert first.returncode == 0, stderr
    assert published(out) == published(built)


def test_a_folder_of_another_build(built: Path, variables: dict[str, str]) -> None:
    before = published(built)
    done = run(variables, "build", STEP, "--out", built, "--limit", 3)
    assert done.returncode == 2
    assert "belongs to another build (toylib:1.0:2.0)" in done.stderr
    assert published(built) == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(
            ("toylib:1.0:3.0",), 2, "toylib has no release 3.0\n  nearest: 1.0, 2.0", id="version"
        ),
        pytest.param(("nolib:1.0:2.0",), 2, "no library 'nolib'", id="library"),
        pytest.param(("toylib:2.0:1.0",), 2, "2.0 is newer than 1.0", id="turned"),
        pytest.param(("toylib:1.0:1.0",), 2, "are the same version", id="same"),
        pytest.param(("toylib",), 2, "is no version step", id="no step"),
        pytest.param((), 2, "name version steps or a catalog", id="nothing"),
        pytest.param(("--catalog", "none-such"), 2, "none-such", id="catalog"),
        pytest.param((STEP, "--jobs", "0"), 2, "0", id="no jobs"),
        pytest.param((STEP, "--since", "soon"), 2, "--since takes a day", id="no day"),
        pytest.param((STEP, "--executor", "dask"), 2, "no executor 'dask'", id="executor"),
    ],
)
def test_bad_requests(
    arguments: tuple[str, ...], code: int, words: str, variables: dict[str, str], tmp_path: Path
) -> None:
    done = run(variables, "build", *arguments, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.parquet"))


def test_no_network(tmp_path: Path) -> None:
    nobody = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple/"}
    variables = environment(tmp_path, tmp_path / "cache", **nobody)
    done = run(variables, "build", STEP, "--out", tmp_path / "out", "--jobs", 1)
    assert done.returncode == 3, done.stderr
    assert "cannot reach http://127.0.0.1:9/simple/" in done.stderr
    assert "to fix: check the network" in done.stderr


def test_an_output_that_is_a_file_or_beneath_one(variables: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        done = run(variables, "build", STEP, "--out", out, "--jobs", 1)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_a_full_disk(built: Path, variables: dict[str, str], tmp_path: Path) -> None:
    """On a file system of 150 KB, then on a larger one: the work done is kept."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=150k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small file system: only root may mount one")
    try:
        done = run(variables, "build", STEP, "--out", small / "out", "--jobs", 1)
        assert done.returncode == 3, done.stderr
        assert "to fix: free disk space" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (small / "out" / "manifest.json").exists()
        grow = ["mount", "-o", "remount,size=20m", str(small)]
        subprocess.run(grow, check=True)
        finish(variables, small / "out", built)
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_release_that_cannot_be_imported(tmp_path: Path) -> None:
    index = build_toy_index(tmp_path / "index")
    broken = tmp_path / "broken"
    shutil.copytree(toylib_source("2.0"), broken)
    module = broken / "toylib" / "__init__.py"
    module.write_text("raise RuntimeError('needs a licence')\n" + module.read_text("utf-8"))
    from tests.toy_index import write_wheel

    write_wheel(broken, "2.0", index)
    variables = environment(index, tmp_path / "cache")
    done = run(variables, "build", STEP, "--out", tmp_path / "out", "--jobs", 1)
    assert done.returncode == 3
    assert "toylib==2.0 cannot be imported as toylib: RuntimeError: needs a licence" in done.stderr
    assert not list((tmp_path / "out").rglob("*.parquet"))
