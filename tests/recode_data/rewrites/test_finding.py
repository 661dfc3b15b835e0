"""The walk against libcst's own visitor: the same nodes in the same order."""

from __future__ import annotations

import libcst as cst
import pytest

from recode_data.rewrites.finding import Chain, find_nodes

CODE = """
import a, b.c as d
from e import f as g
@deco.rated(x)
def name(p, /, q: ann.o = dflt, *rest: t, k=kd, **kw) -> ret.urn:
    global glob
    yield p if q else rest
class Klass(base.b, metaclass=m.eta):
    attr: typ.e = val
lambda u, *v, w=1: u.x(w, key=v)[lo:hi:st, ...]
[el for tg in it if cond for t2 in i2]
{k1: v1, **spread}
{k: v for k, v in pairs}
print(f"{expr!r:>{width}}" "tail", *args, sep=s, **opts)
try:
    raise err.x from cause
except (E1, mod.E2) as exc:
    pass
else:
    other
finally:
    done()
with ctx(1) as c, ctx2:
    assert test, msg
for i, (j, k) in seq.uence:
    del x[i].y
    continue
while (n := nxt()) is not None and not done or -n < m @ o:
    await thing.get()
a = b = c.d = None, (1,)
x += y; z.w.v(q)(r)
return_ = a if b else c
match subj:
    case Cls(at=1) | [first, *others] if guard:
        hit(first)
"""


class _Visitor(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.chains: list[Chain] = []
        self.calls: list[cst.Call] = []
        self.others: set[cst.CSTNode | None] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Call):
            self.calls.append(node)
        elif isinstance(node, cst.Attribute):
            self.others.add(node.attr)
            self.chains.append(node)
        elif isinstance(node, cst.Arg):
            self.others.add(node.keyword)
        elif isinstance(node, (cst.Param, cst.FunctionDef, cst.ClassDef)):
            self.others.add(node.name)
        elif isinstance(node, cst.ExceptHandler):
            self.others.add(node.name.name if node.name else None)
        elif isinstance(node, cst.Name) and not (node in self.others or node.value == "None"):
            self.chains.append(node)
        return not isinstance(node, (cst.Import, cst.ImportFrom))


STATEMENTS = list(cst.parse_module(CODE).body)


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
def test_as_a_visitor_of_libcst(number: int) -> None:
    module = cst.Module([STATEMENTS[number]])
    visitor = _Visitor()
    module.visit(visitor)
    found = find_nodes(module)
    assert [*map(id, found.chains)] == [*map(id, visitor.chains)]
    assert [*map(id, found.calls)] == [*map(id, visitor.calls)]
    assert {*found.chains, *found.calls} <= {module.body[0], *found.parents}


def test_parents() -> None:
    module = cst.parse_module("import a\nif d:\n    a.b(c)\n")
    found = find_nodes(module)
    (call,) = found.calls
    above: list[cst.CSTNode] = [call]
    while above[-1] in found.parents:
        above.append(found.parents[above[-1]])
    assert [*map(type, above)] == [
        cst.Call,
        cst.Expr,
        cst.SimpleStatementLine,
        cst.IndentedBlock,
        cst.If,
    ]
    assert above[-1] is module.body[1]
    assert found.parents[call.func] is call
    assert not any(isinstance(node, cst.Import) for node in found.parents.values())  # not entered
