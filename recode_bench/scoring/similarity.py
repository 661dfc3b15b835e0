"""How near a code is to the code that it should be.

Rewards as in ReCode (arXiv 2506.20495, section 3.3): `es` and `em` compare normalised text, and the
starred forms first ask for valid Python. Departures from the published functions, beside those
listed in `recode_bench.scoring.normalise` and `recode_bench.extract`:

1. A completion and a target that are both empty once their comments are gone are equal; the
   published code divides by zero.
2. The completion itself must be valid Python, not its normalised text: the published normaliser
   breaks 18 of its own targets, so that a perfect answer gets the lowest reward.
3. Any text can be scored; NUL bytes, surrogates and deep nesting mean "not Python".
4. Levenshtein distance in bit-parallel C (rapidfuzz) rather than a Python table: same values.
5. `es` and `em`, which the paper names and nobody published, count blanks as `normalise` does; the
   starred forms keep the published treatment of blanks, so that their values can be compared.

`copy_relative` is this toolkit's own: on the published rows copying the old code already earns
+1.03 of 2.0, so most of `es_star` is paid for what was given.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from recode_bench.scoring.normalise import normalise
from recode_bench.syntax import parses

CACHED_TARGETS = 8192
"""A target comes back once per sample and epoch; completions do not, and may be long."""

NO_CODE = -2.0
"""`es`, `em`: the completion holds no code; starred forms: or its code is not Python."""

WORST, BEST = -1.5, 2.0
"""The range of every scored code (section 3.3)."""


@lru_cache(maxsize=CACHED_TARGETS)
def normalised_target(target: str, *, published_blanks: bool = False) -> str:
    """`normalise`, remembered."""
    return normalise(target, published_blanks=published_blanks)


def edit_similarity(code: str, target: str, *, published_blanks: bool = False) -> float:
    """1 - Levenshtein / length of the longer, on normalised text, in characters; in [0, 1]."""
    return Levenshtein.normalized_similarity(
        normalise(code, published_blanks=published_blanks),
        normalised_target(target, published_blanks=published_blanks),
    )


def is_exact_match(code: str, target: str, *, published_blanks: bool = False) -> bool:
    """Whether the two are the same text once normalised."""
    return normalise(code, published_blanks=published_blanks) == normalised_target(
        target, published_blanks=published_blanks
    )


def es(code: str | None, target: str) -> float:
    """Edit similarity as a reward: -2 without code, else similarity * 3.5 - 1.5, in [-1.5, 2]."""
    if code is None:
        return NO_CODE
    return WORST + (BEST - WORST) * edit_similarity(code, target)


def em(code: str | None, target: str) -> float:
    """Exact match as a reward: -2 without code, 2 for a match, else -1.5."""
    if code is None:
        return NO_CODE
    return BEST if is_exact_match(code, target) else WORST


def es_star(code: str | None, target: str) -> float:
    """`es` for valid Python, -2 for anything else."""
    if code is None or not parses(code):
        return NO_CODE
    return WORST + (BEST - WORST) * edit_similarity(code, target, published_blanks=True)


def em_star(code: str | None, target: str) -> float:
    """`em` for valid Python, -2 for anything else."""
    if code is None or not parses(code):
        return NO_CODE
    return BEST if is_exact_match(code, target, published_blanks=True) else WORST


def copy_relative(code: str | None, old_code: str, new_code: str) -> float:
    """Similarity to `new_code`, counted from what copying `old_code` earns; in [-1, 1].

    Copying scores 0 and the target 1, linear in similarity on both sides; having nothing in common
    with the target, no code, or code that is not Python scores -1. Where both codes are the same
    (a row that needs no edit) copying *is* the target and scores 1, and whatever else it is costs
    what it is away: similarity - 1, in [-1, 0).
    """
    if code is None or not parses(code):
        return -1.0
    similarity, base = edit_similarity(code, new_code), _base(old_code, new_code)
    if similarity == 1.0:
        return 1.0
    if similarity >= base:
        return (similarity - base) / (1.0 - base)
    return (similarity - base) / base


@lru_cache(maxsize=CACHED_TARGETS)
def _base(old_code: str, new_code: str) -> float:
    return edit_similarity(old_code, new_code)
