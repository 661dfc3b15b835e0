"""Drop near-duplicates and cap what one change may contribute.

Every dropped pair becomes a `Dropped` outcome, so the accounting still adds up.
"""

from __future__ import annotations

import io
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Indel

from recode_data.records import Dropped, DropReason, Verified

NEAR_DUPLICATE_SIMILARITY = 0.92
"""Token-level Indel similarity of (old, new); above it rows differ by a literal or a name only."""

FIRST_SURROGATE, SURROGATES = 0xD800, 0x800
"""Code points that are no characters."""

MAX_PAIRS_PER_CHANGE = 25
"""Of one step, in a small dataset: without a cap, a constant such as a renamed NaN would fill it; the
rest stays as drops."""


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


class TokenAlphabet:
    """Writes tokens as one character each, so that whole snippets compare as strings do.

    rapidfuzz converts a tuple anew for every comparison: 114,000 of them, 360 tokens each, take 0.34 s
    as tuples and 0.09 s as strings.
    """

    def __init__(self) -> None:
        self._characters: dict[str, str] = {}

    def write(self, tokens: Iterable[str]) -> str:
        """Equal tokens, equal characters; only within one alphabet."""
        return "".join(self._characters.setdefault(token, self._next()) for token in tokens)

    def _next(self) -> str:
        number = len(self._characters)
        return chr(number if number < FIRST_SURROGATE else number + SURROGATES)

    def write_pair(self, old_code: str, new_code: str) -> str:
        """Both codes, with a mark between them."""
        return self.write((*tokens_of(old_code), "->", *tokens_of(new_code)))


def deduplicate(
    verified: Iterable[Verified], *, cap: int = MAX_PAIRS_PER_CHANGE
) -> tuple[list[Verified], list[Dropped]]:
    """Split verified candidates into those kept and those dropped with a reason.

    Order of preference within one change: longer snippets first, since they show more context,
    then by content id; the result does not depend on the order of the input.
    """
    groups: dict[str, list[Verified]] = defaultdict(list)
    for item in verified:
        groups[item.candidate.change.key].append(item)
    kept: list[Verified] = []
    dropped: list[Dropped] = []
    codes_seen: dict[tuple[str, str], str] = {}
    for key in sorted(groups):
        chosen: list[tuple[Verified, tuple[str, ...]]] = []
        for item in sorted(groups[key], key=_preference):
            codes = (item.candidate.old_code.strip(), item.candidate.new_code.strip())
            tokens = (*tokens_of(codes[0]), "->", *tokens_of(codes[1]))
            twin = _twin(tokens, chosen)
            if codes in codes_seen:
                dropped.append(
                    Dropped(
                        item.candidate,
                        DropReason.DUPLICATE,
                        f"same code as for {codes_seen[codes]}",
                    )
                )
            elif twin is not None:
                dropped.append(Dropped(item.candidate, DropReason.NEAR_DUPLICATE, f"like {twin}"))
            elif len(chosen) >= cap:
                dropped.append(
                    Dropped(item.candidate, DropReason.OVER_CAP, f"more than {cap} pairs for {key}")
                )
            else:
                codes_seen[codes] = item.candidate.change.old_api
                chosen.append((item, tokens))
        kept.extend(item for item, _ in chosen)
    return kept, dropped


def not_seen_before(
    verified: Iterable[Verified], seen: dict[tuple[str, str, str], str]
) -> tuple[list[Verified], list[Dropped]]:
    """Leave out what an earlier version step of the library gave already.

    Args:
        verified: pairs of one step.
        seen: (library, old code, new code) → step, of earlier steps; those of this one are added.
    """
    kept: list[Verified] = []
    dropped: list[Dropped] = []
    for item in verified:
        pair = item.pair
        key = (pair.dependency, pair.old_code.strip(), pair.new_code.strip())
        step = f"{pair.old_version} to {pair.new_version}"
        if seen.setdefault(key, step) == step:
            kept.append(item)
        else:
            detail = f"the step {seen[key]} has it already"
            dropped.append(Dropped(item.candidate, DropReason.DUPLICATE, detail))
    return kept, dropped


def _preference(item: Verified) -> tuple[int, int, str]:
    length = len(item.candidate.old_code)
    is_long = length >= 150
    return (0 if is_long else 1, abs(length - 400), item.candidate.key)


def _twin(
    tokens: tuple[str, ...], chosen: Sequence[tuple[Verified, tuple[str, ...]]]
) -> str | None:
    for other, other_tokens in chosen:
        similarity = Indel.normalized_similarity(
            tokens, other_tokens, score_cutoff=NEAR_DUPLICATE_SIMILARITY
        )
        if similarity >= NEAR_DUPLICATE_SIMILARITY:
            return other.candidate.key
    return None
