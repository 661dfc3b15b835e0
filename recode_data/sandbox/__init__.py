from recode_data.sandbox.client import Leading, Sandbox
from recode_data.sandbox.isolation import best_level, describe_isolation
from recode_data.sandbox.limits import JobResult, JobStatus, Level, Limits
from recode_data.sandbox.pool import SandboxPool

__all__ = [
    "JobResult",
    "JobStatus",
    "Leading",
    "Level",
    "Limits",
    "Sandbox",
    "SandboxPool",
    "best_level",
    "describe_isolation",
]
