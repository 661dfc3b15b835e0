"""A module that went as a whole: one line of the program changes, its import, and every use stays.

`import bokeh.util.string as bus` becomes `import bokeh.util.strings as bus`, and
`from skimage.future import graph` becomes `from skimage import graph`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from recode_data.records import ApiChange, Replacement
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.rename import rename_path
from recode_data.syntax_trees import statements_of, tree_of


def with_module_replaced(
    code: str, change: ApiChange, replacement: Replacement, gone: Mapping[str, ApiChange]
) -> str | None:
    """The code with the import of the module that the API was in made one of where it is now.

    None where no name of the program stands for the module, where the new one is imported already (one
    module has one name), or where nothing says that the old one went.

    Args:
        code: Old code.
        change: An API that is to be found elsewhere under the same last name.
        replacement: Where.
        gone: As `gone_paths` of `completing.py` gives it.
    """
    module, _, name = change.old_api.rpartition(".")
    new_module, _, new_name = replacement.new_api.rpartition(".")
    if change.parameter is not None or changes_member(change) or name != new_name:
        return None
    if "." not in module or not new_module or not _went(module, gone):
        return None
    if module.startswith(f"{new_module}.") and not _is_named_after(new_module, module, code):
        return None  # a name for a module is none for the package around it
    if module not in _bound_whole(code, new_module.rpartition(".")[2]) or new_module in _imported(
        code
    ):
        return None
    return rename_path(code, module, new_module)


def _is_named_after(package: str, module: str, code: str) -> bool:
    """Whether what the program calls the module is short for the package: `import altair.v3 as alt`."""
    name = package.rpartition(".")[2]
    called = (alias.asname or "" for path, alias, _ in _imports(code) if path == module)
    return any(len(short) > 1 and name.startswith(short) for short in called)


def _went(module: str, gone: Iterable[str]) -> bool:
    return any(path == module or path.startswith(f"{module}.") for path in gone)


def _bound_whole(code: str, new_name: str) -> set[str]:
    """Modules to which the code binds one name, which stays: `import a.b as c`; `from a import b` where
    the new one has the same last name."""
    return {
        path
        for path, alias, is_from in _imports(code)
        if (alias.asname and alias.asname != path.rpartition(".")[2])
        or (is_from and path.rpartition(".")[2] == new_name)
    }


def _imported(code: str) -> set[str]:
    return {path for path, _, _ in _imports(code)}


def _imports(code: str) -> Iterator[tuple[str, ast.alias, bool]]:
    """Paths that import statements name, and whether a `from` brings them."""
    try:
        tree = tree_of(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in statements_of(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", alias, True) for alias in node.names)
