"""Migration pairs as Parquet files in the schema that verl trains on.

Run as a program: `python -m recode_verl.dataset --data pairs --out verl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from recode_bench.prompts import Template, load_template, pair_values, render
from recode_data.publish import pair_row, read_pairs
from recode_data.records import MigrationPair

DATA_SOURCE = "recode"
ABILITY = "api_update"

SCHEMA = pa.schema(
    [
        ("data_source", pa.string()),
        ("prompt", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("ability", pa.string()),
        ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
        (
            "extra_info",
            pa.struct([("split", pa.string()), ("index", pa.int64()), ("id", pa.string())]),
        ),
    ]
)


def verl_rows(
    pairs: Iterable[MigrationPair], prompt: str | Template = "recode"
) -> list[dict[str, Any]]:
    """Rows for verl's `RLHFDataset`.

    `ground_truth` is the whole migration pair as JSON, since the execution reward needs its checks.
    verl renders the conversation by the tokenizer's chat template and closes an assistant message
    at its end; so a begun answer is left out, and the model opens its reasoning by itself.

    Args:
        pairs: The pairs.
        prompt: Name of a template of the bench, path of one's own, or the template.
    """
    template = load_template("pairs", prompt) if isinstance(prompt, str) else prompt
    return [
        {
            "data_source": DATA_SOURCE,
            "prompt": [
                {"role": message.role, "content": message.content}
                for message in render(template, pair_values(pair)).messages
            ],
            "ability": ABILITY,
            "reward_model": {
                "style": "rule",
                "ground_truth": json.dumps(pair_row(pair), ensure_ascii=False, sort_keys=True),
            },
            "extra_info": {"split": pair.split, "index": index, "id": pair.id},
        }
        for index, pair in enumerate(pairs)
    ]


def write_verl(
    pairs: Iterable[MigrationPair], out: Path, prompt: str | Template = "recode"
) -> dict[str, int]:
    """Write `SPLIT.parquet` for each split; gives the number of rows of each."""
    out.mkdir(parents=True, exist_ok=True)
    by_split: dict[str, list[MigrationPair]] = {}
    for pair in pairs:
        by_split.setdefault(pair.split, []).append(pair)
    for split, chosen in by_split.items():
        table = pa.Table.from_pylist(verl_rows(chosen, prompt), SCHEMA)
        pq.write_table(table, out / f"{split}.parquet")
    return {split: len(chosen) for split, chosen in sorted(by_split.items())}


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Dataset of pairs.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write.")
@click.option("--prompt", default="recode", show_default=True, help="Template: a name, or a file.")
def main(data: Path, out: Path, prompt: str) -> None:
    """Write a dataset of pairs for verl.

    \b
    Example:
      python -m recode_verl.dataset --data pairs --out verl
    """
    for split, count in write_verl(read_pairs(data), out, prompt).items():
        click.echo(f"{split}: {count} rows")


if __name__ == "__main__":
    main()
