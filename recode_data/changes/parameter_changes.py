"""What all findings about one parameter share."""

from __future__ import annotations

from recode_data.changes.comparison import Pair
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind


def parameter_change(
    kind: ChangeKind,
    pair: Pair,
    parameter: str,
    detail: str,
    *,
    message: str = "",
    old_value: str | None = None,
    new_value: str | None = None,
) -> ApiChange:
    """A change of one parameter of a callable that exists in both versions."""
    return ApiChange(
        kind,
        pair.path,
        parameter,
        evidence=(Evidence(EvidenceKind.SURFACE, detail),),
        object_kind=pair.old.kind,
        old_signature=pair.old.signature,
        new_signature=pair.new.signature,
        message=message,
        old_value=old_value,
        new_value=new_value,
    )
