"""Descriptions in a model's own words; what it may say is what the composed ones say.

A model's answer is hostile text: it is published only where it is short plain prose about the change
that names nothing and no version which the facts do not name. Otherwise the row keeps the composed
description, and the manifest counts why. Answers are kept by what wrote them and by the whole prompt:
the same build asks nothing twice, and gives the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from recode_data.errors import RecodeError
from recode_data.journal import write_atomically
from recode_data.progress import Progress
from recode_data.records import Effect, JsonValue, MigrationPair, content_id

LONGEST_DESCRIPTION = 600
"""Characters: some five times the composed one."""
SHORTEST_DESCRIPTION = 20
LONGEST_KEPT = 4_000
"""Characters of an answer that the cache keeps: enough to see that it is too long."""
MOST_FAILED = 0.1
"""Share of requests without an answer above which the model, and not a request, is at fault."""

SYSTEM = (
    "You describe changes of software libraries for programmers. Answer with the description alone: "
    "one to three sentences of plain text; no code block, no list, no heading."
)
ASK = """Describe this change in your own words, so that a programmer who meets it knows what it is about.

Change: {description}
Old code on the new version: {effect}
What is known of it:
{facts}

Keep each name in backquotes and each version number as it stands. Say nothing that is not said above."""

_EFFECTS = {
    Effect.BREAK: "raises an error",
    Effect.WARN: "warns",
    Effect.DRIFT: "gives another result",
    Effect.NONE: "runs as before",
}
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_BACKQUOTED = re.compile(r"`([^`]*)`")
_MARKUP = re.compile(r"<[A-Za-z!/][^>]*>|```|https?://|!?\[[^\]]*\]\(|^\s*#", re.MULTILINE)
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class WordingRequest:
    """One description that is wanted; `row` is the id of the first row that it is for."""

    row: str
    system: str
    user: str


class Describer(Protocol):
    """Something that writes descriptions."""

    name: str
    """For rows and manifests: no folder, no address, no key."""
    identity: str
    """Tells apart what may answer differently, for the cache."""

    def describe(self, requests: Sequence[WordingRequest]) -> Iterator[tuple[str, str | None]]:
        """The row and the answer of each request, in any order; None: the model gave none.

        Raises:
            RecodeError: it cannot be asked at all.
        """
        ...


def reword(
    pairs: Sequence[MigrationPair],
    describer: Describer,
    place: Callable[[str], Path],
    progress: Progress,
) -> tuple[list[MigrationPair], dict[str, JsonValue]]:
    """The rows with the model's descriptions, and what the manifest says of them.

    Args:
        pairs: rows with composed descriptions.
        describer: whom to ask.
        place: where the answer of a key is kept.
        progress: told how far it is.

    Raises:
        RecodeError: the model cannot be asked, or leaves too much unanswered; what it has answered
            is kept, and the same command goes on.
    """
    prompts = {pair.id: _prompt(pair) for pair in pairs}
    keys = {row: content_id(describer.identity, *text, length=40) for row, text in prompts.items()}
    first: dict[str, str] = {}
    for row, key in keys.items():
        first.setdefault(key, row)
    answers = {key: text for key in first if (text := _kept(place(key))) is not None}
    missing = [
        WordingRequest(row, *prompts[row]) for key, row in first.items() if key not in answers
    ]
    _ask(missing, keys, describer, place, progress, answers)
    reworded, fallbacks = [], Counter[str]()
    for pair in pairs:
        answer = answers.get(keys[pair.id])
        text, why = (None, "no_answer") if answer is None else accepted(answer, pair)
        if text is None:
            fallbacks[why] += 1
        reworded.append(pair if text is None else _marked(pair, text, describer, keys[pair.id]))
    entry: dict[str, JsonValue] = {
        "by": describer.name,
        "rows": len(pairs),
        "prompts": len(first),
        "taken": len(pairs) - fallbacks.total(),
        "composed": dict(sorted(fallbacks.items())),
    }
    return reworded, entry


def _prompt(pair: MigrationPair) -> tuple[str, str]:
    effect = _EFFECTS[pair.effect]
    return SYSTEM, ASK.format(
        description=pair.description, effect=effect, facts=pair.update_info or "nothing more"
    )


def _ask(
    requests: Sequence[WordingRequest],
    keys: Mapping[str, str],
    describer: Describer,
    place: Callable[[str], Path],
    progress: Progress,
    answers: dict[str, str],
) -> None:
    if not requests:
        return
    progress.note(f"{describer.name}: asking for {len(requests)} descriptions")
    answered = 0
    for row, text in progress.track(describer.describe(requests), "describing", len(requests)):
        if text is not None:
            answered += 1
            answers[keys[row]] = text[:LONGEST_KEPT]
            content = json.dumps({"by": describer.name, "text": text[:LONGEST_KEPT]})
            write_atomically(place(keys[row]), content.encode("utf-8", "backslashreplace"))
    failed = len(requests) - answered
    if failed > MOST_FAILED * len(requests):
        raise RecodeError(
            f"{describer.name} gave no answer to {failed} of {len(requests)} requests; the others are "
            "kept, and nothing is lost\n  to fix: see what the model's server says, and repeat the "
            "command"
        )


def _kept(path: Path) -> str | None:
    try:
        text = json.loads(path.read_bytes())["text"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return text if isinstance(text, str) else None


def accepted(answer: str, pair: MigrationPair) -> tuple[str | None, str]:
    """The answer as a description, or None and why it is none."""
    text = _THOUGHT.sub("", answer).strip()
    if not text:
        return None, "empty"
    if len(text) > LONGEST_DESCRIPTION:
        return None, "too_long"
    if len(text) < SHORTEST_DESCRIPTION:
        return None, "too_short"
    if any(unicodedata.category(char).startswith("C") and char not in "\n\t" for char in text):
        return None, "control_characters"
    text = " ".join(text.split())
    if _MARKUP.search(_BACKQUOTED.sub("", text)) or "```" in text:
        return None, "markup"
    facts = f"{pair.description}\n{pair.update_info}"
    if not set(_names(text)) <= set(_names(facts)):
        return None, "names_beyond_the_facts"
    subject = pair.parameter or pair.old_api.removesuffix(".__init__").rpartition(".")[2]
    return (text, "") if subject in text else (None, "beside_the_change")


def _names(text: str) -> Iterable[str]:
    """Versions, and identifiers in backquotes or with a dot or underscore in them."""
    yield from _VERSION.findall(text)
    for span in _BACKQUOTED.findall(text):
        yield from re.findall(r"[A-Za-z_]\w*", span)
    yield from re.findall(r"\b(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w+\b|\b\w+_\w+\b", text)


def _marked(pair: MigrationPair, text: str, describer: Describer, key: str) -> MigrationPair:
    evidence = json.loads(pair.evidence)
    evidence["description"] = {"by": describer.name, "answer": key}
    written = json.dumps(evidence, sort_keys=True, ensure_ascii=False)
    return replace(pair, description=text, evidence=written)
