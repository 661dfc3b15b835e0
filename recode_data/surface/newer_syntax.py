"""Source newer than the running interpreter, brought back to what it parses.

Only what binds names or shapes signatures matters here: type parameters (PEP 695) go, `type X = …`
becomes an assignment, `except*` becomes `except`.
"""

from __future__ import annotations

import re

_NEWER = re.compile(
    rb"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+[ \t]*\[|^[ \t]*type[ \t]+\w+|\bexcept[ \t]*\*",
    re.MULTILINE,
)
_BRACKETS = re.compile(rb"[][(){}]")
_LONG_RUN = re.compile(rb"(?:[-+~][ \t]*){200}|(?:\bnot[ \t]+){200}")
DEEPEST = 150
"""libcst 1.8 ends the process on 5,000 nested brackets or signs (segmentation fault)."""


def without_newer_syntax(source: bytes) -> str | None:
    """The source without newer syntax; None where it has none, or libcst cannot read it either."""
    if _NEWER.search(source) is None or _is_deep(source):
        return None
    import libcst  # only here: importing it costs 0.3 s, and hardly any source needs it

    class Older(libcst.CSTTransformer):
        """Rewrites the constructs that the oldest supported interpreter lacks."""

        def leave_FunctionDef(
            self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
        ) -> libcst.FunctionDef:
            return updated_node.with_changes(type_parameters=None)

        def leave_ClassDef(
            self, original_node: libcst.ClassDef, updated_node: libcst.ClassDef
        ) -> libcst.ClassDef:
            return updated_node.with_changes(type_parameters=None)

        def leave_TypeAlias(
            self, original_node: libcst.TypeAlias, updated_node: libcst.TypeAlias
        ) -> libcst.Assign:
            return libcst.Assign([libcst.AssignTarget(updated_node.name)], updated_node.value)

        def leave_TryStar(
            self, original_node: libcst.TryStar, updated_node: libcst.TryStar
        ) -> libcst.Try:
            handlers = [
                libcst.ExceptHandler(handler.body, handler.type, handler.name)
                for handler in updated_node.handlers
            ]
            return libcst.Try(
                updated_node.body, handlers, updated_node.orelse, updated_node.finalbody
            )

    try:
        return libcst.parse_module(source).visit(Older()).code
    except (
        *(libcst.ParserSyntaxError, libcst.CSTValidationError),
        *(SyntaxError, UnicodeError, RecursionError),  # two of an encoding that nobody knows
    ):
        return None


def _is_deep(source: bytes) -> bool:
    depth = deepest = 0
    for match in _BRACKETS.finditer(source):
        depth += 1 if match[0] in b"([{" else -1
        deepest = max(deepest, depth)
    return deepest > DEEPEST or _LONG_RUN.search(source) is not None
