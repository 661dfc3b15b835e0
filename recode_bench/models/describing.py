"""Descriptions for `recode-data build --describe-with SPEC`, by any model that can be asked.

`recode_data` knows no model: it finds this through the entry point `recode_data.describers`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from recode_bench.models import BARE, ModelSettings, TextModel, open_model
from recode_bench.models.completing import Finish, Request, Sampling
from recode_bench.prompts import Message, Prompt
from recode_data.errors import UsageError
from recode_data.notes.wording import WordingRequest

SAMPLING = Sampling(temperature=0.0, max_tokens=2048)
"""Greedy; room for a model that thinks aloud first."""


class ModelDescriber:
    """A `recode_data.notes.wording.Describer` that asks a model."""

    def __init__(self, name: str, identity: str, model: TextModel) -> None:
        self.name = name
        self.identity = identity
        self._model = model

    def describe(self, requests: Sequence[WordingRequest]) -> Iterator[tuple[str, str | None]]:
        """The row and the answer of each request, as they come; None where the model gave none.

        Raises:
            RecodeError: the model cannot be asked at all.
        """
        asked = [
            Request(
                item.row, 0, Prompt((Message("system", item.system), Message("user", item.user)))
            )
            for item in requests
        ]
        for completion in self._model.complete(asked, SAMPLING):
            failed = completion.finish is Finish.FAILED
            yield completion.problem_id, None if failed else completion.text


def open_describer(spec: str, key: str | None) -> ModelDescriber:
    """The model that `--describe-with SPEC` names; `key` is what an endpoint wants to see.

    A replayed file holds the row's id as `task_id`: of several rows about one change, the first.

    Raises:
        UsageError: no such model, or one that only edits code.
        EnvironmentLacksError: what it needs is not installed.
    """
    kind, _, rest = spec.partition(":")
    if kind in BARE:
        raise UsageError(f"{spec!r} writes code, and no descriptions")
    model = open_model(spec, (), ModelSettings(key=key))
    name, identity = spec, spec
    if kind == "endpoint":
        head, scheme, _ = rest.partition("@http")
        name = f"endpoint:{head}@URL" if scheme else spec
    elif kind == "replay":
        name = f"replay:{Path(rest).name}"
        identity = f"replay {hashlib.sha256(Path(rest).read_bytes()).hexdigest()}"
    elif Path(rest).exists():
        name = f"{kind}:{Path(rest).resolve().name}"
    return ModelDescriber(name, identity, model)
