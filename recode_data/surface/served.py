"""Names that the new version serves on demand, found by accessing what seemed to have vanished.

No list of such names need exist: pydantic 2 hands `pydantic.validate_arguments` out of a table of
moved names, numpy 2 all of `numpy.core`. What an access returned becomes part of the surface, with
the warnings that it gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from recode_data.records import ApiObject, ObjectKind, Origin, Surface
from recode_data.surface.deprecations import mark
from recode_data.surface.touch import Touch


def with_served_names(new: Surface, old: Surface, touched: Mapping[str, Touch]) -> Surface:
    """The new surface with every touched path that it lacks and that resolves; members included."""
    known = {item.path for item in new.objects}
    was = {item.path: item for item in old.objects}
    main = {item.canonical: item for item in new.objects if item.alias_of is None}
    found: list[ApiObject] = []
    for path, touch in sorted(touched.items()):
        if path in known or touch.old is None or touch.new is None or not touch.new.resolves:
            continue
        warned = None if touch.old.deprecation else touch.new.deprecation
        marks = (mark(warned),) if warned else ()
        item, before = main.get(touch.new.canonical or ""), was.get(path)
        if item is not None:
            marks = tuple(dict.fromkeys((*item.deprecations, *marks)))
            found.append(replace(item, path=path, alias_of=item.path, deprecations=marks))
        elif before is not None and before.kind is not ObjectKind.MODULE:
            canonical = touch.new.canonical or path
            origins = (Origin.RUNTIME,)
            found.append(
                ApiObject(path, before.kind, canonical, deprecations=marks, origins=origins)
            )
    if not found:
        return new
    objects = sorted((*new.objects, *found), key=lambda item: item.path)
    return replace(new, objects=tuple(objects))
