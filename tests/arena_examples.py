"""Rows in CodeUpdateArena's schema, of updates that nobody published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

UPDATE: dict[str, str] = {
    "description": "Cuts from either side.",
    "rationale": "",
    "docstring": "`side` is `end` (as before) or `start`.",
    "signature": "textwrap.shorten(text, width, side='end')",
    "implementation": (
        "def shorten(text, width, side='end'):\n"
        "    if side == 'start':\n"
        "        return old_shorten(text[::-1], width, placeholder='')[::-1]\n"
        "    return old_shorten(text, width, placeholder='')\n"
    ),
    "update_type": "add-argument",
    "function_path": "textwrap.shorten",
    "package": "textwrap",
    "update_id": "[textwrap.shorten]:[add-argument]:[update-0]",
    "imports": (
        "import textwrap\nold_shorten = textwrap.shorten\n"
        "setattr(textwrap, 'old_shorten', old_shorten)"
    ),
    "unit_tests": "",
}
ROW: dict[str, Any] = {
    "update": UPDATE,
    "update_id": UPDATE["update_id"],
    "scenario": "A log viewer has narrow columns.",
    "problem": "Keep the last words of each text.",
    "solution_signature": "def keep_last(texts, width):",
    "unit_tests": (
        "def test_short():\n    assert keep_last(['a b'], 9) == ['a b']\n\n"
        "def test_long():\n"
        "    expected = [textwrap.shorten('aa bb cc', 5, side='start')]\n\n"
        "    assert keep_last(['aa bb cc'], 5) == expected == ['bb cc']\n"
    ),
    "imports": UPDATE["imports"],
    "ref_solution": (
        "import textwrap\n\n"
        "def keep_last(texts, width):\n"
        "    return [textwrap.shorten(text, width, side='start') for text in texts]\n"
    ),
    "prog_syn_id": "[textwrap.shorten]:[add-argument]:[update-0]:[prog_syn-0]",
}


def raw_row(update: Mapping[str, str] | None = None, **changed: object) -> dict[str, Any]:
    """The row with some fields, of the update or at the top, given another value."""
    return {**ROW, "update": {**UPDATE, **(update or {})}, **changed}


def write_rows(path: Path, *rows: Mapping[str, object]) -> Path:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
