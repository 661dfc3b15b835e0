"""Rows of CodeUpdateArena: read from files or from the Hub, checked, and taken apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from recode_bench.syntax import parse
from recode_bench.tasks.data_files import read_objects, rows_of_hub
from recode_data.errors import MalformedInputError, UsageError

HUB_NAME = "leo-liuzy/CodeUpdateArena"
ROW_FIELDS = ("scenario", "problem", "solution_signature", "ref_solution", "prog_syn_id")
UPDATE_FIELDS = (
    "description",
    "docstring",
    "signature",
    "implementation",
    "update_type",
    "function_path",
    "package",
    "imports",
)
ADDS_FUNCTION = "add-function"
RENAMES_FUNCTION = "modify-function-name"
UNENFORCEABLE = "modify-function-semantics"
PLACES = ("argument", "output")


@dataclass(frozen=True, slots=True)
class ArenaRow:
    """One problem."""

    id: str
    package: str
    update_type: str
    function_path: str
    description: str
    signature: str
    docstring: str
    imports: str
    implementation: str
    enforcement: str
    """Statement that puts the implementation in the old function's place."""
    scenario: str
    problem: str
    solution_signature: str
    reference: str
    tests: tuple[tuple[str, str], ...]
    """(source, name of its function)."""
    entries: tuple[str, ...]
    """Functions that tests may call: those that the reference defines, and the one asked for."""
    borrowed: tuple[str, ...]
    """Import statements of the reference."""
    hidden: tuple[str, ...]
    """Functions of the implementation, which are not there without the update."""
    imported: frozenset[str]
    """Top-level modules that the row's own code imports."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that verdicts and prompts depend on."""
        tests = (source for source, _ in self.tests)
        return (
            self.id,
            self.imports,
            self.implementation,
            self.enforcement,
            self.scenario,
            self.problem,
            self.solution_signature,
            self.reference,
            *(self.description, self.signature, self.docstring),
            *tests,
        )


def read_rows(path: Path | None) -> tuple[ArenaRow, ...]:
    """The rows of a file or folder of JSON lines or Parquet, or of a dataset on the Hub.

    Args:
        path: None for the published dataset; what is no path here is a name on the Hub.

    Raises:
        UsageError: there is nothing of that name, or nothing in it.
        EnvironmentLacksError: the Hub does not answer.
        MalformedInputError: a row is not of the published schema.
    """
    if path is None or (not path.exists() and re.fullmatch(r"[\w-]+/[\w.-]+", str(path))):
        name = HUB_NAME if path is None else str(path)
        found = rows_of_hub(name)
        where = name
    else:
        found, where = read_objects(path), str(path)
    rows: dict[str, ArenaRow] = {}
    for number, raw in enumerate(found, 1):
        row = _row(raw, f"{where}, row {number}")
        if row.id in rows:
            raise MalformedInputError(
                f"{where}, row {number}: prog_syn_id {row.id!r} is there twice"
            )
        rows[row.id] = row
    if not rows:
        raise UsageError(f"{where} holds no row")
    return tuple(rows.values())


def _row(raw: Mapping[str, object], where: str) -> ArenaRow:
    update = raw.get("update")
    if not isinstance(update, Mapping):
        raise MalformedInputError(
            f"{where}: `update` must be an object; see CodeUpdateArena's schema"
        )
    top = {name: _text(raw, name, where) for name in ROW_FIELDS}
    of_update = {name: _text(update, name, f"{where}, update") for name in UPDATE_FIELDS}
    tests = split_tests(_tests_text(raw, where))
    if not tests:
        raise MalformedInputError(f"{where}: `unit_tests` holds no test function")
    reference = top["ref_solution"]
    tree = parse(reference)
    statements = tree.body if tree is not None else []
    imports = [each for each in statements if isinstance(each, (ast.Import, ast.ImportFrom))]
    return ArenaRow(
        id=top["prog_syn_id"],
        package=of_update["package"],
        update_type=of_update["update_type"],
        function_path=of_update["function_path"],
        description=of_update["description"],
        signature=of_update["signature"],
        docstring=of_update["docstring"],
        imports=of_update["imports"],
        implementation=of_update["implementation"],
        enforcement=enforcement_of(of_update, where),
        scenario=top["scenario"],
        problem=top["problem"],
        solution_signature=top["solution_signature"],
        reference=reference,
        tests=tests,
        entries=_entries(top["solution_signature"], statements),
        borrowed=tuple(ast.unparse(each) for each in imports),
        hidden=_hidden(of_update["implementation"], of_update["imports"]),
        imported=frozenset(
            (
                of_update["package"],
                *(name for text in (of_update["imports"], reference) for name in _modules(text)),
                *(name for source, _ in tests for name in _modules(source)),
            )
        ),
    )


def _text(raw: Mapping[str, object], name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        have = ", ".join(map(str, raw)) or "nothing"
        raise MalformedInputError(f"{where}: needs the text `{name}`; has {have}")
    return value


def _tests_text(raw: Mapping[str, object], where: str) -> str:
    value = raw.get("unit_tests")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n\n".join(value)
    return _text(raw, "unit_tests", where)


def split_tests(text: str) -> tuple[tuple[str, str], ...]:
    """Every test function with what stands at module level beside the tests.

    Where the text as a whole is not Python, paragraphs are tests, as the published harness has it.
    """
    tree = parse(text)
    if tree is None:
        return tuple(test for part in re.split(r"\n\s*\n(?=\S)", text) for test in _test_of(part))
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    tests = [each for each in functions if _is_test(each) and each.name.startswith("test")]
    tests = tests or [each for each in functions if _is_test(each)]
    lines = text.splitlines(keepends=True)
    beside = "".join(_source(lines, each) for each in tree.body if each not in tests)
    return tuple((beside + _source(lines, each), each.name) for each in tests)


def _test_of(paragraph: str) -> Iterator[tuple[str, str]]:
    tree = parse(paragraph)
    if tree is not None:
        yield from split_tests(paragraph)
    elif paragraph.strip():
        named = re.match(r"\s*def\s+(\w+)", paragraph)
        yield paragraph, named[1] if named else "test"


def _is_test(function: ast.FunctionDef) -> bool:
    required = len(function.args.args) - len(function.args.defaults)
    return required <= 0 and all(each is not None for each in function.args.kw_defaults)


def _source(lines: list[str], node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    text = "".join(lines[first - 1 : node.end_lineno])
    return text if text.endswith("\n") else text + "\n"


def enforcement_of(update: Mapping[str, str], where: str) -> str:
    """The statement that puts an update in place.

    Raises:
        MalformedInputError: the update is of no kind that can be put in place.
    """
    path, kind = update["function_path"].strip(), update["update_type"]
    tree = parse(update["implementation"])
    if tree is None:
        raise MalformedInputError(f"{where}: the update's implementation is not Python")
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    if not names:
        raise MalformedInputError(f"{where}: the update's implementation defines no function")
    new = names[-1]
    parent, _, old = path.rpartition(".")
    if not parent or not all(part.isidentifier() for part in path.split(".")):
        raise MalformedInputError(f"{where}: function_path {path!r} is no dotted name")
    if kind == ADDS_FUNCTION:
        return f"{parent}.{new} = {new}"
    if kind == RENAMES_FUNCTION:
        return f"del {path}\n{parent}.{new} = {new}"
    action, _, rest = kind.partition("-")
    if action not in ("add", "modify") or rest.partition("-")[0] not in PLACES:
        raise MalformedInputError(f"{where}: an update of type {kind!r} cannot be put in place")
    if new != old:
        raise MalformedInputError(
            f"{where}: the implementation of {path} is called {new}, and it is no renaming"
        )
    return f"{path} = {new}"


def _hidden(implementation: str, imports: str) -> tuple[str, ...]:
    """What the implementation defines, apart from names that the row imports anyway."""
    made, given = parse(implementation), parse(imports)
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(given or ast.Module([], []))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return tuple(
        node.name
        for node in (made.body if made is not None else ())
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name not in imported
    )


def _entries(signature: str, statements: list[ast.stmt]) -> tuple[str, ...]:
    found = re.match(r"\s*(?:async\s+)?(?:def\s+)?([A-Za-z_]\w*)\s*\(", signature)
    functions = [
        each.name
        for each in statements
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    return tuple(dict.fromkeys(functions + ([found[1]] if found else [])))


def _modules(text: str) -> Iterator[str]:
    tree = parse(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
