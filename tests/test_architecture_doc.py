"""docs/architecture.md draws the packages and their imports as they are: no arrow more, none less."""

from __future__ import annotations

import re

import pytest

from tests.conftest import CHECKOUT
from tests.project_sources import imported_modules, module_names, project_sources

PAGE = CHECKOUT / "docs" / "architecture.md"
PREFIXES = {
    "data": "recode_data",
    "bench": "recode_bench",
    "trl": "recode_trl",
    "verl": "recode_verl",
}
"""First part of a node's id in the diagram, and the package that it stands for."""


def diagram(page: str) -> str:
    (found,) = re.findall(r"^```mermaid\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(found)


def node_module(node: str) -> str:
    """`data_changes` is `recode_data.changes`; `trl` is `recode_trl`."""
    first, _, rest = node.partition("_")
    return ".".join(filter(None, [PREFIXES[first], rest]))


def drawn_nodes(page: str) -> dict[str, str]:
    """Module → label, of every node."""
    nodes = re.findall(r'^\s+([a-z_]+)\["(.*?)"\]$', diagram(page), re.MULTILINE)
    return {node_module(node): label for node, label in nodes}


def drawn_arrows(page: str) -> set[tuple[str, str]]:
    """(importing, imported); `a --> b & c` is two arrows."""
    return {
        (node_module(source), node_module(target.strip()))
        for source, targets in re.findall(r"^\s+([a-z_]+) --> (.*)$", diagram(page), re.MULTILINE)
        for target in targets.split("&")
    }


def real_arrows(nodes: set[str]) -> set[tuple[str, str]]:
    """Imports between modules that are, or lie in, one of the nodes."""

    def node_of(module: str) -> str | None:
        around = [module.rsplit(".", count)[0] for count in range(module.count(".") + 1)]
        return next((name for name in around if name in nodes), None)

    found = set()
    for source in project_sources():
        for target in imported_modules(source):
            arrow = node_of(source.module), node_of(target)
            if None not in arrow and arrow[0] != arrow[1]:
                found.add((str(arrow[0]), str(arrow[1])))
    return found


def test_every_package_is_drawn() -> None:
    folders = {source.folder for source in project_sources() if source.is_init}
    rooms = {folder for folder in folders if folder.count(".") == 1}
    assert rooms - drawn_nodes(PAGE.read_text("utf-8")).keys() == set()


def test_nothing_is_drawn_that_is_not_there() -> None:
    assert drawn_nodes(PAGE.read_text("utf-8")).keys() - module_names() == set()


def test_arrows_are_the_imports() -> None:
    page = PAGE.read_text("utf-8")
    drawn, real = drawn_arrows(page), real_arrows(set(drawn_nodes(page)))
    assert sorted(real - drawn) == [], "imports that nobody drew"
    assert sorted(drawn - real) == [], "arrows that nobody uses"


def test_every_node_has_its_paragraph() -> None:
    page = PAGE.read_text("utf-8")
    for module, label in drawn_nodes(page).items():
        assert label == module.rpartition(".")[2]
        assert re.search(rf"^\*\*`{re.escape(module)}`\*\* ", page, re.MULTILINE), module


@pytest.mark.parametrize(
    ("arrows", "expect"),
    [
        ("data_a --> data_b", {("recode_data.a", "recode_data.b")}),
        ("bench_a_b --> data_b & trl", {("recode_bench.a_b", "recode_data.b"), ("recode_bench.a_b", "recode_trl")}),
        ("data_a -.-> data_b", set()),
    ],
)  # fmt: skip
def test_reader_of_the_diagram(arrows: str, expect: set[tuple[str, str]]) -> None:
    assert drawn_arrows(f"```mermaid\nflowchart TD\n    {arrows}\n```") == expect
