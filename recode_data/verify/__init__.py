from recode_data.verify.checks import (
    CheckOutcome,
    CheckReason,
    Checks,
    Verdict,
    import_names_of,
    judge,
    read_checks,
    run_checks,
    write_checks,
)
from recode_data.verify.observed import Observed
from recode_data.verify.verifier import SNIPPET_LIMITS, Proved, Verifier, observe

__all__ = [
    "SNIPPET_LIMITS",
    "CheckOutcome",
    "CheckReason",
    "Checks",
    "Observed",
    "Proved",
    "Verdict",
    "Verifier",
    "import_names_of",
    "judge",
    "observe",
    "read_checks",
    "run_checks",
    "write_checks",
]
