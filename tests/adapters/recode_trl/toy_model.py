"""A language model made from nothing, and pairs that it can learn: renamed functions, four verbs.

Small enough to be trained on a CPU within seconds. The task needs no copying, which two layers do
not learn: each old call has one right answer, and the old call itself is what SFT leaves it with
most of the time.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from recode_data.records import MigrationPair
from tests.built_datasets import write_built
from tests.making import make_pair

RENAMES = {
    "load": "read",
    "scale": "grow",
    "total": "add",
    "merge": "join",
    "split": "cut",
    "fetch": "take",
}
ARGUMENTS = ("a", "b", "c", "d")
HELD_OUT = "d"
"""Rows with this argument are never trained on."""

TEMPLATE = "=== user ===\nfix:\n{{old_code}}\n=== assistant ===\n```python\n"

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def toy_pair(old: str, new: str, argument: str, split: str) -> MigrationPair:
    return make_pair(
        old_code=f"x = toy.{old}({argument})\n",
        new_code=f"x = toy.{new}({argument})\n",
        old_api=f"toy.{old}",
        new_api=f"toy.{new}",
        description=f"`toy.{old}` is now `toy.{new}`.",
        checks=json.dumps(
            {
                "version": 1,
                "expected": {"events": [], "names": {}},
                "allowed_warnings": [],
                "hidden": [],
            }
        ),
        split=split,
    )


def toy_pairs() -> list[MigrationPair]:
    """24 rows, a quarter of them for testing."""
    return [
        toy_pair(old, new, argument, "test" if argument == HELD_OUT else "train")
        for old, new in RENAMES.items()
        for argument in ARGUMENTS
    ]


def write_toy_data(folder: Path) -> Path:
    return write_built(folder, toy_pairs())


def write_warm_up_data(folder: Path, wrong_of_ten: int) -> Path:
    """Rows for SFT in which some answers keep the old call: what the policy has to unlearn."""
    pairs = []
    for number, pair in enumerate(toy_pairs()):
        for copy in range(10):
            target = pair.old_code if copy < wrong_of_ten else pair.new_code
            pairs.append(
                replace(pair, new_code=target, id=f"{number:04d}{copy:04d}", split="train")
            )
    return write_built(folder, pairs)


def write_template(folder: Path) -> Path:
    path = folder / "toy.txt"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def make_model(folder: Path, *, chat: bool = True, seed: int = 0) -> Path:
    """Save a tiny Qwen2 with a tokenizer trained on the toy rows; the same bytes for a seed."""
    import torch
    from tokenizers import Tokenizer, models, trainers
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

    texts = [text for pair in toy_pairs() for text in (pair.old_code, pair.new_code)]
    texts += [
        "fix:\n",
        "```python\n",
        "\n```",
        "user",
        "assistant",
        "system",
        "<think>",
        "</think>",
    ]
    # Qwen2Tokenizer puts its own pre-tokenizer in place of any other when it is loaded again.
    like = Qwen2Tokenizer()._tokenizer
    raw = Tokenizer(models.BPE())
    raw.normalizer, raw.pre_tokenizer, raw.decoder = (
        like.normalizer,
        like.pre_tokenizer,
        like.decoder,
    )
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    raw.train_from_iterator(
        texts * 8,
        trainers.BpeTrainer(
            vocab_size=352,
            special_tokens=special,
            initial_alphabet=sorted({chr(number) for number in range(33, 127)}),
            show_progress=False,
        ),
    )
    tokenizer = Qwen2Tokenizer(
        tokenizer_object=raw, eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token=None
    )
    tokenizer.chat_template = CHAT if chat else None
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            initializer_range=0.1,  # at the usual 0.02 it takes ten times as long to attend
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
        )
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    sample = CHAT.split("{%")[0] + "fix:\nx = toy.load(d)\n```python\nx = toy.read(d)"
    again = AutoTokenizer.from_pretrained(folder)
    assert again(sample)["input_ids"] == tokenizer(sample)["input_ids"]
    return folder
