"""Sandbox driver: run a program and tell which of two APIs it reaches for.

Every attribute, name and call of the program is looked at while it runs, so that aliases,
re-exports and methods of whatever object count, and what only looks like the API does not. An API
that is no longer there counts when the program reaches for it and fails. It measures; no verdict
rests on it. Runs inside the interpreter of a mined version (Python 3.7 and later), standard
library only.

Payload: {"code", "old", "new"}, the latter dotted paths or null. Message: for `old` and `new`
{"touched": bool, "keywords": names of the arguments by keyword in calls of it}.
"""

import ast
import builtins
import importlib
import io
import sys
import types

MISSING = object()


class Target:
    """One API: where it hangs, and the object itself where it is there."""

    def __init__(self, path):
        self.path = path
        self.touched = False
        self.keywords = set()
        self.parent, self.name = _parent_of(path)
        self.object = getattr(self.parent, self.name, MISSING)

    def is_reached_by(self, value, name):
        """Whether `value.name` is this API."""
        if name != self.name or self.parent is None:
            return False
        if value is self.parent:
            return True
        if isinstance(self.parent, type):
            owner = value if isinstance(value, type) else type(value)
            return issubclass(owner, self.parent)
        found = getattr(value, name, MISSING) if isinstance(value, types.ModuleType) else MISSING
        return found is not MISSING and found is self.object

    def is_called_as(self, function):
        """Whether that is what is called."""
        if self.object is MISSING:
            return False
        return function is self.object or getattr(function, "__func__", None) is self.object


def _parent_of(path):
    """What the last part of a dotted path hangs on, and that part; None where there is nothing."""
    parts = path.split(".")
    if len(parts) == 1:
        return builtins, path
    for length in range(len(parts) - 1, 0, -1):
        try:
            parent = importlib.import_module(".".join(parts[:length]))
        except Exception:  # noqa: S112 - then the module is a shorter part of the path
            continue
        for part in parts[length:-1]:
            parent = getattr(parent, part, None)
        return parent, parts[-1]
    return None, parts[-1]


class Watch(ast.NodeTransformer):
    """Puts a look at every attribute, name and call into a program."""

    def visit_Attribute(self, node):
        """`x.y` where it is read."""
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        return self._call("_recode_attribute", node, node.value, ast.Constant(node.attr))

    def visit_Name(self, node):
        """`x` where it is read."""
        if not isinstance(node.ctx, ast.Load):
            return node
        return self._call("_recode_name", node, node)

    def visit_Call(self, node):
        """`f(x, y=z)`."""
        names = [word.arg for word in node.keywords if word.arg]
        self.generic_visit(node)
        if names:
            words = ast.Tuple([ast.Constant(name) for name in names], ast.Load())
            node.func = self._call("_recode_call", node, node.func, words)
        return node

    def visit_ImportFrom(self, node):
        """`from x import y`, which may fail."""
        looks = []
        for alias in node.names:
            path = ast.Constant("%s.%s" % (node.module, alias.name))
            looks.append(ast.Expr(self._call("_recode_import", node, path)))
        if node.module == "__future__":
            return node
        return [ast.copy_location(look, node) for look in looks] + [node]

    @staticmethod
    def _call(name, at, *args):
        function = ast.Name(name, ast.Load())
        return ast.copy_location(ast.Call(function, list(args), []), at)


def _looks(targets):
    """The functions that `Watch` puts in."""

    def attribute(value, name):
        for target in targets:
            try:
                target.touched = target.touched or target.is_reached_by(value, name)
            except Exception:  # noqa: S112 - an object that does not let itself be looked at
                continue
        return getattr(value, name)

    def named(value):
        for target in targets:
            simple = value is None or isinstance(value, (int, float, str, types.ModuleType))
            target.touched = target.touched or (value is target.object and not simple)
        return value

    def call(function, names):
        for target in targets:
            if target.is_called_as(function):
                target.keywords.update(names)
        return function

    def imported(path):
        for target in targets:
            target.touched = target.touched or path == target.path

    return {
        "_recode_attribute": attribute,
        "_recode_name": named,
        "_recode_call": call,
        "_recode_import": imported,
    }


def run(payload, channel):
    """Run and report; see the module docstring."""
    targets = {
        which: Target(payload[which]) for which in ("old", "new") if payload[which] is not None
    }
    module = types.ModuleType("__main__")
    module.__dict__.update(_looks(targets.values()))
    sys.modules["__main__"] = module
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        tree = Watch().visit(ast.parse(payload["code"]))
        exec(compile(ast.fix_missing_locations(tree), "<snippet>", "exec"), module.__dict__)
    except BaseException:  # noqa: S110 - what it reached for before counts
        pass
    found = {}
    for which, target in targets.items():
        keywords = sorted(str(name) for name in target.keywords)
        found[which] = {"touched": bool(target.touched), "keywords": keywords}
    channel.loaded()
    channel.send(found)
