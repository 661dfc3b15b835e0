"""What a model that writes text is asked for and gives back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from recode_bench.prompts import Prompt
from recode_data.records import content_id

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw a completion."""

    temperature: float = 0.0
    """0 is greedy."""
    top_p: float = 1.0
    max_tokens: int = 1024
    """Upper bound of a completion's length, in the model's tokens."""
    seed: int = 0
    stop: tuple[str, ...] = ()
    """A completion ends before the first of these."""


@dataclass(frozen=True, slots=True)
class Request:
    """One completion that is wanted."""

    problem_id: str
    sample: int
    """0-based index among the problem's samples."""
    prompt: Prompt

    def seed(self, sampling: Sampling) -> int:
        """Seed of this sample in [0, 2**31): the same in a resumed run and for any batching."""
        digest = content_id(str(sampling.seed), self.problem_id, str(self.sample), length=8)
        return int(digest, 16) >> 1


class Finish(str, Enum):
    """Why a completion ended."""

    STOP = "stop"
    LENGTH = "length"
    FAILED = "failed"
    """The model gave none: not scored, and not taken for an empty answer."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What came of one request."""

    problem_id: str
    sample: int
    text: str
    """The assistant's turn; with the prompt's prefill, where the model was given that."""
    finish: Finish
    error: str = ""
    """Why there is none, for people."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class TextModel(Protocol):
    """Something that completes prompts."""

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, in any order, each as soon as it is there.

        Raises:
            RecodeError: the model cannot be asked at all; single failures are completions.
        """
        ...


@dataclass(slots=True)
class SampleWatch:
    """Tells a model that was asked to sample and repeats itself, as some servers do by default."""

    sampling: Sampling
    texts: dict[str, set[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def see(self, completion: Completion) -> None:
        """Count a completion."""
        if completion.finish is not Finish.FAILED:
            key = completion.problem_id
            self.texts.setdefault(key, set()).add(content_id(completion.text))
            self.counts[key] = self.counts.get(key, 0) + 1

    def repeats(self) -> int:
        """Samples at a temperature above 0 that all equal their problem's others; 0 if any differs.

        Two or three equal samples of an easy problem are nothing: it takes `LEAST_REPEATS`.
        """
        if self.sampling.temperature <= 0 or any(len(texts) > 1 for texts in self.texts.values()):
            return 0
        repeated = sum(count for count in self.counts.values() if count > 1)
        return repeated if repeated >= LEAST_REPEATS else 0

    def warn(self) -> None:
        """Log a warning if the samples are all the same."""
        repeats = self.repeats()
        if repeats:
            _LOG.warning(
                "%d samples at temperature %g, and those of one problem are all identical: the "
                "model does not sample, and pass@k above k = 1 means nothing. A server may need "
                "do_sample in the model's generation_config.json.",
                repeats,
                self.sampling.temperature,
            )


LEAST_REPEATS = 6
"""So many samples, each equal to its problem's others, are no accident."""


def cut_at_stop(text: str, stop: Sequence[str]) -> str:
    """Text before the first stop string: servers cut after the token that holds it, or not at all."""
    ends = [text.index(each) for each in stop if each and each in text]
    return text[: min(ends)] if ends else text


def as_text(prompt: Prompt) -> str:
    """The prompt as one text, for models that have no chat template."""
    return "\n\n".join([*(message.content for message in prompt.messages), prompt.prefill])
