"""Folders of runs for tests, written as `recode-bench eval` writes them, without a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_run(
    folder: Path, task: str, model: str, outcomes: Mapping[str, str | list[str]], **results: Any
) -> Path:
    """One run; an outcome is `passed`, or `failed:reason:detail`, one per sample."""
    lines = []
    for task_id, given in outcomes.items():
        for sample, text in enumerate([given] if isinstance(given, str) else given):
            verdict, _, rest = text.partition(":")
            reason, _, detail = rest.partition(":")
            row = {
                "task_id": task_id,
                "sample": sample,
                "verdict": verdict,
                "reason": reason or "ok",
                "seconds": 0.1,
                "detail": detail,
            }
            lines.append(json.dumps(row) + "\n")
    folder.mkdir(parents=True)
    (folder / "outcomes.jsonl").write_text("".join(lines))
    document = {"task": task, "model": model, "metrics": {}, **results}
    (folder / "results.json").write_text(json.dumps(document))
    return folder
