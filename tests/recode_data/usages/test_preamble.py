from __future__ import annotations

import pytest

from recode_data.catalog import CatalogEntry, load_catalog
from recode_data.usages.preamble import with_preamble
from tests.making import make_usage

PREAMBLE = "\nimport toy\nfrom toy import settings\n\nsettings.configure()\n"
BEHIND = "import toy\nfrom toy import settings\n\nsettings.configure()\n\n"


@pytest.mark.parametrize(
    ("code", "apis", "expected"),
    [
        ("from toy.db import load\nload(1)\n", ("toy.db.load",), "from toy.db import load\nload(1)\n"),
        ("import toy\ntoy.db.load(1)\n", ("toy", "toy.db.load"), "toy.db.load(1)\n"),
        ("from toy.dbx import load\n", ("toy.dbx.load",), None),
        ("from toy import settings\nsettings.configure(1)\n", ("toy.db",), None),
        ("from __future__ import annotations\nimport toy.db\n", ("toy.db",), None),
        ("x = 1\n", (), None),
    ],
)  # fmt: skip
def test_what_stands_before_an_example(
    code: str, apis: tuple[str, ...], expected: str | None
) -> None:
    usage = make_usage(code, apis=apis)
    found = with_preamble(usage, PREAMBLE, ("toy.db",))
    assert found.code == (code if expected is None else BEHIND + expected)
    assert (found.apis, found.source_line) == (usage.apis, usage.source_line)


@pytest.mark.parametrize("entry", [entry for entry in load_catalog() if entry.preamble])
def test_preambles_of_the_catalog(entry: CatalogEntry) -> None:
    compile(entry.preamble, "<preamble>", "exec")
    assert entry.preamble_for
