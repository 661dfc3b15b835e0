"""Signatures out of syntax trees."""

from __future__ import annotations

import ast
import re

from recode_data.records import Parameter, ParameterKind, Signature
from recode_data.surface.texts import expression_text

_DOC_SIGNATURE = re.compile(r"^\s*(?:[\w.]+\.)?(\w+)(\(.*?\))(?:\s*->\s*(.+?))?\s*$", re.DOTALL)
_OPTIONAL = re.compile(r"\[\s*,|,\s*\]|[\[\]]")


def signature_of(function: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> Signature:
    """Parameters of a definition; `bound` drops the first one (`self`, `cls`)."""
    parameters = _parameters(function.args)
    if (
        bound
        and parameters
        and parameters[0].kind
        in (
            ParameterKind.POSITIONAL_ONLY,
            ParameterKind.POSITIONAL_OR_KEYWORD,
        )
    ):
        parameters = parameters[1:]
    returns = None if function.returns is None else expression_text(function.returns)
    return Signature(tuple(parameters), returns)


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    found: list[Parameter] = []
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        kind = (
            ParameterKind.POSITIONAL_ONLY
            if index < len(arguments.posonlyargs) or _is_private_positional(argument.arg)
            else ParameterKind.POSITIONAL_OR_KEYWORD
        )
        default = None if index < first_default else arguments.defaults[index - first_default]
        found.append(_parameter(argument, kind, default))
    if arguments.vararg:
        found.append(_parameter(arguments.vararg, ParameterKind.VAR_POSITIONAL, None))
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(_parameter(argument, ParameterKind.KEYWORD_ONLY, keyword_default))
    if arguments.kwarg:
        found.append(_parameter(arguments.kwarg, ParameterKind.VAR_KEYWORD, None))
    return found


def _is_private_positional(name: str) -> bool:
    """PEP 484: a parameter called `__x` is positional only."""
    return name.startswith("__") and not name.endswith("__")


def _parameter(argument: ast.arg, kind: ParameterKind, default: ast.expr | None) -> Parameter:
    return Parameter(
        argument.arg,
        kind,
        None if default is None else expression_text(default),
        None if argument.annotation is None else expression_text(argument.annotation),
    )


def signature_from_doc(name: str, doc: str) -> Signature | None:
    """The signature that C extensions write in the docstring's first line, `f(a, b=1, /)`.

    Returns None where that line is no Python signature (`arange([start,] stop)`).
    """
    line = doc.strip().split("\n\n", 1)[0].strip()
    match = _DOC_SIGNATURE.match(line)
    if not match or match[1] != name.rsplit(".", 1)[-1]:
        return None
    try:
        tree = ast.parse(f"def f{match[2]}: ...")
    except (SyntaxError, ValueError):
        return None
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)  # noqa: S101 - that is what was written above
    return signature_of(function, bound=False)
