"""The model in training as a model that the bench can ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from recode_bench.models.completing import Completion, Finish, Request, Sampling, cut_at_stop
from recode_trl.prompting import Tokenizer, begin_text

BATCH_SIZE = 16
"""Prompts that are completed together."""


class PolicyModel:
    """A `TextModel` over a live model: what it would answer at this moment.

    Args:
        model: A causal language model, perhaps with an adapter.
        tokenizer: Its tokenizer.
        batch_size: Prompts that are completed together.
    """

    def __init__(self, model: Any, tokenizer: Tokenizer, batch_size: int = BATCH_SIZE) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._batch_size = batch_size

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, longest prompts first, so that batches need little padding."""
        begun = [begin_text(request.prompt, self._tokenizer) for request in requests]
        texts = [str(each.prompt) for each in begun]
        order = sorted(range(len(requests)), key=lambda index: (-len(texts[index]), index))
        for start in range(0, len(order), self._batch_size):
            chosen = order[start : start + self._batch_size]
            answers = self._generate(
                [texts[index] for index in chosen],
                sampling,
                requests[chosen[0]].seed(sampling),
            )
            for index, (text, finish, read, written) in zip(chosen, answers, strict=True):
                request = requests[index]
                yield Completion(
                    request.problem_id,
                    request.sample,
                    begun[index].prefill + cut_at_stop(text, sampling.stop),
                    finish,
                    prompt_tokens=read,
                    completion_tokens=written,
                )

    def _generate(
        self, texts: list[str], sampling: Sampling, seed: int
    ) -> list[tuple[str, Finish, int, int]]:
        """Text, why it ended, tokens read and tokens written, for each prompt."""
        tokenizer = self._tokenizer
        inputs = tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")
        inputs = inputs.to(self._model.device)
        ends = _end_tokens(self._model, tokenizer)
        greedy = sampling.temperature <= 0
        chance = {} if greedy else {"temperature": sampling.temperature, "top_p": sampling.top_p}
        with torch.no_grad(), _seeded(None if greedy else seed):
            written = self._model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                do_sample=not greedy,
                max_new_tokens=sampling.max_tokens,
                pad_token_id=tokenizer.pad_token_id,
                eos_token_id=ends,
                **chance,
            )
        answers = []
        read = inputs["attention_mask"].sum(dim=1).tolist()
        for row, tokens in zip(
            read, written[:, inputs["input_ids"].size(1) :].tolist(), strict=True
        ):
            end = next((at for at, token in enumerate(tokens) if token in ends), None)
            kept = tokens if end is None else tokens[:end]
            text = tokenizer.decode(kept, skip_special_tokens=True)
            finish = Finish.LENGTH if end is None else Finish.STOP
            answers.append((text, finish, int(row), len(kept)))
        return answers


def _end_tokens(model: Any, tokenizer: Tokenizer) -> list[int]:
    """Every token that ends a turn: the tokenizer's own, and those that the model declares."""
    declared = model.generation_config.eos_token_id
    ends = [tokenizer.eos_token_id]
    ends += declared if isinstance(declared, list) else [declared]
    return list(dict.fromkeys(end for end in ends if end is not None))


def _seeded(seed: int | None) -> AbstractContextManager[None]:
    """Sampling with this seed, leaving the trainer's own random numbers as they are."""
    return nullcontext() if seed is None else _Seeded(seed)


class _Seeded(AbstractContextManager[None]):
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._fork: Any = None

    def __enter__(self) -> None:
        self._fork = torch.random.fork_rng()
        self._fork.__enter__()
        torch.manual_seed(self._seed)

    def __exit__(self, *error: object) -> None:
        self._fork.__exit__(*error)
