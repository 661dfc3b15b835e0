from recode_data.audit.defects import (
    duplicate,
    empty_field,
    mangled_version,
    near_duplicate_across_splits,
    no_op,
    unbound_name,
    unparsable,
    unparsable_old,
)
from recode_data.audit.report import Audit, Finding, NotChecked, audit_rows
from recode_data.audit.rows import AuditRow, read_rows

__all__ = [
    "Audit",
    "AuditRow",
    "Finding",
    "NotChecked",
    "audit_rows",
    "duplicate",
    "empty_field",
    "mangled_version",
    "near_duplicate_across_splits",
    "no_op",
    "read_rows",
    "unbound_name",
    "unparsable",
    "unparsable_old",
]
