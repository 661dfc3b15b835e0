"""Completions from files, in the three published schemas, and the baselines that know the problem."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from recode_bench.extract import extract_code
from recode_bench.models import open_model
from recode_bench.models.baselines import fenced
from recode_bench.models.codemod import migrated
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.problems import Problem
from recode_bench.prompts import Message, Prompt
from recode_data.errors import MalformedInputError, UsageError
from tests.built_datasets import toy_pairs

PROMPT = Prompt((Message("user", "x"),))


def ask(spec: str, *keys: tuple[str, int], problems: tuple[Problem, ...] = ()) -> list[Completion]:
    requests = [Request(problem, sample, PROMPT) for problem, sample in keys]
    return list(open_model(spec, problems).complete(requests, Sampling()))


@pytest.mark.parametrize(
    "row",
    [
        {"task_id": "a", "completion": "one"},
        {"task_id": "a", "solution": "one"},
        {"example_id": "a", "answer": "one"},
        {"task_id": "a", "completion": "one", "extra": [1]},
    ],
)
def test_published_schemas_are_read(tmp_path: Path, row: dict[str, object]) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (found,) = ask(f"replay:{path}", ("a", 0))
    assert (found.text, found.finish) == ("one", Finish.STOP)


def test_the_nth_line_of_a_problem_is_its_nth_sample(tmp_path: Path) -> None:
    lines = [("a", "a0"), ("b", "b0"), ("a", "a1")]
    text = "\n".join(json.dumps({"task_id": one, "completion": two}) for one, two in lines)
    path = tmp_path / "samples.jsonl.gz"
    path.write_bytes(gzip.compress(text.encode()))
    found = ask(f"replay:{path}", ("a", 1), ("b", 0), ("a", 0), ("b", 1), ("c", 0))
    assert [each.text for each in found] == ["a1", "b0", "a0", "", ""]
    assert [each.finish is Finish.FAILED for each in found] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no json", "line 1: not JSON"),
        (b'{"task_id": "a"}', "needs `task_id` and `completion`"),
        (b'{"task_id": "a", "completion": 3}', "needs `task_id` and `completion`"),
        (b"\n[1]", "line 2: must be an object"),
        (b"\x1f\x8b\x00", "gzip"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(content)
    with pytest.raises(MalformedInputError, match=words):
        ask(f"replay:{path}", ("a", 0))


def test_a_missing_file_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no such file"):
        ask("replay:/no/such/file", ("a", 0))


PROBLEM = Problem("p", {}, reference="new()", unchanged="old()")


@pytest.mark.parametrize(("model", "code"), [("copy", "old()"), ("oracle", "new()")])
def test_baselines_hand_back_what_they_know(model: str, code: str) -> None:
    (found,) = ask(model, ("p", 0), problems=(PROBLEM,))
    assert extract_code(found.text) == code


@pytest.mark.parametrize("model", ["copy", "oracle", "codemod"])
def test_a_task_that_has_no_such_answer_gives_none(model: str) -> None:
    (found,) = ask(model, ("p", 0), problems=(Problem("p", {}),))
    assert found.finish is Finish.FAILED
    assert "no such answer" in found.error


@pytest.mark.parametrize("code", ["x = 1", "s = '''\n```\n'''", "s = '````'", "a\n\n\nb"])
def test_code_with_fences_survives_its_own_fence(code: str) -> None:
    assert extract_code(fenced(code)) == code


def test_codemod_writes_the_mined_replacement_and_never_the_target() -> None:
    pair = toy_pairs()[0]
    assert "toy.read(" in migrated(pair)
    assert "toy.load(" not in migrated(pair)
