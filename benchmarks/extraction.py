"""How often each rule for several code blocks finds the program that the answer means.

Usage: RECODE_SHARED=DIR python benchmarks/extraction.py

Takes the rows of DIR/data/recode/train.jsonl whose two codes parse and differ, dresses each up in
the shapes below, and counts how often a rule's choice is, as a syntax tree, the new code.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from recode_bench.extract import extract_code
from recode_bench.syntax import parse


def fence(code: str, tag: str = "python") -> str:
    """The code in a fence."""
    return f"```{tag}\n{code}\n```\n"


def split_imports(code: str) -> tuple[str, str]:
    """The leading import lines, and the rest."""
    lines = code.split("\n")
    count = next((i for i, line in enumerate(lines) if not re.match(r"import|from|\s*$", line)), 0)
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def split_half(code: str) -> tuple[str, str]:
    """Cut between two top-level statements in the middle."""
    tree = ast.parse(code)
    if len(tree.body) < 2:
        return "", code
    at = tree.body[len(tree.body) // 2].lineno - 1
    lines = code.split("\n")
    return "\n".join(lines[:at]), "\n".join(lines[at:])


SHAPES: dict[str, Callable[[str, str], str]] = {
    "one block": lambda old, new: fence(new),
    "before, after": lambda old, new: "Before:\n" + fence(old) + "After:\n" + fence(new),
    "wrong, right": lambda old, new: fence(old) + "Wait, that is the old way.\n" + fence(new),
    "imports, then code": lambda old, new: "".join(map(fence, filter(None, split_imports(new)))),
    "two steps": lambda old, new: "".join(map(fence, filter(None, split_half(new)))),
    "answer, output": lambda old, new: fence(new) + "It prints:\n" + fence("1", ""),
    "install, answer": lambda old, new: fence("pip install -U it", "bash") + fence(new),
    "answer, install as Python": lambda old, new: fence(new) + fence("!pip install -U it"),
    "answer, old code again": lambda old, new: fence(new) + "instead of\n" + fence(old),
}


def blocks(text: str) -> list[str]:
    """Every Python block, as simple rules see them."""
    return re.findall(r"```python\n(.*?)\n```", text, re.DOTALL)


RULES: dict[str, Callable[[str], str | None]] = {
    "first": lambda text: next(iter(blocks(text)), None),
    "last": lambda text: next(iter(blocks(text)[::-1]), None),
    "joined": lambda text: "\n\n".join(blocks(text)),
    "extract_code": extract_code,
}


def main() -> None:
    """Print one line per shape and the mean."""
    path = Path(os.environ["RECODE_SHARED"]) / "data" / "recode" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [
        (row["old_code"], row["new_code"])
        for row in rows
        if row["old_code"] and row["old_code"] != row["new_code"]
        if (tree := parse(row["new_code"])) and tree.body and parse(row["old_code"])
    ]
    sums = dict.fromkeys(RULES, 0.0)
    print(f"{len(pairs)} rows".ljust(28), *(name.rjust(12) for name in RULES))
    for shape, dress in SHAPES.items():
        shares = []
        for name, rule in RULES.items():
            hits = 0
            for old, new in pairs:
                tree = parse(rule(dress(old, new)) or "")
                hits += tree is not None and ast.dump(tree) == ast.dump(ast.parse(new))
            shares.append(hits / len(pairs))
            sums[name] += shares[-1] / len(SHAPES)
        print(shape.ljust(28), *(f"{share:12.1%}" for share in shares))
    print("mean".ljust(28), *(f"{share:12.1%}" for share in sums.values()))


if __name__ == "__main__":
    sys.exit(main())
