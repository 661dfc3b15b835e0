"""Templates: parsing, filling in, and the ones that come with the toolkit."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from recode_bench.extract import extract_code
from recode_bench.prompts import (
    Message,
    Prompt,
    arena_values,
    load_template,
    pair_values,
    parse_template,
    render,
    shown_version,
    template_names,
)
from recode_data.errors import MalformedInputError, UsageError
from tests.making import make_pair

PAIR = make_pair(
    dependency="toy",
    old_version="1.0",
    new_version="==2.0",
    update_info="`toy.load` is gone, use `toy.read`.",
    old_code="import toy\nx = toy.load('{{update_info}}')\n",
)
ARENA = arena_values(
    package="math",
    function_path="math.sin",
    description="Takes degrees.",
    signature="math.sin(x, unit='radians')",
    docstring="`unit` is radians or degrees.",
    scenario="A tutor draws a wave.",
    problem="Return the sine of each angle.",
    solution_signature="def sines(degrees):",
    test="def test_zero():\n    assert sines([0]) == [0.0]",
)
VALUES = {"pairs": pair_values(PAIR), "codeupdatearena": ARENA}
SHIPPED = [(task, name) for task in VALUES for name in template_names(task)]


def shown(prompt: Prompt) -> str:
    return "\n".join(message.content for message in prompt.messages) + prompt.prefill


def test_every_task_has_the_four_prompts() -> None:
    for task in VALUES:
        assert template_names(task) == ("docs", "no-docs", "plain", "recode")


@pytest.mark.parametrize(("task", "name"), SHIPPED)
def test_shipped_prompts_fill_in_everything(task: str, name: str) -> None:
    prompt = render(load_template(task, name), VALUES[task])
    text = shown(prompt).replace("toy.load('{{update_info}}')", "")
    assert "{{" not in text
    assert prompt.messages[-1].role == "user"
    assert all(message.content.strip() for message in prompt.messages)


@pytest.mark.parametrize(("task", "name"), SHIPPED)
def test_only_no_docs_leaves_the_update_out(task: str, name: str) -> None:
    text = shown(render(load_template(task, name), VALUES[task]))
    update = PAIR.update_info if task == "pairs" else str(ARENA["docstring"])
    assert (update in text) is (name != "no-docs")


@pytest.mark.parametrize(("task", "name"), SHIPPED)
def test_an_answer_as_the_prompt_asks_for_it_is_extracted(task: str, name: str) -> None:
    prefill = render(load_template(task, name), VALUES[task]).prefill
    answers = {
        "recode": "Hm.\n</think>\n<answer>\n```python\nx = f()\n```\n</answer>",
        "plain": "x = f()\n```\n\n## Notes\n",
    }
    completion = answers.get(name, "```python\nx = f()\n```")
    assert extract_code(completion, prefill=prefill) == "x = f()"


def test_pairs_show_versions_and_code_whole() -> None:
    text = shown(render(load_template("pairs", "recode"), VALUES["pairs"]))
    assert "an update of toy that is part of version 2.0:" in text
    assert "==" not in text
    assert "This code was written for toy 1.0:\n```python\nimport toy\nx = " in text
    assert "toy.load('{{update_info}}')\n```" in text
    assert f"<doc>\n{PAIR.update_info}\n</doc>" in text


def test_recode_prefill_opens_the_reasoning() -> None:
    prompt = render(load_template("pairs", "recode"), VALUES["pairs"])
    assert [message.role for message in prompt.messages] == ["system", "user"]
    assert prompt.prefill.endswith("\n<think>\n")
    assert prompt.prefill.count("<think>") == 1


@pytest.mark.parametrize("name", ["docs", "no-docs"])
def test_the_worked_example_is_a_program_that_its_test_is_about(name: str) -> None:
    prompt = render(load_template("codeupdatearena", name), ARENA)
    question, answer, _ = prompt.messages
    code = extract_code(answer.content)
    assert code is not None
    defined = [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    assert re.findall(r"Function: def (\w+)", question.content) == defined
    assert f"assert {defined[0]}(" in question.content


@pytest.mark.parametrize(
    ("given", "expected"),
    [("==2.2.0", "2.2.0"), ("0.17", "0.17"), ("2.x", "2.x"), (" == 1.0 ", "1.0"), ("", "")],
)
def test_shown_version(given: str, expected: str) -> None:
    """96 published rows have no "==", and the published prompt cuts off two characters anyway."""
    assert shown_version(given) == expected


def test_a_row_without_old_version_is_shown_without_one() -> None:
    values = pair_values(make_pair(dependency="toy", old_version=""))
    assert values["old_release"] == "an older toy"


def test_users_template(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"=== user ===\r\n{{ library }}: {code}\r\n{{old_code}}\r\n")
    template = load_template("pairs", str(path))
    assert render(template, VALUES["pairs"]) == Prompt(
        (Message("user", "toy: {code}\nimport toy\nx = toy.load('{{update_info}}')"),)
    )
    assert template.name == "mine"


def test_the_version_follows_the_text() -> None:
    one = parse_template("=== user ===\na", "one")
    assert one.version == parse_template("=== user ===\na", "one").version
    assert one.version != parse_template("=== user ===\nb", "one").version
    assert re.fullmatch(r"one@[0-9a-f]{12}", one.version)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with a line"),
        ("Hello\n=== user ===\na", "must begin with a line"),
        ("=== tool ===\na", "must begin with a line"),
        ("=== system ===\na", "user and assistant in turn; not system"),
        ("=== assistant ===\na", "not assistant"),
        ("=== user ===\na\n=== user ===\nb", "not user, user"),
        ("=== user ===\na\n=== system ===\nb", "not user, system"),
    ],
)
def test_what_is_not_a_template(text: str, message: str) -> None:
    with pytest.raises(MalformedInputError, match=message):
        parse_template(text, "mine")


def test_an_unknown_name_says_which_there_are() -> None:
    template = parse_template("=== user ===\n{{library}} {{liberty}}", "mine")
    with pytest.raises(MalformedInputError, match=r"no such name as liberty; there are .*library"):
        render(template, VALUES["pairs"])


@pytest.mark.parametrize("name", ["missing", "missing.txt", ".", "\0"])
def test_an_unreadable_file_says_which_prompts_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docs, no-docs, plain, recode"):
        load_template("pairs", name if name == "\0" else str(tmp_path / name))
