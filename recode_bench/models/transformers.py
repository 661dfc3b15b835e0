"""`transformers:NAME_OR_PATH`: a causal language model on this machine.

Prompts are generated in batches, each sample with a random generator of its own, seeded by problem
and sample: the same completion comes out whatever else is in the batch (up to rounding), in a
resumed run too. The tokenizer's chat template is used where there is one, and what the prompt
begins the answer with is put after it; a model without a template gets one text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from recode_bench.models.completing import (
    Completion,
    Finish,
    Request,
    Sampling,
    as_text,
    cut_at_stop,
)
from recode_bench.prompts import Prompt
from recode_data.errors import EnvironmentLacksError, UsageError

STOP_TAIL_TOKENS = 32
"""Decoded after each step in search of a stop string."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with its tokenizer."""

    model: Any
    tokenizer: Any
    device: str

    @property
    def longest(self) -> int | None:
        """Most tokens that it can look at; None where it does not say."""
        found = getattr(self.model.config, "max_position_embeddings", None)
        return found if isinstance(found, int) else None


class TransformersModel:
    """Generates in this process; loads the model with the first prompt."""

    def __init__(self, name: str, *, batch_size: int = 8, adapter: str | None = None) -> None:
        self._name = name
        self._batch_size = batch_size
        self._adapter = adapter
        self._loaded: Loaded | None = None

    @classmethod
    def of(cls, loaded: Loaded, *, batch_size: int = 8) -> TransformersModel:
        """A model that is loaded already, such as one in training; its tokenizer pads on the left."""
        model = cls(type(loaded.model).__name__, batch_size=batch_size)
        model._loaded = loaded
        return model

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, in order, a batch at a time.

        Raises:
            EnvironmentLacksError: torch, transformers or peft is not installed.
            UsageError: there is no such model or adapter.
        """
        loaded = self._load()
        for start in range(0, len(requests), self._batch_size):
            yield from _complete(loaded, requests[start : start + self._batch_size], sampling)

    def _load(self) -> Loaded:
        if self._loaded is None:
            self._loaded = load(self._name, self._adapter)
        return self._loaded


def load(name: str, adapter: str | None = None) -> Loaded:
    """Load a model, in bfloat16 on a GPU, with an adapter on top of it.

    Raises:
        EnvironmentLacksError: torch, transformers or peft is not installed.
        UsageError: there is no such model or adapter.
    """
    try:
        import torch
        import transformers
    except ImportError as error:
        raise EnvironmentLacksError(
            f"local models need torch and transformers: {error}",
            "pip install 'recode-toolkit[train]'",
        ) from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    half = torch.bfloat16 if device == "cuda" and torch.cuda.is_bf16_supported() else torch.float16
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            name, dtype=half if device == "cuda" else torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"no model {name!r} can be loaded: {error}") from error
    if adapter is not None:
        model = _with_adapter(model, adapter)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.pad_token_id is None:
        raise UsageError(f"the tokenizer of {name!r} has neither a padding nor an end token")
    tokenizer.padding_side = "left"
    return Loaded(model.to(device).eval(), tokenizer, device)


def _with_adapter(model: Any, adapter: str) -> Any:
    try:
        import peft
    except ImportError as error:
        raise EnvironmentLacksError(
            f"adapters need peft: {error}", "pip install 'recode-toolkit[train]'"
        ) from error
    try:
        return peft.PeftModel.from_pretrained(model, adapter)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"no adapter {adapter!r} fits the model: {error}") from error


def rendered(tokenizer: Any, prompt: Prompt) -> tuple[str, bool]:
    """The prompt as text, and whether special tokens are still to be added."""
    if not tokenizer.chat_template:
        return as_text(prompt), True
    turns = [{"role": each.role, "content": each.content} for each in prompt.messages]
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception:
        if turns[0]["role"] != "system" or len(turns) < 2:
            raise
        merged = {"role": "user", "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
        text = tokenizer.apply_chat_template(
            [merged, *turns[2:]], tokenize=False, add_generation_prompt=True
        )
    return f"{text}{prompt.prefill}", False


def _complete(
    loaded: Loaded, requests: Sequence[Request], sampling: Sampling
) -> Iterator[Completion]:
    """A batch; halved where the device's memory does not do."""
    import torch

    prompts = [_tokens(loaded, request) for request in requests]
    room = None if loaded.longest is None else loaded.longest - sampling.max_tokens
    fits = [
        (request, tokens)
        for request, tokens in zip(requests, prompts, strict=True)
        if room is None or len(tokens) <= room
    ]
    for request, tokens in zip(requests, prompts, strict=True):
        if room is not None and len(tokens) > room:
            words = f"the prompt has {len(tokens)} tokens, and the model takes {room} of them"
            yield _failed(request, words)
    if not fits:
        return
    try:
        yield from _generate(loaded, fits, sampling)
        return
    except torch.cuda.OutOfMemoryError as error:
        failure = str(error)
    torch.cuda.empty_cache()
    if len(fits) == 1:
        yield _failed(fits[0][0], f"out of memory: {failure}")
        return
    middle = len(fits) // 2
    for half in (fits[:middle], fits[middle:]):
        yield from _complete(loaded, [request for request, _ in half], sampling)


@contextmanager
def for_generating(model: Any) -> Iterator[None]:
    """What suits one token at a time; nothing that is computed changes but by rounding.

    1. cuDNN's attention, which torch 2.11 takes first on Hopper GPUs, makes a plan for each new
       length, and every token makes a new length. On an H100, 8 sequences of a model of 0.5 billion
       parameters took 69 ms a token, and 17 ms where the lengths had been seen before. The other
       kinds of attention need no plan.
    2. What DoRA makes of its weights is made once, not for each token, if the model is in evaluation
       mode: 42 ms a token instead of 54 with 7.6 billion parameters.
    """
    import torch

    allowed = torch.backends.cuda.cudnn_sdp_enabled()
    torch.backends.cuda.enable_cudnn_sdp(False)
    try:
        with _adapter_weights_kept(model):
            yield
    finally:
        torch.backends.cuda.enable_cudnn_sdp(allowed)


def _adapter_weights_kept(model: Any) -> AbstractContextManager[None]:
    if not hasattr(model, "peft_config"):
        return nullcontext()
    from peft import helpers

    # Not in old releases of PEFT, which are right as well, and slower.
    kept: AbstractContextManager[None] = getattr(helpers, "DoraCaching", nullcontext)()
    return kept


def _failed(request: Request, words: str) -> Completion:
    return Completion(request.problem_id, request.sample, "", Finish.FAILED, error=words)


def _tokens(loaded: Loaded, request: Request) -> list[int]:
    text, special = rendered(loaded.tokenizer, request.prompt)
    return list(loaded.tokenizer(text, add_special_tokens=special)["input_ids"])


def _generate(
    loaded: Loaded, prompts: Sequence[tuple[Request, list[int]]], sampling: Sampling
) -> list[Completion]:
    import torch
    from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

    tokenizer, model = loaded.tokenizer, loaded.model
    padded = tokenizer.pad(
        {"input_ids": [tokens for _, tokens in prompts]}, padding=True, return_tensors="pt"
    ).to(loaded.device)
    width = padded["input_ids"].shape[1]
    ends = _end_tokens(loaded)
    seeds = [request.seed(sampling) for request, _ in prompts]
    stop = _StopStrings(tokenizer, sampling.stop, width)
    with torch.inference_mode(), for_generating(model):
        made = model.generate(
            input_ids=padded["input_ids"],
            attention_mask=padded["attention_mask"],
            generation_config=GenerationConfig(
                do_sample=False,  # the sampler below leaves one token to choose
                max_new_tokens=sampling.max_tokens,
                eos_token_id=ends,
                pad_token_id=tokenizer.pad_token_id,
            ),
            logits_processor=LogitsProcessorList(
                [RowSampler(seeds, sampling)] if sampling.temperature > 0 else []
            ),
            stopping_criteria=StoppingCriteriaList([stop] if sampling.stop else []),
        )
    rows = made[:, width:].tolist()
    return [
        _completion(loaded, request, len(tokens), row, ends, sampling)
        for (request, tokens), row in zip(prompts, rows, strict=True)
    ]


def _end_tokens(loaded: Loaded) -> list[int]:
    """What ends an answer: the model's own list, and the tokenizer's token."""
    own = getattr(loaded.model.generation_config, "eos_token_id", None)
    every = own if isinstance(own, list) else [own]
    return [
        each for each in dict.fromkeys([*every, loaded.tokenizer.eos_token_id]) if each is not None
    ]


def _completion(
    loaded: Loaded,
    request: Request,
    prompt_tokens: int,
    row: list[int],
    ends: Sequence[int],
    sampling: Sampling,
) -> Completion:
    end = next((place for place, token in enumerate(row) if token in ends), None)
    kept = row if end is None else row[:end]
    whole = loaded.tokenizer.decode(kept, skip_special_tokens=True)
    text = cut_at_stop(whole, sampling.stop)
    ended = end is not None or text != whole
    return Completion(
        request.problem_id,
        request.sample,
        request.prompt.prefill + text,
        Finish.STOP if ended else Finish.LENGTH,
        prompt_tokens=prompt_tokens,
        completion_tokens=len(kept),
    )


class RowSampler:
    """Draws each row's token with the row's own generator, and leaves no other to choose.

    Nucleus sampling (Holtzman et al. 2020): the fewest tokens that together have `top_p`.
    """

    def __init__(self, seeds: Sequence[int], sampling: Sampling) -> None:
        import torch

        self._sampling = sampling
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores with minus infinity everywhere but at the token that was drawn."""
        import torch

        probabilities = torch.softmax(scores.float() / self._sampling.temperature, dim=-1)
        ordered, tokens = probabilities.sort(dim=-1, descending=True)
        sums = ordered.cumsum(dim=-1)
        ordered = ordered.masked_fill(sums - ordered >= self._sampling.top_p, 0.0)
        sums = ordered.cumsum(dim=-1)
        drawn = [torch.rand(1, generator=each) for each in self._generators]
        marks = torch.stack(drawn).to(scores.device) * sums[:, -1:]
        places = torch.searchsorted(sums, marks, right=True).clamp(max=scores.shape[-1] - 1)
        chosen = tokens.gather(-1, places)
        return torch.full_like(scores, float("-inf")).scatter(-1, chosen, 0.0)


class _StopStrings:
    """Ends a row whose text holds a stop string."""

    def __init__(self, tokenizer: Any, stop: Sequence[str], width: int) -> None:
        self._tokenizer, self._stop, self._width = tokenizer, stop, width

    def __call__(self, input_ids: Any, scores: Any, **unused: Any) -> Any:
        """Whether each row is done."""
        import torch

        start = max(self._width, input_ids.shape[1] - STOP_TAIL_TOKENS)
        tails = self._tokenizer.batch_decode(input_ids[:, start:], skip_special_tokens=True)
        done = [any(each in tail for each in self._stop) for tail in tails]
        return torch.tensor(done, device=input_ids.device)
