"""What else of the program is another one in the new code: a note is to explain the whole edit.

Authors change more than one thing at a time, and what goes with an API's new way (`groupby` became
`group_by` when `apply` became `map_groups`) has a change of its own.
"""

from __future__ import annotations

import re

from recode_data.notes.instead import listed
from recode_data.notes.reading import keywords_in, leaf_of, plain, values_of
from recode_data.records import Candidate
from recode_data.references import attribute_names, taken_up

ALSO = "The new code also "
"""How the sentence begins: it is about one program, and true of no other."""
MOST_NAMES = 3
"""More names than these are a rewrite of the example, and a list of them explains nothing."""
LONGEST_VALUE = 40
"""Characters of an argument that is named in passing."""
_WORD = re.compile(r"\w+")


def besides(candidate: Candidate, said: str) -> str:
    """A sentence about names and keywords that the note does not hold yet; empty where it holds all.

    Args:
        candidate: with both codes.
        said: the note so far.
    """
    old, new = candidate.old_code, candidate.new_code
    if old == new:
        return ""
    words = set(_WORD.findall(said))
    left, up = (
        _unsaid([*_paths(first, second, candidate), *_members(first, second)], words)
        for first, second in ((new, old), (old, new))
    )
    names = _unsaid({*(keywords_in(new) - keywords_in(old))}, words)
    passed = [_with_its_value(name, new) for name in names]
    if max(len(left), len(up), len(passed)) > MOST_NAMES:
        return ""
    parts = []
    if up:
        place = f" in place of {listed(left)}" if _are_a_pair(left, up) else ""
        parts.append(f"uses {listed(up)}{place}")
    if passed:
        parts.append(f"passes {listed(passed)}")
    return f"{ALSO}{' and '.join(parts)}." if parts else ""


def _with_its_value(keyword: str, code: str) -> str:
    """`dtype=int`, where every call that passes it passes that."""
    values = values_of(keyword, code)
    value = values.pop() if len(values) == 1 else ""
    return f"{keyword}={value}" if 0 < len(value) <= LONGEST_VALUE else keyword


def _are_a_pair(left: list[str], up: list[str]) -> bool:
    """Whether these took the place of those, one of one: of several, where they are alike."""
    if len(left) == len(up) == 1:
        return left[0].startswith(".") == up[0].startswith(".")
    return [plain(name) for name in left] == [plain(name) for name in up]


def _paths(old_code: str, new_code: str, candidate: Candidate) -> list[str]:
    """Of the library, what the second code refers to and the first does not."""
    library = candidate.change.old_api.partition(".")[0]
    return sorted(path for path in taken_up(old_code, new_code) if path.startswith(f"{library}."))


def _members(old_code: str, new_code: str) -> list[str]:
    """Members of values that the second code has and the first has not, as `.name`."""
    try:
        old, new = ({name for name, _ in attribute_names(code)} for code in (old_code, new_code))
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [f".{name}" for name in sorted(new - old)]


def _unsaid(names: list[str] | set[str], words: set[str]) -> list[str]:
    return [name for name in sorted(names) if leaf_of(name).lstrip("*") not in words]
