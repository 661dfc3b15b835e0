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
    assert found.places == dict.fromkeys([*found.chains, *found.calls], 0)


def test_places() -> None:
    module = cst.parse_module("import a\na.b(c)\nd = a\n")
    found = find_nodes(module)
    spelt = {module.code_for_node(node): place for node, place in found.places.items()}
    assert spelt == {"a.b(c)": 1, "a.b": 1, "c": 1, "d": 2, "a": 2}
