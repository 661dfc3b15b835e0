"""Which API a program reaches for, told by running it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from recode_bench.tasks.uses import USES_NEW, USES_OLD, uses
from recode_data.records import ChangeKind
from recode_data.sandbox import Limits, SandboxPool
from tests.making import make_pair
from tests.recode_data.sandbox.hostile import environment

pytestmark = pytest.mark.sandbox

LIMITS = Limits(cpu_seconds=2.0, wall_seconds=10.0)


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[SandboxPool]:
    with SandboxPool() as made:
        yield made


def measured(sandboxes: SandboxPool, code: str, **fields: Any) -> dict[str, object]:
    """Of a row in which `math.gone` became `math.isqrt`, unless told otherwise."""
    pair = make_pair(**{"old_api": "math.gone", "new_api": "math.isqrt", **fields})
    return dict(uses(pair, code, environment(), sandboxes, LIMITS))


@pytest.mark.parametrize(
    ("code", "new", "old"),
    [
        ("import math\nx = math.isqrt(4)", True, False),
        ("import math as m\nx = m.isqrt(4)", True, False),
        ("from math import isqrt\nx = isqrt(4)", True, False),
        ("from math import isqrt as root\nf = root\nx = f(4)", True, False),
        ("import math\nx = math.gone(4)", False, True),
        ("from math import gone", False, True),
        ("import math\ntry:\n    math.gone\nexcept AttributeError:\n    math.isqrt(4)", True, True),
        ("import math\nx = math.floor(4)", False, False),
        ("# math.gone and math.isqrt\nx = 'math.gone'", False, False),
        ("class Other:\n    gone = isqrt = 1\nx = Other().gone + Other.isqrt", False, False),
        ("import math\nif False:\n    math.gone", False, False),
        ("not python (", False, False),
        ("import os\nos._exit(0)", None, None),
    ],
)
def test_what_is_reached_for(
    sandboxes: SandboxPool, code: str, new: bool | None, old: bool | None
) -> None:
    found = measured(sandboxes, code)
    assert (found.get(USES_NEW), found.get(USES_OLD)) == (new, old)


def test_methods_are_found_on_whatever_object(sandboxes: SandboxPool) -> None:
    fields = {
        "old_api": "collections.OrderedDict.gone",
        "new_api": "collections.OrderedDict.move_to_end",
    }
    code = "from collections import OrderedDict\nd = OrderedDict(a=1)\nd.move_to_end('a')"
    assert measured(sandboxes, code, **fields) == {USES_NEW: True, USES_OLD: False}
    code = "import collections\nclass D(collections.OrderedDict): pass\nD().gone"
    assert measured(sandboxes, code, **fields) == {USES_NEW: False, USES_OLD: True}


def renamed_parameter() -> dict[str, Any]:
    change = {"kind": "parameter_renamed", "old_api": "json.dumps", "parameter": "sep"}
    evidence = {
        "change": change,
        "replacement": {
            "new_api": "json.dumps",
            "evidence": [],
            "score": 1.0,
            "new_parameter": "separators",
        },
        "origin": "docs",
        "apis": ["json.dumps"],
    }
    return {
        "kind": ChangeKind.PARAMETER_RENAMED,
        "old_api": "json.dumps",
        "new_api": "json.dumps",
        "parameter": "sep",
        "evidence": json.dumps(evidence),
    }


@pytest.mark.parametrize(
    ("code", "new", "old"),
    [
        ("import json\njson.dumps([], separators=(',', ':'))", True, False),
        ("from json import dumps as d\nd([], separators=(',', ':'))", True, False),
        ("import json\njson.dumps([], sep=',')", False, True),
        ("import json\njson.dumps([])", False, False),
        ("import json\ndict(sep=1, separators=2)", False, False),
    ],
)
def test_parameters_count_by_keyword_in_calls_of_that_api(
    sandboxes: SandboxPool, code: str, new: bool, old: bool
) -> None:
    found = measured(sandboxes, code, **renamed_parameter())
    assert found == {USES_NEW: new, USES_OLD: old}


def test_an_api_that_stays_what_it_is_called_tells_nothing(sandboxes: SandboxPool) -> None:
    fields = {"kind": ChangeKind.DEFAULT_CHANGED, "new_api": "math.gone", "parameter": "axis"}
    assert measured(sandboxes, "import math\nmath.gone", **fields) == {}


def test_this_process_is_not_touched(sandboxes: SandboxPool) -> None:
    before = sys.modules["__main__"]
    measured(sandboxes, "import math")
    assert sys.modules["__main__"] is before
