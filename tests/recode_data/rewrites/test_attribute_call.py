from __future__ import annotations

import pytest

from recode_data.rewrites.attribute_call import rename_member


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("x.applymap(f)\n", "x.map(f)\n"),
        ("y = x.applymap\n", "y = x.map\n"),
        ("x.applymap = 1\n", "x.map = 1\n"),
        ("x.a.applymap(f).applymap(g)\n", "x.a.map(f).map(g)\n"),
        ("import pandas as pd\npd.applymap(1)\npd.DataFrame().applymap(2)\n", "import pandas as pd\npd.applymap(1)\npd.DataFrame().map(2)\n"),
    ],
    ids=["call", "read", "stored", "chained", "not-of-a-module"],
)  # fmt: skip
def test_every_access_on_a_value(code: str, expect: str) -> None:
    assert rename_member(code, "applymap", "map") == expect


@pytest.mark.parametrize(
    "code",
    ["x.map(f)\n", "applymap(x)\n", "import toy\ntoy.applymap(1)\n", "import a.applymap\n", "f(applymap=1)\n", "x.applymap("],
    ids=["new-already", "function", "module", "import", "keyword", "broken"],
)  # fmt: skip
def test_does_not_apply(code: str) -> None:
    assert rename_member(code, "applymap", "map") is None
