"""Migration pairs as the columns that TRL's trainers want."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from recode_bench.prompts import Template, load_template, pair_values, render
from recode_bench.scoring.execution import pair_of
from recode_bench.scoring.mixes import PAIR_COLUMNS, PREFILL
from recode_data.errors import MalformedInputError, UsageError
from recode_data.publish import PAIR_SCHEMA, pair_row, read_pairs
from recode_data.records import MigrationPair
from recode_trl.prompting import BegunPrompt, Tokenizer, begin

if TYPE_CHECKING:
    from datasets import Dataset

_LOG = logging.getLogger(__name__)

Rows: TypeAlias = "Path | Iterable[MigrationPair | Mapping[str, object]]"
"""A dataset's folder or file, migration pairs, or rows as a `datasets.Dataset` gives them."""

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def build_prompts(
    dataset: Rows,
    prompt: str | Template = "recode",
    tokenizer: Tokenizer | None = None,
    *,
    max_prompt_tokens: int | None = None,
    answers: bool = False,
) -> Dataset:
    """The dataset that GRPOTrainer trains on.

    Columns: `prompt` (a string that ends in the begun answer, or a conversation, see
    `recode_trl.prompting`), `prefill`, and those of the migration pair, which the rewards read.
    None of them has a name that TRL keeps for itself.

    Args:
        dataset: The pairs.
        prompt: Name of a template of the bench, path of one's own, or the template.
        tokenizer: Of the model that is trained; None for conversations.
        max_prompt_tokens: Longer prompts are left out, since TRL has no limit of its own.
        answers: Add the column `completion`, for SFT.

    Raises:
        MalformedInputError: columns of a migration pair are missing; the message says which.
        UsageError: no row is left.
    """
    template = load_template("pairs", prompt) if isinstance(prompt, str) else prompt
    rows: list[dict[str, Any]] = []
    too_long = 0
    for pair in _pairs_of(dataset):
        begun = begin(render(template, pair_values(pair)), tokenizer)
        if max_prompt_tokens is not None and _tokens(begun, tokenizer) > max_prompt_tokens:
            too_long += 1
            continue
        row = {**pair_row(pair), "prompt": begun.prompt, PREFILL: begun.prefill}
        rows.append(row | {"completion": _answer(pair, begun)} if answers else row)
    if too_long:
        _LOG.warning("%d prompts of more than %d tokens left out", too_long, max_prompt_tokens)
    if not rows:
        raise UsageError(
            "no row is left to train on"
            + (f": all {too_long} prompts are longer than {max_prompt_tokens}" if too_long else "")
        )
    return _as_dataset(rows, answers)


def answer_text(pair: MigrationPair, prefill: str) -> str:
    """The target as a completion that goes on from the prefill.

    Where that opened the reasoning, the row's description is the thought: the published rows come
    without any, and neither do ours.
    """
    if prefill.rstrip().endswith("```python"):
        return f"{pair.new_code.strip()}\n```"
    block = f"```python\n{pair.new_code.strip()}\n```"
    if "<think>" in prefill:
        return f"{pair.description.strip()}\n</think>\n<answer>\n{block}\n</answer>"
    return block


def _answer(pair: MigrationPair, begun: BegunPrompt) -> object:
    text = answer_text(pair, begun.prefill)
    return text if isinstance(begun.prompt, str) else [{"role": "assistant", "content": text}]


def _pairs_of(dataset: Rows) -> Iterable[MigrationPair]:
    if isinstance(dataset, Path):
        return read_pairs(dataset)
    return [_pair_of(row, number) for number, row in enumerate(dataset, 1)]


def _pair_of(row: MigrationPair | Mapping[str, object], number: int) -> MigrationPair:
    pair = pair_of(row)
    if pair is None:
        names = sorted(row) if isinstance(row, Mapping) else []
        missing = [name for name in PAIR_COLUMNS if name not in names]
        raise MalformedInputError(
            f"row {number} is no migration pair: "
            + (f"it lacks {', '.join(missing)}" if missing else "a column has another type")
            + f"; the dataset has {', '.join(names) or 'no columns'}"
        )
    return pair


def _tokens(begun: BegunPrompt, tokenizer: Tokenizer | None) -> int:
    if tokenizer is None:
        raise UsageError("max_prompt_tokens needs the tokenizer that counts them")
    if isinstance(begun.prompt, str):
        return len(tokenizer(begun.prompt)["input_ids"])
    text = tokenizer.apply_chat_template(begun.prompt, tokenize=False, add_generation_prompt=True)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])


def _as_dataset(rows: Sequence[dict[str, Any]], answers: bool) -> Dataset:
    from datasets import Dataset

    chat = not isinstance(rows[0]["prompt"], str)
    kind = MESSAGES if chat else pa.string()
    added = [("prompt", kind), (PREFILL, pa.string())] + ([("completion", kind)] if answers else [])
    schema = pa.schema([*PAIR_SCHEMA, *(pa.field(name, kind) for name, kind in added)])
    return Dataset(pa.Table.from_pylist(list(rows), schema))
