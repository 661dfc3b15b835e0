"""A builtin that is handed over becomes a library's name for it: `dtype=float` -> `dtype=np.float`.

The way back from `np.float`, an alias that NumPy had for years, as it was written in most programs: as
an argument of the library's functions and of methods. Calls of the builtin, annotations and
`isinstance` stay what they are.
"""

from __future__ import annotations

import re

import libcst as cst

from recode_data.rewrites.imports import spelling
from recode_data.rewrites.parsed import parse


def hands_over(name: str) -> re.Pattern[str]:
    """Matches code in which the name may be an argument (cheap: most snippets are never parsed)."""
    return re.compile(rf"[(,=]\s*{re.escape(name)}\s*[,)]")


def from_builtin(code: str, builtin: str, path: str) -> str | None:
    """The code with `path` where it hands over the builtin.

    Args:
        code: a snippet.
        builtin: `builtins.float`.
        path: dotted path of the same thing in a library that the snippet imports.

    Returns:
        None where it does not hand it over, binds the name itself or does not import the library.
    """
    name = builtin.rpartition(".")[2]
    if not hands_over(name).search(code):
        return None
    parsed = parse(code)
    if parsed is None or name in parsed.bound:
        return None
    text, statement = spelling(path, parsed.bindings)
    if statement is not None:
        return None
    change = _HandedOver(name, cst.parse_expression(text))
    new_code = parsed.module.visit(change).code
    return new_code if change.found else None


class _HandedOver(cst.CSTTransformer):
    def __init__(self, name: str, new: cst.BaseExpression) -> None:
        super().__init__()
        self._name, self._new = name, new
        self.found = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not isinstance(original_node.func, cst.Attribute):
            return updated_node
        args = [
            arg.with_changes(value=self._new) if self._is_meant(arg) else arg
            for arg in updated_node.args
        ]
        self.found = self.found or any(map(self._is_meant, updated_node.args))
        return updated_node.with_changes(args=args)

    def _is_meant(self, arg: cst.Arg) -> bool:
        return isinstance(arg.value, cst.Name) and arg.value.value == self._name and not arg.star
