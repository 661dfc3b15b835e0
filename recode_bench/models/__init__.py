from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recode_bench.models import codemod, copy, oracle, replay
from recode_bench.models.completing import TextModel
from recode_bench.models.endpoint import EndpointModel, parse_endpoint
from recode_bench.models.transformers import TransformersModel
from recode_bench.problems import Problem
from recode_data.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What the command line says about how a model is asked."""

    concurrency: int = 8
    """Requests at a time, for endpoints."""
    timeout_s: float = 600.0
    """For one attempt of one request."""
    batch_size: int = 8
    """Prompts generated together, for models on this machine."""
    continue_prefill: bool = False
    """Whether the endpoint goes on from an assistant message (vLLM and SGLang do)."""
    adapter: str | None = None
    """Folder of a PEFT adapter on top of a model on this machine."""
    key: str | None = field(default=None, repr=False)
    """What the endpoint wants to see; never logged."""


Opens = Callable[[str, Sequence[Problem], ModelSettings], TextModel]


def _endpoint(rest: str, problems: Sequence[Problem], settings: ModelSettings) -> TextModel:
    return EndpointModel(
        parse_endpoint(rest),
        key=settings.key,
        concurrency=settings.concurrency,
        timeout_s=settings.timeout_s,
        continue_prefill=settings.continue_prefill,
    )


def _transformers(rest: str, problems: Sequence[Problem], settings: ModelSettings) -> TextModel:
    return TransformersModel(rest, batch_size=settings.batch_size, adapter=settings.adapter)


MODELS: tuple[tuple[str, Opens, str], ...] = (
    ("copy", lambda rest, problems, settings: copy.open_model(problems), "hands the old code back"),
    (
        "codemod",
        lambda rest, problems, settings: codemod.open_model(problems),
        "applies the mined replacements by rule",
    ),
    (
        "oracle",
        lambda rest, problems, settings: oracle.open_model(problems),
        "hands the reference solution back",
    ),
    (
        "replay",
        lambda rest, problems, settings: replay.open_model(Path(rest)),
        "completions from a file: replay:FILE",
    ),
    (
        "transformers",
        _transformers,
        "a model on this machine: transformers:NAME_OR_PATH, --adapter for PEFT's",
    ),
    (
        "endpoint",
        _endpoint,
        "any OpenAI-compatible server: endpoint:MODEL@URL, key in OPENAI_API_KEY",
    ),
)
"""Prefix of the spec, how it is opened, and what it is, for `recode-bench models`."""

BARE = frozenset({"copy", "codemod", "oracle"})
"""Models whose spec is the name alone."""


def open_model(
    spec: str, problems: Sequence[Problem], settings: ModelSettings | None = None
) -> TextModel:
    """The model that `--model SPEC` names.

    Raises:
        UsageError: no model has that name, or what follows it is missing or of no use.
        EnvironmentLacksError: what it needs is not installed.
    """
    name, colon, rest = spec.partition(":")
    for known, open_it, words in MODELS:
        if known != name:
            continue
        if (known in BARE) == bool(colon and rest):
            raise UsageError(f"{spec!r} is no model: {words}")
        return open_it(rest, problems, settings or ModelSettings())
    names = ", ".join(known for known, _, _ in MODELS)
    raise UsageError(f"no model {spec!r}; choose one of {names} (`recode-bench models`)")


__all__ = ["MODELS", "ModelSettings", "Opens", "TextModel", "open_model"]
