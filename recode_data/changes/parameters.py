"""Which parameters of a callable went, came, and belong together."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from recode_data.records import ApiObject, Deprecation, Parameter, ParameterKind, Signature

SIMILAR_NAMES = 0.75
"""Jaro-Winkler similarity at which `n_iter` and `max_iter` count as one parameter, renamed."""
CATCH_ALL = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class ParameterDiff:
    """The parameters of one object in both versions, sorted out."""

    old: Signature
    new: Signature
    kept: tuple[tuple[Parameter, Parameter], ...]
    removed: tuple[Parameter, ...]
    added: tuple[Parameter, ...]
    renamed: tuple[tuple[Parameter, Parameter, str], ...]
    """(old, new, why)."""


def parameter_diff(old_object: ApiObject, new_object: ApiObject) -> ParameterDiff | None:
    """None where either side has no known signature."""
    old, new = old_object.signature, new_object.signature
    if old is None or new is None or _is_unknown(old) or _is_unknown(new):
        return None
    new_names = {parameter.name: parameter for parameter in new.parameters}
    old_names = {parameter.name for parameter in old.parameters}
    kept = tuple(
        (parameter, new_names[parameter.name])
        for parameter in old.parameters
        if parameter.name in new_names
    )
    removed = [item for item in old.parameters if item.name not in new_names]
    added = [item for item in new.parameters if item.name not in old_names]
    renamed: list[tuple[Parameter, Parameter, str]] = []
    marks = {
        item.parameter: item
        for item in (*new_object.deprecations, *old_object.deprecations)
        if item.parameter
    }
    for parameter in list(removed):
        match = _successor(parameter, old, new, added, marks.get(parameter.name))
        if match is not None:
            renamed.append((parameter, *match))
            removed.remove(parameter)
            added.remove(match[0])
    return ParameterDiff(old, new, kept, tuple(removed), tuple(added), tuple(renamed))


def _is_unknown(signature: Signature) -> bool:
    """`(*args, **kwargs)` says nothing: usually a wrapper."""
    return tuple(parameter.kind for parameter in signature.parameters) == CATCH_ALL


def _successor(
    parameter: Parameter,
    old: Signature,
    new: Signature,
    added: list[Parameter],
    mark: Deprecation | None,
) -> tuple[Parameter, str] | None:
    if parameter.kind in CATCH_ALL:
        same = [item for item in added if item.kind is parameter.kind]
        return (same[0], "the catch-all has another name") if same else None
    if mark is not None and mark.new_api is not None:
        named = [item for item in added if item.name == mark.new_api]
        if named:
            return named[0], f"deprecated: {mark.message}"
    candidates = [item for item in added if item.kind not in CATCH_ALL]
    index = old.parameters.index(parameter)
    for candidate in candidates:
        if (
            parameter.kind in POSITIONAL
            and candidate.kind in POSITIONAL
            and new.parameters.index(candidate) == index
            and _same_shape(parameter, candidate)
            and _neighbours_agree(old, new, index)
        ):
            return candidate, "same position, same neighbours"
    best = max(
        candidates,
        key=lambda item: JaroWinkler.similarity(item.name, parameter.name),
        default=None,
    )
    if (
        best is not None
        and JaroWinkler.similarity(best.name, parameter.name) >= SIMILAR_NAMES
        and parameter.default == best.default
    ):
        return best, "similar name, same default"
    return None


def _same_shape(old: Parameter, new: Parameter) -> bool:
    return (old.default is None) == (new.default is None) and old.default == new.default


def _neighbours_agree(old: Signature, new: Signature, index: int) -> bool:
    """Same name before and after, or the end of both lists; a run of renames counts once."""
    if len(old.parameters) == len(new.parameters):
        return True

    def name_at(signature: Signature, at: int) -> str | None:
        return signature.parameters[at].name if 0 <= at < len(signature.parameters) else None

    return name_at(old, index - 1) == name_at(new, index - 1) and name_at(
        old, index + 1
    ) == name_at(new, index + 1)
