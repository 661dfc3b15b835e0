"""`recode-train prompts`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Dataset of pairs.")
@click.option("--model", metavar="NAME_OR_PATH", help="Whose chat template begins the answer.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write.")
@click.option("--prompt", default="recode", show_default=True, help="Template: a name, or a file.")
@click.option("--max-prompt", type=click.IntRange(1), help="Tokens; longer rows are left out.")
def prompts(data: Path, model: str | None, out: Path, prompt: str, max_prompt: int | None) -> None:
    """Write the dataset with prompts, for TRL's own command line and other trainers.

    Without --model prompts are conversations; with it, a prompt that begins the answer is a text.

    \b
    Example:
      recode-train prompts --data pairs --model Qwen/Qwen2.5-Coder-7B-Instruct --out prompts
      trl grpo --dataset_name prompts --reward_funcs recode_trl.rewards.format_execution ...
    """
    from recode_data.publish import read_pairs
    from recode_trl.dataset import build_prompts
    from recode_trl.installed import require_training_libraries
    from recode_trl.training import load_tokenizer

    if model is not None:
        require_training_libraries()
    tokenizer = load_tokenizer(model) if model else None
    out.mkdir(parents=True, exist_ok=True)
    pairs = read_pairs(data)
    for split in sorted({pair.split for pair in pairs}):
        chosen = [pair for pair in pairs if pair.split == split]
        dataset = build_prompts(chosen, prompt, tokenizer, max_prompt_tokens=max_prompt)
        dataset.to_parquet(str(out / f"{split}.parquet"))
        click.echo(f"{split}: {len(dataset)} prompts")
