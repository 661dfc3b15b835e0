"""From statements of a session to snippets that stand on their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from recode_data.references import mentions
from recode_data.syntax_trees import tree_of
from recode_data.usages.assertions import with_names
from recode_data.usages.importing import Setting, publicly_imported, used_imports
from recode_data.usages.interest import Interest
from recode_data.usages.names import missing_imports, unbound_names
from recode_data.usages.slices import Statement, needed_by

MAX_LINES = 60
"""Longer snippets are programs: they teach little about one change and rarely run alone."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Self-contained code, the 1-based line at which its own part begins, the paths it touches."""

    code: str
    line: int
    apis: tuple[str, ...]
    """As `Interest.apis_in` gives them."""


def snippets_of(
    statements: Sequence[Statement], interest: Interest, setting: Setting
) -> Iterator[Snippet]:
    """One snippet per paragraph that touches a path of interest, with what it needs before it."""
    statements = publicly_imported(statements, setting)
    by_paragraph: dict[int, list[int]] = {}
    for position, statement in enumerate(statements):
        by_paragraph.setdefault(statement.paragraph, []).append(position)
    aliases = names_of_interest(statements, interest)
    for positions in by_paragraph.values():
        if any(
            interest.may_touch(statements[position].code) or statements[position].reads & aliases
            for position in positions
        ):
            snippet = snippet_of(statements, positions, interest, setting)
            if snippet is not None:
                yield snippet


def names_of_interest(statements: Sequence[Statement], interest: Interest) -> frozenset[str]:
    """Names that imports of the session bind to something that may be of interest."""
    return frozenset(
        name
        for statement in statements
        if statement.is_import and interest.may_name(statement.code)
        for name in statement.binds
    )


def snippet_of(
    statements: Sequence[Statement],
    targets: Sequence[int],
    interest: Interest,
    setting: Setting,
) -> Snippet | None:
    """The targets with all that they need; None where that is no usable snippet.

    Usable: compiles, binds every name that it reads, shows or binds a value, touches a path of
    interest, and is not too long.
    """
    if not any(_is_observable(statements[position]) for position in targets):
        return None
    kept = needed_by(statements, frozenset(targets))
    return finish(
        [statements[position] for position in kept], statements[targets[0]].line, interest, setting
    )


def finish(
    statements: Sequence[Statement], line: int, interest: Interest, setting: Setting
) -> Snippet | None:
    """The statements as one module: imports first, as much of them as is used, then the rest."""
    imports = [item for item in statements if item.is_import]
    body = [item for item in statements if not item.is_import]
    if not body or sum(item.code.count("\n") + 1 for item in body) > MAX_LINES:
        return None
    body_code = "\n".join(_laid_out(body))
    try:
        unbound = unbound_names(body)
        heads, bound = used_imports(imports, frozenset(unbound))
        missing = missing_imports(
            tuple(name for name in unbound if name not in bound),
            setting.module,
            setting.roots,
            setting.library,
        )
        if missing is None:
            return None
        heads += missing
        code = ("\n".join(heads) + "\n\n" if heads else "") + body_code.strip("\n") + "\n"
        compile(code, "snippet", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    if code.count("\n") > MAX_LINES + 10:
        return None
    nodes = [*(tree_of(head).body for head in heads), *(item.nodes for item in body)]
    (mentioned,) = mentions("", [chain.from_iterable(nodes)])
    apis = interest.apis_in(mentioned)
    return Snippet(with_names(code), line, apis) if apis else None


def _laid_out(body: Sequence[Statement]) -> Iterator[str]:
    """Texts with a blank line between paragraphs and around definitions."""
    for index, statement in enumerate(body):
        previous = body[index - 1] if index else None
        if previous is not None and (
            previous.paragraph != statement.paragraph
            or _is_definition(previous)
            or _is_definition(statement)
        ):
            yield ""
        yield statement.code


def _is_definition(statement: Statement) -> bool:
    return statement.code.startswith(("def ", "class ", "async def ", "@"))


def _is_observable(statement: Statement) -> bool:
    if statement.is_import:
        return False
    if statement.shows or statement.binds or statement.mutates:
        return True
    node = statement.nodes[0]
    return isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
