"""Two surfaces side by side: which public paths stayed, vanished or appeared.

Paths are what users write, so a class's inherited members count at each class, and an object counts
at each of its public paths. The same difference met at several paths is one change with repeats:
objects are paired once, at the path that users are most likely to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from recode_data.changes.parameters import ParameterDiff, parameter_diff
from recode_data.records import ApiObject, ObjectKind, Surface

INHERITED_BY_ALL = frozenset(dir(object))


@dataclass(frozen=True, slots=True)
class Pair:
    """One object that is public at the same path in both versions."""

    path: str
    old: ApiObject
    new: ApiObject
    repeats: tuple[str, ...]
    """Further paths at which the same two objects meet, sorted."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """One object with public paths that the new version lacks."""

    path: str
    old: ApiObject
    repeats: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """Other public paths of the same object in the old version that the new one still has."""


def public_view(surface: Surface) -> dict[str, ApiObject]:
    """Every public path of a surface, inherited members and members of aliases included."""
    view: dict[str, ApiObject] = {item.path: item for item in surface.objects}
    classes = {
        item.canonical: item
        for item in surface.objects
        if item.kind is ObjectKind.CLASS and item.alias_of is None
    }
    own: dict[str, dict[str, ApiObject]] = {item.path: {} for item in classes.values()}
    for item in surface.objects:
        parent, _, name = item.path.rpartition(".")
        if parent in own:
            own[parent][name] = item
    tables: dict[str, dict[str, ApiObject]] = {}
    for canonical, item in classes.items():
        table = dict(own[item.path])
        for base in item.bases:
            shown = classes.get(base)
            if shown is None:
                continue
            for name, member in own[shown.path].items():
                known = table.get(name)
                if known is None or (known.on_instances and not member.on_instances):
                    table[name] = member
        tables[canonical] = table
    for item in surface.objects:
        if item.kind is ObjectKind.CLASS:
            for name, member in tables.get(item.canonical, {}).items():
                view.setdefault(f"{item.path}.{name}", member)
    return view


def _unread(surface: Surface, view: dict[str, ApiObject]) -> frozenset[str]:
    """Modules of which nothing is known: neither parsed nor imported."""
    return frozenset(module for module, _ in surface.failures if module not in view)


class Comparison:
    """What the finders of change kinds look at."""

    def __init__(self, old: Surface, new: Surface) -> None:
        self.old = old
        self.new = new
        self.old_view = public_view(old)
        self.new_view = public_view(new)
        self.views = (self.old_view, self.new_view)
        self._unread_old = _unread(old, self.old_view)
        self._unread_new = _unread(new, self.new_view)
        self.pairs: tuple[Pair, ...] = tuple(self._pairs())
        self.vanished: tuple[Vanished, ...] = tuple(self._vanished())
        self.appeared: tuple[Vanished, ...] = tuple(self._appeared())

    @cached_property
    def parameter_diffs(self) -> tuple[tuple[Pair, ParameterDiff], ...]:
        """Pairs of which both signatures are known, with what became of their parameters: seven kinds
        of change ask for that."""
        diffs = ((pair, parameter_diff(pair.old, pair.new)) for pair in self.pairs)
        return tuple((pair, diff) for pair, diff in diffs if diff is not None)

    def _pairs(self) -> Iterator[Pair]:
        groups: dict[tuple[object, ...], list[str]] = {}
        for path, old in self.old_view.items():
            new = self.new_view.get(path)
            if new is not None:
                # Marks count: a path may be deprecated while its object is not.
                key = (old.canonical, new.canonical, old.kind, new.deprecations)
                groups.setdefault(key, []).append(path)
        for paths in groups.values():
            path, *repeats = sorted(paths, key=self._rank)
            yield Pair(path, self.old_view[path], self.new_view[path], tuple(sorted(repeats)))

    def _rank(self, path: str) -> tuple[bool, int, bool, int, str]:
        """The path at which the object is shown, else the shortest under its own name."""
        item = self.old_view[path]
        last = path.rpartition(".")[2]
        return (
            item.path != path or item.alias_of is not None,
            path.count("."),
            item.canonical.rpartition(".")[2] != last,
            len(path),
            path,
        )

    def _vanished(self) -> Iterator[Vanished]:
        groups: dict[str, list[str]] = {}
        alive: dict[str, list[str]] = {}
        for path, old in self.old_view.items():
            if path in self.new_view:
                alive.setdefault(old.identity or old.canonical, []).append(path)
            elif self._counts(path, self.new_view, self.old_view, self._unread_new):
                groups.setdefault(old.canonical, []).append(path)
        for paths in groups.values():
            path, *repeats = sorted(paths, key=self._rank)
            old = self.old_view[path]
            others = alive.get(old.identity or old.canonical, [])
            elsewhere = tuple(sorted(others, key=self._rank))
            yield Vanished(path, old, tuple(sorted(repeats)), elsewhere)

    def _appeared(self) -> Iterator[Vanished]:
        groups: dict[str, list[str]] = {}
        for path, item in self.new_view.items():
            if path not in self.old_view and self._counts(
                path, self.old_view, self.new_view, self._unread_old
            ):
                groups.setdefault(item.canonical, []).append(path)
        for paths in groups.values():
            path, *repeats = sorted(paths, key=lambda item: (item.count("."), len(item), item))
            yield Vanished(path, self.new_view[path], tuple(sorted(repeats)), ())

    @staticmethod
    def _counts(
        path: str,
        there: dict[str, ApiObject],
        here: dict[str, ApiObject],
        unread: frozenset[str],
    ) -> bool:
        """Whether a path that is here and not there is news of its own.

        Members of a class that went as a whole are not, nor special methods that every object has,
        nor what a module may hold that could not be read there.
        """
        if unread and any(path == module or path.startswith(f"{module}.") for module in unread):
            return False
        parent, _, name = path.rpartition(".")
        if name in INHERITED_BY_ALL:
            return False
        owner = here.get(parent)
        if owner is None or owner.kind is not ObjectKind.CLASS:
            return True
        other = there.get(parent)
        return (
            other is not None
            and other.kind is ObjectKind.CLASS
            and name not in other.outside  # overridden here, inherited from elsewhere there
        )
