"""Fingerprints of code and text that survive other names and another layout.

Code is parsed; docstrings, comments, annotations, imports and the text of strings are left out,
library names are written in full, and all other names stand for themselves only within one window:
two pieces of code share a shingle where so many tokens in a row have the same structure. Text
becomes word n-grams.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHINGLE_TOKENS = 12
"""Shorter windows are idioms: `for x in range(len(y)):` has 11 tokens."""
SHORT_TOKENS = 24
"""A function below this length is compared whole: half of it is an idiom too."""
LEAST_TOKENS = 12
"""Nothing shorter says where it is from: `def f(x): return -x` has 11 (ends of lines count)."""
NGRAM_WORDS = 13
"""As in the decontamination of GPT-3 (arXiv 2005.14165, appendix C)."""
NGRAM_LEAST_PROSE = 6
"""Different words of letters in an n-gram; below that it is numbers or punctuation."""

LOCAL, TEXT = "·", "''"
"""How the token of a name that the code chose, and that of a string, begins; what a string is."""

_BUILTINS = frozenset(dir(builtins))
_ASSUMED = {name: name for name in sys.stdlib_module_names} | {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "tf": "tensorflow",
    "jnp": "jax.numpy",
    **{name: name for name in ("numpy", "pandas", "scipy", "sympy", "torch", "jax", "sklearn")},
}
"""What a name means that code uses and binds nowhere: half a benchmark leaves its imports out."""
_TOKEN = re.compile(rf"{LOCAL}\w*|\w+(?:\.\d+)?(?:e[+-]?\d+)?|[^\w\s]")
_TOP_LEVEL = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
"""Before each line that is not indented: a rough cut, for code that does not parse as a whole."""
_WORD = re.compile(r"[a-z0-9_]+")
_PROSE = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One function, class or run of statements as tokens."""

    tokens: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Compared whole."""
        return len(self.tokens) < SHORT_TOKENS

    def shingles(self) -> frozenset[str]:
        """Its windows; the whole where it is short."""
        size = len(self.tokens) if self.is_short else SHINGLE_TOKENS
        return frozenset(windows(self.tokens, size))


def windows(tokens: Sequence[str], size: int) -> Iterator[str]:
    """Every run of `size` tokens, names numbered by their first place in it."""
    for start in range(len(tokens) - size + 1):
        numbers: dict[str, int] = {}
        parts = []
        for token in tokens[start : start + size]:
            if token.startswith(LOCAL):
                token = f"{LOCAL}{numbers.setdefault(token, len(numbers))}"
            parts.append(token)
        yield " ".join(parts)


def ngrams(text: str) -> Iterator[str]:
    """Word n-grams of prose; those that are hardly prose are left out."""
    words = _WORD.findall(text.lower())
    for start in range(len(words) - NGRAM_WORDS + 1):
        run = words[start : start + NGRAM_WORDS]
        if len({word for word in run if _PROSE.fullmatch(word)}) >= NGRAM_LEAST_PROSE:
            yield " ".join(run)


def units_of(code: str) -> tuple[Unit, ...]:
    """Functions and classes one by one, and what stands between them; none where nothing parses."""
    tree = parsed(code)
    if tree is None:
        return ()
    names = _Names.of(tree)
    groups: list[list[ast.stmt]] = []
    loose = True
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        alone = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if alone or loose:
            groups.append([])
        groups[-1].append(node)
        loose = alone
    found = []
    for group in groups:
        tokens = tokens_of_statements(group, names)
        if len(tokens) >= LEAST_TOKENS:
            found.append(Unit(tokens))
    return tuple(found)


def parsed(code: str) -> ast.Module | None:
    """The tree of code as it stands, indented, as the body of a function, or of what parses of it."""
    body = textwrap.dedent(code)
    for text in (code, body, f"def _():\n{textwrap.indent(body, ' ')}"):
        tree = _parsed(text)
        if tree is not None:
            return tree
    parts = [tree for part in _TOP_LEVEL.split(body) if (tree := _parsed(part)) is not None]
    return ast.Module([node for tree in parts for node in tree.body], []) if parts else None


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def tokens_of_statements(nodes: Sequence[ast.stmt], names: _Names) -> tuple[str, ...]:
    """Tokens without layout; one `;` ends each statement line."""
    module = ast.Module([_Normalise(names).visit(node) for node in nodes], [])
    try:
        text = ast.unparse(ast.fix_missing_locations(module))
    except (RecursionError, ValueError):
        return ()
    tokens: list[str] = []
    for line in text.splitlines():
        tokens.extend(_TOKEN.findall(line.strip()))
        tokens.append(";")
    return tuple(tokens)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names of a piece of code are."""

    imported: dict[str, str]
    """Local name → dotted path."""
    members: frozenset[str]
    """Attributes that its own classes have."""

    @classmethod
    def of(cls, tree: ast.Module) -> _Names:
        imported: dict[str, str] = {}
        members: set[str] = set()
        bound: set[str] = set()
        for node in ast.walk(tree):
            bound.update(_bound_by(node))
            if isinstance(node, ast.Import):
                for alias in node.names:
                    imported[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    imported[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
            elif isinstance(node, ast.ClassDef):
                members.update(_members_of(node))
        assumed = {name: path for name, path in _ASSUMED.items() if name not in bound}
        return cls({**assumed, **imported}, frozenset(members))


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name


def _members_of(node: ast.ClassDef) -> Iterator[str]:
    for below in ast.walk(node):
        if isinstance(below, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not (below.name.startswith("__") and below.name.endswith("__")):
                yield below.name
        elif (
            isinstance(below, ast.Attribute)
            and isinstance(below.ctx, ast.Store)
            and isinstance(below.value, ast.Name)
            and below.value.id == "self"
        ):
            yield below.attr


class _Normalise(ast.NodeTransformer):
    """Names that the code chose, docstrings, annotations and texts of strings make no difference."""

    def __init__(self, names: _Names) -> None:
        self._names = names

    def _local(self, name: str) -> str:
        return f"{LOCAL}{name}"

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._names.imported:
            return ast.Name(self._names.imported[node.id], node.ctx)
        return node if node.id in _BUILTINS else ast.Name(self._local(node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = self._local(node.attr) if node.attr in self._names.members else node.attr
        return ast.Attribute(self.visit(node.value), name, node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, (str, bytes)) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("")

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._local(node.arg), None)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        own = isinstance(node.func, ast.Name) and not (
            node.func.id in _BUILTINS or node.func.id in self._names.imported
        )
        call = self.generic_visit(node)
        assert isinstance(call, ast.Call)  # noqa: S101 - what generic_visit gives
        if own:
            call.keywords = [
                ast.keyword(self._local(item.arg) if item.arg else None, item.value)
                for item in call.keywords
            ]
        return call

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        found = self._definition(node)
        assert isinstance(found, ast.FunctionDef)  # noqa: S101 - the node it was given
        found.returns = None
        return found

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        found = self._definition(node)
        assert isinstance(found, ast.AsyncFunctionDef)  # noqa: S101 - the node it was given
        found.returns = None
        return found

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._definition(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        if not (node.name.startswith("__") and node.name.endswith("__")):
            node.name = self._local(node.name)
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        node.body = list(body) or [ast.Pass()]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        target = ast.parse(ast.unparse(node.target), mode="eval").body
        value = ast.BinOp(target, node.op, node.value)
        return self.generic_visit(ast.Assign([node.target], value))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        if node.name:
            node.name = self._local(node.name)
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        return ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.Pass()
