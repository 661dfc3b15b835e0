"""Which paths a search for snippets is about, and whether a text can touch any of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from recode_data.references import Mentions

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(frozen=True, slots=True)
class Interest:
    """What to look for in the snippets of a library."""

    import_names: tuple[str, ...]
    paths: frozenset[str] | None
    """None: anything of the library."""
    members: tuple[tuple[str, str], ...]
    """`(name, path)` of those paths that are members of classes, sorted."""
    words: frozenset[str]
    """One of these occurs in every text that touches one of the paths."""

    def may_touch(self, text: str) -> bool:
        """False only where the text cannot touch any path (cheap)."""
        if self.paths is None:
            return True  # `frame.head()`, `load(1)`: documentation names the library once
        return not self.words.isdisjoint(_WORD.findall(text))

    def may_name(self, text: str) -> bool:
        """False only where the text, an import or code with its own imports, names no path (cheap)."""
        names = self.import_names if self.paths is None else self.words
        return not set(_WORD.findall(text)).isdisjoint(names)

    def apis_in(self, mentions: Mentions) -> tuple[str, ...]:
        """Paths that code touches, sorted; empty where it touches nothing of interest.

        All of the library's paths that the code refers to are given, as written, and members of
        classes that occur by name on a value of unknown type.
        """
        referred = {path for path in mentions.paths if path.partition(".")[0] in self.import_names}
        members = {path for name, path in self.members if name in mentions.attributes}
        wanted = any(self.is_wanted(path) for path in referred)
        return tuple(sorted(referred | members)) if wanted or members else ()

    def is_wanted(self, path: str) -> bool:
        """Whether a path that code refers to is one of interest or lies under one."""
        if self.paths is None:
            return path.partition(".")[0] in self.import_names
        parts = path.split(".")
        return any(".".join(parts[:length]) in self.paths for length in range(2, len(parts) + 1))

    def is_touched_by(self, mentions: Mentions) -> bool:
        """Whether code touches a path of interest or names a member."""
        return any(map(self.is_wanted, mentions.paths)) or any(
            name in mentions.attributes for name, _ in self.members
        )


def interest_in(
    import_names: tuple[str, ...],
    paths: frozenset[str] | None,
    is_module: Callable[[str], bool],
) -> Interest:
    """What to look for.

    Args:
        import_names: top-level import names of the library.
        paths: dotted paths; None for all of the library.
        is_module: whether a dotted path is a module; a path whose parent is none is taken for a
            member of a class, and looked for by name alone.
    """
    if paths is None:
        return Interest(import_names, None, (), frozenset(import_names) | {"np", "pd", "plt"})
    members = sorted(
        (path.rpartition(".")[2], path)
        for path in paths
        if path.count(".") >= 2 and not is_module(path.rpartition(".")[0])
    )
    words = frozenset(path.rpartition(".")[2] for path in paths)
    return Interest(import_names, paths, tuple(members), words)
