"""All candidates of one version step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from recode_data.producers.backward import backward
from recode_data.producers.evolved import evolved
from recode_data.producers.forward import forward
from recode_data.producers.proposals import StepUsages
from recode_data.records import ApiChange, Candidate, Usage

PRODUCERS: tuple[Callable[[ApiChange, StepUsages], Iterator[Candidate]], ...] = (
    evolved,
    forward,
    backward,
)
"""In order of how much the library's own authors had a hand in the pair."""


def propose(
    changes: Sequence[ApiChange], old_usages: Sequence[Usage], new_usages: Sequence[Usage]
) -> Iterator[Candidate]:
    """Candidates of all changes, each once, in an order that depends on the arguments alone.

    Nothing here is proved: many candidates will be dropped, and that is what verification is for.
    """
    usages = StepUsages(old_usages, new_usages)
    seen: set[str] = set()
    for producer in PRODUCERS:
        for change in sorted(changes, key=lambda item: item.key):
            for candidate in producer(change, usages):
                if candidate.old_code != candidate.new_code and candidate.key not in seen:
                    seen.add(candidate.key)
                    yield candidate
