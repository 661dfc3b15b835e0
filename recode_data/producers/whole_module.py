"""A module that went as a whole: one line of the program changes, its import under an alias.

`import bokeh.util.string as bus` becomes `import bokeh.util.strings as bus`, and every use stays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from recode_data.records import ApiChange, Replacement
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.rename import rename_path


def with_module_replaced(
    code: str, change: ApiChange, replacement: Replacement, gone: Mapping[str, ApiChange]
) -> str | None:
    """The code with the import of the module that the API was in made one of where it is now.

    None where the module is not imported under a name of the user's own, where the new one is imported
    already (one module has one name), or where nothing says that the old one went.

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
    if module not in _aliased(code) or new_module in _imported(code):
        return None
    return rename_path(code, module, new_module)


def _went(module: str, gone: Iterable[str]) -> bool:
    return any(path == module or path.startswith(f"{module}.") for path in gone)


def _aliased(code: str) -> set[str]:
    """Modules that the code imports under another name than their own."""
    return {
        alias.name
        for alias in _imports(code)
        if alias.asname and alias.asname != alias.name.rpartition(".")[2]
    }


def _imported(code: str) -> set[str]:
    return {alias.name for alias in _imports(code)}


def _imports(code: str) -> list[ast.alias]:
    """What `import` statements name."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [
        alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ]
