"""Which licences let a snippet be passed on with nothing but its notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

PERMISSIVE = frozenset(
    [
        "0BSD",
        "AFL-3.0",
        "Apache-2.0",
        "BlueOak-1.0.0",
        "BSD-1-Clause",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSD-3-Clause-Clear",
        "BSD-4-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CNRI-Python",
        "curl",
        "HPND",
        "ISC",
        "libtiff",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "NCSA",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "UPL-1.0",
        "W3C",
        "WTFPL",
        "X11",
        "Zlib",
        "ZPL-2.1",
    ]
)
RUNTIME_EXCEPTIONS = frozenset({"GCC-exception-3.1", "GCC-exception-2.0", "LLVM-exception"})
"""Of compiler run times that wheels bring along; no snippet is taken from those."""

_WORDS = re.compile(
    r"\b(mit|bsd|apache|isc|psf|python software foundation|unlicense|zlib|hpnd|public domain)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"gpl|affero|mozilla|\bmpl|eupl|cddl|eclipse|proprietary|commercial|all rights reserved", re.I
)
_TOKEN = re.compile(r"\(|\)|[\w.+-]+")
_ID = re.compile(r"[A-Za-z0-9.+-]+")


def is_permissive(licence: str) -> bool:
    """Whether everything that the licence asks for is permissive; False where it says nothing.

    An SPDX expression is read as such: all parts of AND, any part of OR. Other words count where
    they name a permissive family and no other.
    """
    tokens = _TOKEN.findall(licence)
    if not tokens:
        return False
    if licence in PERMISSIVE:
        return True
    if any(token.upper() in {"AND", "OR", "WITH"} for token in tokens):
        verdict = _Expression(tokens).verdict()
        if verdict is not None:
            return verdict
    return bool(_WORDS.search(licence)) and not _OTHERS.search(licence)


class _Expression:
    """Reads `A AND (B OR C WITH E)`; None for what is none."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens: Iterator[str] = iter([*tokens, ""])
        self._next = next(self._tokens)

    def verdict(self) -> bool | None:
        try:
            found = self._either()
        except ValueError:
            return None
        return found if self._next == "" else None

    def _take(self) -> str:
        token, self._next = self._next, next(self._tokens, "")
        return token

    def _either(self) -> bool:
        found = self._all()
        while self._next.upper() == "OR":
            self._take()
            found = self._all() or found
        return found

    def _all(self) -> bool:
        found = self._one()
        while self._next.upper() == "AND":
            self._take()
            found = self._one() and found
        return found

    def _one(self) -> bool:
        part = self._take()
        if part == "(":
            found = self._either()
            if self._take() != ")":
                raise ValueError("a parenthesis is open")
            return found
        if not _ID.fullmatch(part) or part.upper() in {"AND", "OR", "WITH"}:
            raise ValueError(f"{part!r} is no licence")
        found = part in PERMISSIVE
        if self._next.upper() == "WITH":
            self._take()
            found = self._take() in RUNTIME_EXCEPTIONS or found
        return found
