"""A prompt as a tokenizer's chat template renders it, with the beginning of the answer kept.

TRL renders conversations with a generation prompt and has no notion of a begun answer: an assistant
message at the end would be closed, and a new turn opened. So a prompt with a prefill is rendered
here, to a string that ends within the assistant's turn; any other stays a conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from recode_bench.models.completing import as_text
from recode_bench.models.transformers import rendered
from recode_bench.prompts import Prompt

Tokenizer: TypeAlias = Any
"""A `PreTrainedTokenizerBase`; transformers is not imported for its name."""
Chat: TypeAlias = "list[dict[str, str]]"


@dataclass(frozen=True, slots=True)
class BegunPrompt:
    """What a trainer is given, and how the answer begins in it."""

    prompt: str | Chat
    prefill: str
    """End of `prompt` that belongs to the assistant's turn; empty in a conversation."""


def begin(prompt: Prompt, tokenizer: Tokenizer | None) -> BegunPrompt:
    """The prompt for a trainer.

    Args:
        prompt: As the templates of the bench render it.
        tokenizer: Of the model. Without one, a conversation is all that there can be, and its
            prefill is left out: the model opens its reasoning by itself. A tokenizer without a
            chat template means a model that goes on from a text.
    """
    if tokenizer is None or (tokenizer.chat_template is not None and not prompt.prefill):
        return BegunPrompt(as_chat(prompt), "")
    return begin_text(prompt, tokenizer)


def begin_text(prompt: Prompt, tokenizer: Tokenizer) -> BegunPrompt:
    """The prompt as the one text that the model goes on from."""
    bare, is_plain = rendered(tokenizer, replace(prompt, prefill=""))
    if is_plain:
        return BegunPrompt(as_text(prompt), prompt.prefill)
    text = _without_second_start(bare, tokenizer)
    if text.rstrip().endswith("<think>"):  # the chat template opens the reasoning already
        return BegunPrompt(text, "<think>\n")
    return BegunPrompt(text + prompt.prefill, prompt.prefill)


def as_chat(prompt: Prompt) -> Chat:
    """Its messages as dictionaries."""
    return [{"role": each.role, "content": each.content} for each in prompt.messages]


def _without_second_start(text: str, tokenizer: Tokenizer) -> str:
    """Trainers tokenize the text once more, which puts a beginning-of-text token before it."""
    start = tokenizer.bos_token
    if not start or not text.startswith(start):
        return text
    adds = tokenizer("x")["input_ids"][:1] == [tokenizer.bos_token_id]
    return text.removeprefix(start) if adds else text
