"""Seeded contamination: how many planted benchmark solutions are found, and how many clean rows flagged.

Usage: python benchmarks/decontamination.py BENCHMARK... --clean DIR_OR_FILE... [--plants 200]

BENCHMARK is a file of tasks, or `humaneval`. Solutions of random tasks are rewritten (every name that
the code chose, layout, quotes, comments, docstrings, annotations, import aliases, texts of messages)
and planted into random clean rows, alone, before or behind the row's own code, in the old code, the
new code, or both. Prints as JSON: planted, found, share; clean rows, flagged, share; what was missed
by kind of plant; seconds. The rewriting shares no code with the detector.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import json
import random
import textwrap
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from recode_data.audit import read_rows
from recode_data.curate.benchmarks import Benchmark, benchmark_file, read_benchmark
from recode_data.curate.decontaminate import find_contaminated
from recode_data.publish import read_pairs
from recode_data.records import MigrationPair
from tests.making import make_pair

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "flint",
    "grove",
    "heron",
    "iris",
    "jade",
    "kelp",
    "lotus",
    "maple",
    "north",
    "opal",
    "pine",
    "quartz",
    "river",
    "slate",
    "tulip",
    "umber",
    "vale",
    "willow",
    "zinc",
]
REMARKS = ("# first the easy part", "# see the guide", "# now combine them", "# done here")


class _Renamed(ast.NodeTransformer):
    """Every name that the code binds gets another; messages get other words."""

    def __init__(self, tree: ast.AST, draw: random.Random) -> None:
        bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
        bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        bound |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}  # fmt: skip
        fresh = [f"{a}_{b}" for a in WORDS for b in WORDS]
        draw.shuffle(fresh)
        self.names = dict(zip(sorted(bound - set(dir(builtins))), fresh, strict=False))
        self.draw = draw

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        hint = self.draw.choice([None, ast.Name("object"), node.annotation])
        return ast.arg(self.names.get(node.arg, node.arg), hint)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        for argument in node.args.args:
            argument.arg = self.names.get(argument.arg, argument.arg)
        node.body = self.visit(node.body)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
            if self.draw.random() < 0.5:
                words = " ".join(self.draw.sample(WORDS, 6))
                node.body.insert(0, ast.Expr(ast.Constant(f"About {words}.")))
        node.returns = None
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and " " in node.value:
            return ast.Constant(" ".join(self.draw.sample(WORDS, 4)))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            if alias.asname and "." not in alias.name:
                self.names[alias.asname] = alias.asname = self.draw.choice([alias.name, f"{alias.asname}_"])  # fmt: skip
        return node


def laid_out(code: str, draw: random.Random) -> str:
    """Another layout: indentation, quotes, blank lines, remarks, wrapped calls."""
    if draw.random() < 0.4:
        lines = code.splitlines()
        code = "\n".join(
            "  " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in lines
        )
    if draw.random() < 0.4 and '"' not in code:
        code = code.replace("'", '"')
    lines = []
    for line in code.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if draw.random() < 0.25:
            lines.append(indent + draw.choice(REMARKS))
        if draw.random() < 0.15:
            lines.append("")
        lines.append(line.replace(", ", f",\n{indent}    ", 1) if _wraps(line) and draw.random() < 0.3 else line)  # fmt: skip
    return "\n".join(lines)


def _wraps(line: str) -> bool:
    return line.rstrip().endswith(")") and "(" in line.split(",")[0] and "'" not in line and '"' not in line  # fmt: skip


def rewritten(code: str, draw: random.Random) -> str:
    """A solution in other words; imports first, since their aliases are names too."""
    tree = ast.parse(code)
    renamed = _Renamed(tree, draw)
    tree.body.sort(key=lambda node: not isinstance(node, (ast.Import, ast.ImportFrom)))
    plain = ast.unparse(ast.fix_missing_locations(renamed.visit(tree)))
    shown = laid_out(plain, draw)
    try:
        ast.parse(shown)
    except SyntaxError:
        return plain
    return shown


def solutions(benchmark: Benchmark) -> list[tuple[str, str]]:
    """(task, code) of every task: its first text that parses and defines a function."""
    found = []
    for task in benchmark.tasks:
        for text in task.texts:
            code = textwrap.dedent(text)
            try:
                tree = ast.parse(code)
            except SyntaxError:
                continue
            if any(isinstance(node, ast.FunctionDef) and not node.name.startswith("test") for node in tree.body):  # fmt: skip
                found.append((task.name, code))
                break
    return found


def clean_rows(source: Path) -> list[MigrationPair]:
    """Rows of a dataset, or of any pair file."""
    if source.is_dir():
        return list(read_pairs(source))
    return [
        make_pair(
            id=f"{source.name}-{row.number}",
            old_code=row.old_code,
            new_code=row.new_code,
            update_info=row.update_info or "",
        )
        for row in read_rows(source)
        if row.old_code and row.new_code
    ]


def plant(host: MigrationPair, code: str, number: int, draw: random.Random) -> tuple[MigrationPair, str]:  # fmt: skip
    """The host with the solution in it, and how it was planted."""
    where = draw.choice(["alone", "behind", "before"])
    side = draw.choice(["old_code", "new_code", "both"])
    shapes = {
        "alone": lambda own: code,
        "behind": lambda own: f"{own}\n\n{code}\n",
        "before": lambda own: f"{code}\n\n{own}",
    }
    fields = ["old_code", "new_code"] if side == "both" else [side]
    changed = {name: shapes[where](getattr(host, name)) for name in fields}
    return replace(host, id=f"planted-{number}", **changed), f"{where}, {side}"


def main() -> None:
    """Plant, look, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmarks", nargs="+")
    parser.add_argument("--clean", type=Path, nargs="+", required=True)
    parser.add_argument("--plants", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print what was missed and flagged")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    benchmarks = [read_benchmark(benchmark_file(name)) for name in options.benchmarks]
    pool = [solution for benchmark in benchmarks for solution in solutions(benchmark)]
    clean = [row for source in options.clean for row in clean_rows(source)]
    planted = []
    for number in range(options.plants):
        task, code = draw.choice(pool)
        row, how = plant(draw.choice(clean), rewritten(code, draw), number, draw)
        planted.append((row, task, how))
    start = time.perf_counter()
    found = find_contaminated([*clean, *(row for row, _, _ in planted)], benchmarks)
    seconds = time.perf_counter() - start
    missed = [(row, task, how) for row, task, how in planted if row.id not in found]
    flagged = [row for row in clean if row.id in found]
    if options.show:
        for row, task, how in missed:
            print(f"MISSED {task} ({how})\n{row.old_code if 'old' in how else row.new_code}\n")
        for row in flagged:
            print(f"FLAGGED {found[row.id]}\n{row.new_code}\n")
    print(
        json.dumps(
            {
                "benchmarks": {item.name: len(item.tasks) for item in benchmarks},
                "planted": len(planted),
                "found": len(planted) - len(missed),
                "found_share": round(1 - len(missed) / len(planted), 3),
                "missed_by_kind": dict(Counter(how for _, _, how in missed)),
                "clean_rows": len(clean),
                "flagged": len(flagged),
                "flagged_share": round(len(flagged) / len(clean), 4),
                "seconds": round(seconds, 1),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
