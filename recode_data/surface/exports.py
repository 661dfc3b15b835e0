"""`__all__` as it is put together by assignments, `+=`, `extend`, `append` and `remove`."""

from __future__ import annotations

import ast

from recode_data.surface.facts import ExportPart
from recode_data.surface.texts import dotted_name, string_value


class Exports:
    """Collects the operations on one module's `__all__`."""

    def __init__(self) -> None:
        self._parts: list[ExportPart] | None = None

    def parts(self) -> tuple[ExportPart, ...] | None:
        """The operations in order; None where the module has no `__all__`."""
        return None if self._parts is None else tuple(self._parts)

    def set(self, value: ast.expr) -> None:
        """`__all__ = value`."""
        parts = list(_read(value))
        if any(part.module == "" for part in parts):  # __all__ = __all__ + […]
            parts = [*(self._parts or ()), *(part for part in parts if part.module != "")]
        self._parts = parts

    def add(self, value: ast.expr) -> None:
        """`__all__ += value`."""
        self._parts = [*(self._parts or ()), *_read(value)]

    def call(self, node: ast.expr) -> None:
        """`__all__.extend(value)` and its siblings."""
        if not isinstance(node, ast.Call) or len(node.args) != 1:
            return
        method = dotted_name(node.func)
        if method in ("__all__.extend", "__all__.__iadd__"):
            self.add(node.args[0])
        elif method in ("__all__.append", "__all__.remove"):
            name = string_value(node.args[0])
            if name is not None:
                part = ExportPart((name,), removes=method.endswith("remove"))
                self._parts = [*(self._parts or ()), part]


def _read(value: ast.expr) -> list[ExportPart]:
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        names: list[str] = []
        parts: list[ExportPart] = []
        for item in value.elts:
            if isinstance(item, ast.Starred):
                parts.extend(_read(item.value))
                continue
            name = string_value(item)
            reference = dotted_name(item)
            if name is not None:
                names.append(name)
            elif reference is not None and reference.endswith(".__name__"):
                names.append(reference.rsplit(".", 2)[-2])
        return [ExportPart(tuple(names)), *parts]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return [*_read(value.left), *_read(value.right)]
    reference = dotted_name(value)
    if reference == "__all__":
        return [ExportPart(module="")]
    if reference is not None and reference.endswith(".__all__"):
        return [ExportPart(module=reference.removesuffix(".__all__"))]
    if isinstance(value, ast.Call):
        callee = dotted_name(value.func) or ""
        if callee.endswith(".__all__.copy"):
            return [ExportPart(module=callee.removesuffix(".__all__.copy"))]
        if callee in ("list", "sorted", "tuple", "set") and value.args:
            return _read(value.args[0])
        if callee.endswith(".split") and isinstance(value.func, ast.Attribute):
            text = string_value(value.func.value)
            return [ExportPart(tuple(text.split()))] if text else []
    if isinstance(value, ast.ListComp):
        return []
    return []
