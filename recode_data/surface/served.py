"""Names that a version serves on demand, found by accessing what only the other one seems to have.

No list of such names need exist: pydantic 2 hands `pydantic.validate_arguments` out of a table of
moved names, numpy 2 all of `numpy.core`. What an access returned becomes part of the surface, with
the warnings that it gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from recode_data.records import ApiObject, Deprecation, ObjectKind, Origin, Surface
from recode_data.surface.deprecations import mark
from recode_data.surface.touch import Access, Touch


def with_served_names(
    old: Surface, new: Surface, touched: Mapping[str, Touch]
) -> tuple[Surface, Surface]:
    """Both surfaces with every touched path that they lack and that resolves there.

    What warns in both versions is no deprecation that the new one brought.
    """
    in_old: dict[str, tuple[Access, bool]] = {}
    in_new: dict[str, tuple[Access, bool]] = {}
    for path, touch in sorted(touched.items()):
        if touch.old is not None:
            in_old[path] = touch.old, True
        if touch.old is not None and touch.new is not None:
            in_new[path] = touch.new, touch.old.deprecation is None
    return _completed(old, new, in_old), _completed(new, old, in_new)


def _completed(
    surface: Surface, other: Surface, accesses: Mapping[str, tuple[Access, bool]]
) -> Surface:
    known = {item.path: item for item in surface.objects}
    there = {item.path: item for item in other.objects}
    main = {item.canonical: item for item in surface.objects if item.alias_of is None}
    found: list[ApiObject] = []
    for path, (access, is_news) in accesses.items():
        if path in known or not access.resolves:
            continue
        warned = access.deprecation if is_news else None
        marks: tuple[Deprecation, ...] = (mark(warned),) if warned else ()
        canonical = access.canonical or ""
        item, twin = main.get(canonical) or known.get(canonical), there.get(path)
        if item is not None:
            marks = tuple(dict.fromkeys((*item.deprecations, *marks)))
            found.append(replace(item, path=path, alias_of=item.path, deprecations=marks))
        elif twin is not None and twin.kind is not ObjectKind.MODULE:
            found.append(_bare(path, twin, canonical or path, marks))
    if not found:
        return surface
    objects = sorted((*surface.objects, *found), key=lambda item: item.path)
    return replace(surface, objects=tuple(objects))


def _bare(path: str, twin: ApiObject, canonical: str, marks: tuple[Deprecation, ...]) -> ApiObject:
    """That it is there is all that is known; nothing of a class's members."""
    kind = ObjectKind.ATTRIBUTE if twin.kind is ObjectKind.CLASS else twin.kind
    return ApiObject(path, kind, canonical, deprecations=marks, origins=(Origin.RUNTIME,))
