from __future__ import annotations

import pytest

from recode_data.producers.completing import gone_paths
from recode_data.producers.forward import forward
from recode_data.producers.proposals import StepUsages
from recode_data.producers.whole_module import with_module_replaced
from recode_data.records import ApiChange, Replacement
from tests.making import make_change, make_usage

NEW = Replacement("toy.io.load", (), 0.9)
CHANGE = make_change("toy.v1.load", replacements=(NEW,))
GONE = gone_paths([CHANGE])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy.v1 as t\nt.load(1)\nt.dump(2)\n", "import toy.io as t\nt.load(1)\nt.dump(2)\n"),
        ("import toy.v1\ntoy.v1.load(1)\n", None),
        ("from toy.v1 import load\nload(1)\n", None),
        ("import toy.v1 as v1\nv1.load(1)\n", None),
        ("import toy.v2 as t\nt.load(1)\n", None),
        ("import toy.v1 as t\nt.load(\n", None),
        ("from toy import v1\nv1.load(1)\n", None),
        ("from toy import v1 as t\nt.load(1)\n", "from toy import io as t\nt.load(1)\n"),
        ("from . import v1 as t\nt.load(1)\n", None),
        ("import toy.io as i\nimport toy.v1 as t\ni.f(t.load(1))\n", None),
    ],
    ids=["alias", "no alias", "from", "its own name", "another", "unparsable", "from, another name", "from, an alias", "relative", "imported already"],
)  # fmt: skip
def test_only_the_import_changes(code: str, expected: str | None) -> None:
    assert with_module_replaced(code, CHANGE, NEW, GONE) == expected


def test_a_module_of_the_same_name_elsewhere() -> None:
    new = Replacement("toy.graph.cut", (), 0.9)
    change = make_change("toy.future.graph.cut", replacements=(new,))
    code = "from toy.future import graph\n\nx = graph.cut(graph.make(1))\n"
    found = with_module_replaced(code, change, new, gone_paths([change]))
    assert found == "from toy import graph\n\nx = graph.cut(graph.make(1))\n"


@pytest.mark.parametrize(
    ("change", "new_api"),
    [
        (CHANGE, "toy.io.read"),
        (make_change("toy.v1.load", parameter="n"), "toy.io.load"),
        (make_change("toy.load"), "toy.io.load"),
        (make_change("other.v1.load"), "toy.io.load"),
        (CHANGE, "toy.load"),
    ],
    ids=["another name", "a parameter", "the top module stays", "nothing went", "the package"],
)
def test_left_alone(change: ApiChange, new_api: str) -> None:
    module = change.old_api.rpartition(".")[0]
    code = f"import {module} as t\nt.load(1)\n"
    assert with_module_replaced(code, change, Replacement(new_api, (), 0.9), GONE) is None


@pytest.mark.parametrize(
    ("alias", "expected"),
    [("to", "import toy as to\nto.load(1)\n"), ("t1", None), ("v", None), ("v1", None)],
)
def test_a_name_that_is_short_for_the_package_stays(alias: str, expected: str | None) -> None:
    code = f"import toy.v1 as {alias}\n{alias}.load(1)\n"
    new = Replacement("toy.load", (), 0.9)
    assert with_module_replaced(code, CHANGE, new, GONE) == expected


def test_the_least_edit_is_proposed_first() -> None:
    usages = StepUsages(
        [make_usage("import toy.v1 as t\n\nt.load(1)\n", apis=("toy.v1.load",))], []
    )
    usages.gone = GONE
    first, second = forward(CHANGE, usages)
    assert first.new_code == "import toy.io as t\n\nt.load(1)\n"
    assert "toy.io" in second.new_code
