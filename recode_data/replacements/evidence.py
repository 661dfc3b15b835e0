"""What every kind of evidence looks at, and how a name in a text becomes a path that exists."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from recode_data.changes.comparison import public_view
from recode_data.records import ApiChange, ApiObject, Evidence, ObjectKind, Surface
from recode_data.surface.successors import import_conventions, named_successors
from recode_data.surface.touch import Touch

_SENTENCES = re.compile(r"(?<=[.;])\s+(?=[A-Z`*:])|\n\s*\n|\n\s*[-*]\s+")
_HEADING = re.compile(r"^(?=.*[`\w.])(.+)\n([-=~^+\"'#*])\2{2,}[ \t]*\n\s*", re.MULTILINE)
"""Looks for what a title holds beforehand: with `.*` on both sides of it, each end of each line was tried
for each place in it, which took a second for pandas's notes."""
_BRACES = re.compile(r"(`+)([\w.]+)\{([\w, ]*,[\w, ]*)\}`+")
_GOES_ON = re.compile(
    r"\s*(?:Please |You (?:can|should) |Instead,? |Consider )?(?:[Uu]s(?:e|ing)|[Ss]witch|[Pp]refer)\b"
)
_QUOTED_LAST_NAME = re.compile(r"[`.]([A-Za-z_]\w*)(?:\(\))?`")
_STDLIB_NOT_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtledemo", "test"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to write instead, with why and how much it is trusted, in [0, 1]."""

    new_api: str
    evidence: Evidence
    score: float
    new_parameter: str | None = None


def _each_spelt_out(match: re.Match[str]) -> str:
    """scipy's ``linalg.tri{,u,l}``: three names."""
    mark, head, tails = match.groups()
    names = [f"{mark}{head}{tail.strip()}{mark}" for tail in tails.split(",")]
    return ", ".join(names)


def sentences_of(note: str) -> Iterator[str]:
    """Sentences of a release note; a heading belongs to the sentence that follows it.

    matplotlib's are "`mlab.stride_windows`" underlined, then "... is removed. Use `…` instead.":
    what begins with an offer goes on with the sentence before.
    """
    note = _BRACES.sub(_each_spelt_out, note)
    parts = [part for part in _SENTENCES.split(_HEADING.sub(r"\1: ", note)) if part.strip()]
    index = 0
    while index < len(parts):
        sentence = parts[index]
        following = parts[index + 1] if index + 1 < len(parts) else ""
        if _GOES_ON.match(following) and not _GOES_ON.match(sentence):
            yield f"{sentence} {following}"
            index += 1
        else:
            yield sentence
        index += 1


@lru_cache(maxsize=1)
def sentences_by_name(notes: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Last name → sentences of the notes in which it stands as code, in order.

    Asked for a step's notes before its changes are touched and after that.
    """
    found: dict[str, dict[str, None]] = {}
    for note in notes:
        for sentence in sentences_of(note):
            for name in _QUOTED_LAST_NAME.findall(sentence):
                found.setdefault(name, {})[sentence] = None
    return {name: tuple(sentences) for name, sentences in found.items()}


class Clues:
    """Both surfaces, what was touched, and the release notes: the material of one version step."""

    def __init__(
        self,
        old: Surface,
        new: Surface,
        touched: Mapping[str, Touch],
        notes: tuple[str, ...] = (),
    ) -> None:
        self.old = old
        self.new = new
        self.touched = touched
        self.notes = notes
        self.old_view = public_view(old)
        self.new_view = public_view(new)
        self.tops = frozenset(item.path.split(".")[0] for item in new.objects)
        self._outside: dict[str, bool] = {}

    @cached_property
    def by_last_name(self) -> dict[str, tuple[str, ...]]:
        """Last name → new paths that users write, best first."""
        found: dict[str, list[str]] = {}
        for path, item in self.new_view.items():
            if item.path == path and item.alias_of is None:
                found.setdefault(path.rpartition(".")[2], []).append(path)
        return {
            name: tuple(sorted(paths, key=lambda path: (path.count("."), len(path), path)))
            for name, paths in found.items()
        }

    @cached_property
    def kept_by_identity(self) -> dict[str, tuple[str, ...]]:
        """Identity mark or canonical path in the old version → its public paths that the new one has."""
        found: dict[str, list[str]] = {}
        for path, item in self.old_view.items():
            if path in self.new_view:
                found.setdefault(item.identity or item.canonical, []).append(path)
        return {mark: tuple(sorted(paths)) for mark, paths in found.items()}

    @cached_property
    def kept_by_identity_and_name(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The same by last name, too: thousands of names may hold one `None`."""
        found: dict[tuple[str, str], list[str]] = {}
        for mark, paths in self.kept_by_identity.items():
            for path in paths:
                found.setdefault((mark, path.rpartition(".")[2]), []).append(path)
        return {key: tuple(paths) for key, paths in found.items()}

    @cached_property
    def by_new_identity(self) -> dict[str, tuple[str, ...]]:
        """Identity mark or canonical path in the new version → its public paths."""
        found: dict[str, list[str]] = {}
        for path, item in self.new_view.items():
            found.setdefault(item.identity or item.canonical, []).append(path)
        return {mark: tuple(sorted(paths)) for mark, paths in found.items()}

    @cached_property
    def by_body(self) -> dict[str, tuple[str, ...]]:
        """Mark of a body → new paths that users write."""
        found: dict[str, list[str]] = {}
        for path, item in self.new_view.items():
            if item.body is not None and item.path == path and item.alias_of is None:
                found.setdefault(item.body, []).append(path)
        return {mark: tuple(sorted(paths)) for mark, paths in found.items()}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """New path → paths directly below it, sorted."""
        found: dict[str, list[str]] = {}
        for path in self.new_view:
            found.setdefault(path.rpartition(".")[0], []).append(path)
        return {owner: tuple(sorted(paths)) for owner, paths in found.items()}

    @cached_property
    def named_children(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """New path → (path, last name, its `spelling`) directly below it, sorted by path."""
        names = {path: path.rpartition(".")[2] for path in self.new_view}
        spellings = {name: spelling(name) for name in {*names.values()}}
        return {
            owner: tuple((path, names[path], spellings[names[path]]) for path in paths)
            for owner, paths in self.children.items()
        }

    @cached_property
    def sentences(self) -> Mapping[str, tuple[str, ...]]:
        """Last name → sentences of the notes in which it stands as code, in order."""
        return sentences_by_name(self.notes)

    def preferred(self, path: str) -> str:
        """The path that users write for the object at `path` in the new version."""
        item = self.new_view.get(path)
        if item is None or item.alias_of is None:
            return path
        return item.alias_of

    def resolve(self, name: str, change: ApiChange) -> str | None:
        """The new path that a name in a text about this change means; None: nothing known.

        Nearest first: a member of the same class, the same module, then outwards, then anywhere
        where the name is unique, then the standard library and other libraries seen to have it.
        """
        name = name.strip(".")
        touch = self.touched.get(change.old_api)
        itself = touch.old.canonical if touch is not None and touch.old is not None else None
        if itself == f"builtins.{name}":  # `np.float`: "use `float` by itself"
            return itself
        if not name or name == change.old_api.rpartition(".")[2]:
            return None
        head, _, rest = name.partition(".")
        conventional = import_conventions().get(head)
        if conventional is not None and rest:
            name, head = f"{conventional}.{rest}", conventional.split(".")[0]
        found = self._inside(name, head, change)
        if found is None and name.startswith("_") and "." in name:
            # `_engine.Engine.begin`: documentation's own short name of a module
            name, head = name.partition(".")[2], ""
            found = self._inside(name, head, change)
        if found is not None:
            found = self._in_module(found, change)
            return found if found != change.old_api else None
        if "." in name and self.exists_outside(name):
            return name
        return None

    def _in_module(self, path: str, change: ApiChange) -> str:
        """ "Available from `np.lib`" means the same name there."""
        last = change.old_api.rpartition(".")[2]
        item = self.new_view[path]
        if item.kind is ObjectKind.MODULE and change.object_kind is not ObjectKind.MODULE:
            inner = f"{path}.{last}"
            return inner if inner in self.new_view else path
        return path

    def _inside(self, name: str, head: str, change: ApiChange) -> str | None:
        if head in self.tops and name in self.new_view:
            return name
        scope = change.old_api
        own_class = self.old_view.get(scope.rpartition(".")[0])
        is_member = own_class is not None and own_class.kind is ObjectKind.CLASS
        while "." in scope:
            scope = scope.rpartition(".")[0]
            if f"{scope}.{name}" in self.new_view:
                return f"{scope}.{name}"
        if "." in name:
            last = name.rpartition(".")[2]
            ends = [path for path in self.by_last_name.get(last, ()) if path.endswith(f".{name}")]
            return ends[0] if ends else None
        known = self.by_last_name.get(name, ())
        top = [path for path in known if not self._is_member(path)]
        if is_member and own_class is not None and own_class.path not in self.new_view:
            # Its class is gone: the same member of a class that lives beside it.
            module = own_class.path.rpartition(".")[0]
            beside = [path for path in self._members_called(name) if path.startswith(f"{module}.")]
            if beside:
                return beside[0]
        if top and not (is_member and len(top) > 1):
            return top[0] if len({self.new_view[path].canonical for path in top}) == 1 else None
        return None

    def _members_called(self, name: str) -> list[str]:
        """Members of any class, inherited ones included, best first."""
        paths = [path for path in self.members_by_name.get(name, ()) if "._" not in path]
        return sorted(paths, key=lambda path: (path.count("."), len(path), path))

    @cached_property
    def members_by_name(self) -> dict[str, tuple[str, ...]]:
        """Last name → new paths of members."""
        found: dict[str, list[str]] = {}
        for path in self.new_view:
            if self._is_member(path):
                found.setdefault(path.rpartition(".")[2], []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def _is_member(self, path: str) -> bool:
        owner = self.new_view.get(path.rpartition(".")[0])
        return owner is not None and owner.kind is ObjectKind.CLASS

    def exists_outside(self, path: str) -> bool:
        """Whether a dotted path outside the surface was seen to resolve, or is in the stdlib."""
        touch = self.touched.get(path)
        if touch is not None and touch.new is not None:
            return touch.new.resolves
        if path not in self._outside:
            self._outside[path] = _in_stdlib(path)
        return self._outside[path]

    def names_in(self, text: str, change: ApiChange) -> Iterator[tuple[str, int]]:
        """(new path, rank) of the successors that a text names and that exist."""
        paths = [self.resolve(name, change) for name in named_successors(text)]
        found = list(dict.fromkeys(path for path in paths if path is not None))
        owner = change.old_api.rpartition(".")[0]
        if len({path.rpartition(".")[2] for path in found}) == 1:  # DataFrame/Series.shift
            found.sort(key=lambda path: path.rpartition(".")[0] != owner)
        last = change.old_api.rpartition(".")[2]
        # "Made private as `numpy.fft._helper`"; of several for several, the one called the same.
        found.sort(key=lambda path: ("._" in path, path.rpartition(".")[2] != last))
        yield from ((path, rank) for rank, path in enumerate(found))


def spelling(name: str) -> str:
    """What `groupby` and `group_by` have in common."""
    return name.replace("_", "").lower()


def _in_stdlib(path: str) -> bool:
    parts = path.split(".")
    if parts[0] not in sys.stdlib_module_names or parts[0] in _STDLIB_NOT_IMPORTED:
        return False
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", path):
        return False
    for length in range(len(parts), 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:]:
            if not hasattr(value, name):
                return False
            value = getattr(value, name)
        return True
    return False


def signature_names(item: ApiObject) -> tuple[str, ...]:
    """Names of the parameters; empty where unknown."""
    return (
        tuple(parameter.name for parameter in item.signature.parameters) if item.signature else ()
    )
