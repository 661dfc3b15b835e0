"""Drop near-duplicates and cap what one change may contribute.

Every dropped pair becomes a `Dropped` outcome, so the accounting still adds up.
"""

from __future__ import annotations

import io
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Indel

from recode_data.records import DropReason
from recode_data.verify import Proved

NEAR_DUPLICATE_SIMILARITY = 0.92
"""Token-level Indel similarity of (old, new); above it rows differ by a literal or a name only."""

MAX_PAIRS_PER_CHANGE = 25
"""Without a cap, a constant such as a renamed NaN fills the dataset; the rest stays as drops."""


def tokens_of(code: str) -> tuple[str, ...]:
    """Lexical tokens without comments and layout; the plain text's words where it has no tokens."""
    skipped = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    try:
        stream = tokenize.generate_tokens(io.StringIO(code).readline)
        return tuple(token.string for token in stream if token.type not in skipped)
    except (tokenize.TokenError, SyntaxError):
        return tuple(code.split())


def deduplicate(
    proved: Iterable[Proved], *, cap: int = MAX_PAIRS_PER_CHANGE
) -> tuple[list[Proved], list[tuple[Proved, DropReason, str]]]:
    """Split proved candidates into those kept and those dropped with a reason.

    Order of preference within one change: longer snippets first, since they show more context,
    then by content id; the result does not depend on the order of the input.
    """
    groups: dict[str, list[Proved]] = defaultdict(list)
    for item in proved:
        groups[item.candidate.change.key].append(item)
    kept: list[Proved] = []
    dropped: list[tuple[Proved, DropReason, str]] = []
    codes_seen: dict[tuple[str, str], str] = {}
    for key in sorted(groups):
        chosen: list[tuple[Proved, tuple[str, ...]]] = []
        for item in sorted(groups[key], key=_preference):
            codes = (item.candidate.old_code.strip(), item.candidate.new_code.strip())
            tokens = tokens_of(codes[0]) + ("->",) + tokens_of(codes[1])
            twin = _twin(tokens, chosen)
            if codes in codes_seen:
                dropped.append(
                    (item, DropReason.DUPLICATE, f"same code as for {codes_seen[codes]}")
                )
            elif twin is not None:
                dropped.append((item, DropReason.NEAR_DUPLICATE, f"like {twin}"))
            elif len(chosen) >= cap:
                dropped.append((item, DropReason.OVER_CAP, f"more than {cap} pairs for {key}"))
            else:
                codes_seen[codes] = item.candidate.change.old_api
                chosen.append((item, tokens))
        kept.extend(item for item, _ in chosen)
    return kept, dropped


def _preference(item: Proved) -> tuple[int, int, str]:
    length = len(item.candidate.old_code)
    is_long = length >= 150
    return (0 if is_long else 1, abs(length - 400), item.candidate.key)


def _twin(tokens: tuple[str, ...], chosen: Sequence[tuple[Proved, tuple[str, ...]]]) -> str | None:
    for other, other_tokens in chosen:
        similarity = Indel.normalized_similarity(
            tokens, other_tokens, score_cutoff=NEAR_DUPLICATE_SIMILARITY
        )
        if similarity >= NEAR_DUPLICATE_SIMILARITY:
            return other.candidate.key
    return None
