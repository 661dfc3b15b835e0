"""Training and completing on a GPU: seconds, tokens a second and memory.

Usage: python benchmarks/gpu.py [complete|grpo|dapo|sft] [--size 7b] [--work DIR]
       [--prompt-tokens N] [--batches N,N] [--requests N] [-- OPTIONS OF recode-train]

The models have the dimensions of Qwen2.5-Coder and random weights, so that nothing is downloaded.
They are as fast as real ones, but next to never end an answer: all completions have full length,
which is the worst case. `complete` asks `transformers:DIR` with the paper's sampling, once per batch
size; the others run `recode-train` in this process, on rows whose prompts have about N tokens, and
print for each generation and each step how long it took and how much memory it needed at most.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from recode_bench.models.completing import Request, Sampling
from recode_bench.models.transformers import TransformersModel
from recode_bench.prompts import load_template, pair_values, render
from recode_data.records import MigrationPair
from tests.built_datasets import write_built
from tests.making import make_pair
from tests.tiny_model import CHAT_TEMPLATE

ROOT = Path(__file__).resolve().parent.parent
SIZES: dict[str, dict[str, Any]] = {
    "tiny": {
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 16_384,
        "tie_word_embeddings": True,
    },
    "0.5b": {
        "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
        "num_key_value_heads": 2, "intermediate_size": 4864, "vocab_size": 151_936,
        "tie_word_embeddings": True,
    },
    "7b": {
        "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "intermediate_size": 18_944, "vocab_size": 152_064,
        "tie_word_embeddings": False,
    },
}  # fmt: skip
"""As in the published config.json of Qwen2.5-Coder; `tiny` is for trying this script."""
PAPER = Sampling(temperature=0.8, top_p=0.7, max_tokens=512)
SAMPLES = 5
ROWS = 32
TOKENS = 8192
"""Of the tokenizer, which is trained on this toolkit's own source."""


def differing(completions: Sequence[str], **_: object) -> list[float]:
    """A reward that differs within each group, as that of a model that has begun to learn."""
    return [hashlib.sha256(text.encode()).digest()[0] / 255 for text in completions]


def device() -> str:
    """Where everything runs."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def make_model(size: str, folder: Path) -> Path:
    """Save a model with random weights in bfloat16, and its tokenizer, unless they are there."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config

    if (folder / "config.json").is_file():
        return folder
    make_tokenizer().save_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen2Config(**SIZES[size], eos_token_id=2, pad_token_id=0, bos_token_id=None)
    with torch.device(device()):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    return folder


def make_tokenizer() -> Any:
    """Byte-level BPE with Qwen's way of splitting; the model's vocabulary is larger."""
    from tokenizers import Tokenizer, models, trainers
    from transformers import Qwen2Tokenizer

    like = Qwen2Tokenizer()._tokenizer
    raw = Tokenizer(models.BPE())
    raw.normalizer, raw.pre_tokenizer, raw.decoder = (
        like.normalizer,
        like.pre_tokenizer,
        like.decoder,
    )
    trainer = trainers.BpeTrainer(
        vocab_size=TOKENS,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
    )
    sources = sorted((ROOT / "recode_data").rglob("*.py"))
    raw.train_from_iterator((path.read_text(encoding="utf-8") for path in sources), trainer)
    tokenizer = Qwen2Tokenizer(
        tokenizer_object=raw, eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token=None
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def make_rows(prompt_tokens: int, model: Path) -> list[MigrationPair]:
    """Rows whose prompts have about so many tokens, none like another."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)

    def row(number: int, lines: int) -> MigrationPair:
        more = "".join(
            f"value_{each:04d} = toy.load({number + each:04d})\n" for each in range(lines)
        )
        old, new = (f"import toy\n{text}" for text in (more, more.replace("load", "read")))
        return make_pair(old_code=old, new_code=new, id=f"{number:016d}", split="train")

    template = load_template("pairs", "recode")

    def tokens(pair: MigrationPair) -> int:
        prompt = render(template, pair_values(pair))
        return len(tokenizer(" ".join(each.content for each in prompt.messages))["input_ids"])

    few, many = (tokens(row(0, lines)) for lines in (1, 101))
    # 40 for the turns and the prefill, 2 in 100 for numbers that take more tokens than others
    lines = max(1, int((0.98 * prompt_tokens - 40 - few) / ((many - few) / 100)))
    return [row(number, lines) for number in range(ROWS)]


def peak_gb() -> float:
    """Most memory that tensors took since the last call."""
    import torch

    if device() == "cpu":
        return 0.0
    torch.cuda.synchronize()
    found = torch.cuda.max_memory_allocated() / 1e9
    torch.cuda.reset_peak_memory_stats()
    return found


def reserved_gb() -> float:
    """What the process holds of the device, freed blocks included."""
    import torch

    return torch.cuda.memory_reserved() / 1e9 if device() == "cuda" else 0.0


def measure_completing(
    model: Path, rows: Sequence[MigrationPair], batches: Sequence[int], requests: int
) -> None:
    """The same requests at each batch size; loading and a first short answer are not counted."""
    template = load_template("pairs", "recode")
    asked = [
        Request(pair.id, sample, render(template, pair_values(pair)))
        for pair in rows
        for sample in range(SAMPLES)
    ]
    began = time.perf_counter()
    warm = TransformersModel(str(model))
    list(warm.complete(asked[:1], replace(PAPER, max_tokens=4)))
    print(f"loading: {time.perf_counter() - began:.1f} s", flush=True)
    for batch in batches:
        policy = TransformersModel.of(warm._load(), batch_size=batch)
        peak_gb()
        began = time.perf_counter()
        found = list(policy.complete(asked[: max(batch, requests)], PAPER))
        seconds = time.perf_counter() - began
        made = sum(each.completion_tokens or 0 for each in found)
        failed = sum(1 for each in found if each.error)
        print(
            f"batch {batch}: {len(found)} completions ({failed} failed) of {found[0].prompt_tokens} + "
            f"{made / len(found):.0f} tokens in {seconds:.1f} s: {len(found) / seconds:.2f} "
            f"completions/s, {made / seconds:,.0f} tokens/s; {peak_gb():.1f} GB at most",
            flush=True,
        )


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The trainer's generation, with a line about each: `step_time` in its log has both parts."""

    def generate(self: Any, prompts: Any, *more: Any) -> Any:
        before = peak_gb()
        began = time.perf_counter()
        found = function(self, prompts, *more)
        most = peak_gb()
        print(
            f"generated {len(prompts)} completions after {len(found[0][0])}-token prompts in "
            f"{time.perf_counter() - began:.1f} s, {most:.1f} GB at most; {before:.1f} GB before that, "
            f"{reserved_gb():.1f} GB held",
            flush=True,
        )
        return found

    return generate


def measure_training(
    method: str, model: Path, rows: Sequence[MigrationPair], work: Path, options: Sequence[str]
) -> None:
    """`recode-train` in this process; generation is timed apart from the rest of a step."""
    from recode_trl.cli import cli
    from trl import GRPOTrainer

    data = write_built(work / "pairs", rows)
    out = work / f"run-{time.time_ns()}"
    reward = ("--reward", "benchmarks.gpu.differing") if method != "sft" else ()
    arguments = [method, "--data", data, "--model", model, "--out", out, "--log-every", 1, *reward]
    GRPOTrainer._generate = timed(GRPOTrainer._generate)
    began = time.perf_counter()
    cli.main([*map(str, arguments), *options], standalone_mode=False)
    print(f"all: {time.perf_counter() - began:.1f} s; last update {peak_gb():.1f} GB at most")
    # An --out among the options is the one that counts.
    out = Path(options[options.index("--out") + 1]) if "--out" in options else out
    state = json.loads((out / "trainer_state.json").read_text(encoding="utf-8"))
    for entry in state["log_history"]:
        kept = ("step", "step_time", "loss", "grad_norm", "reward", "completions/mean_length")
        print(", ".join(f"{name} {entry[name]:.4g}" for name in kept if name in entry))


def main() -> None:
    """Make what is needed, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts = ("complete", "grpo", "dapo", "sft")
    parser.add_argument("part", nargs="?", choices=parts, default="complete")
    parser.add_argument("--size", choices=tuple(SIZES), default="7b")
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "gpu")
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--batches", default="8,64")
    parser.add_argument("--requests", type=int, default=0)
    ours, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    given = parser.parse_args(ours.split())
    if device() == "cpu" and given.size != "tiny":
        print("no GPU here: nothing to measure; --size tiny tries this script on the CPU")
        return
    model = make_model(given.size, given.work / given.size)
    rows = make_rows(given.prompt_tokens, model)
    if given.part == "complete":
        batches = [int(each) for each in given.batches.split(",")]
        measure_completing(model, rows, batches, given.requests)
    else:
        measure_training(given.part, model, rows, given.work, options.split())


if __name__ == "__main__":
    main()
