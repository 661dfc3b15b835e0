"""What hostile and odd completions come to, whatever they do to their own process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from recode_bench.tasks.judging import Court, Program
from recode_data.records import Environment
from recode_data.sandbox import Level, Limits, SandboxPool
from recode_data.sandbox.isolation import plans
from tests.recode_bench.tasks.hostile_completions import HONEST, HOSTILE, TESTS
from tests.recode_data.sandbox.hostile import environment

pytestmark = pytest.mark.sandbox

SYSTEM_PYTHON = Path("/usr/bin/python3")
PROGRAM = Program("import math", (), ("double",), (), TESTS)
LIMITS = Limits(cpu_seconds=1.0, wall_seconds=4.0, memory_bytes=1 << 30, processes=32)


@pytest.fixture(scope="module")
def court() -> Iterator[Court]:
    with SandboxPool(allow_weak=False) as sandboxes:
        yield Court(environment(), sandboxes, ("math", "random", "typing"), LIMITS)


def program(*tests: str, entries: tuple[str, ...] = ("f",), **parts: object) -> Program:
    sources = tuple((test, "test") for test in tests)
    return replace(Program("", (), entries, (), sources), **parts)  # type: ignore[arg-type]  # fields of Program


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_completion_passes(court: Court, name: str) -> None:
    judged = court.judge(PROGRAM, HOSTILE[name])
    assert judged.unscored is None, judged.detail
    assert not judged.passed
    assert len(judged.tests) == len(TESTS)


@pytest.mark.parametrize("name", HONEST)
def test_honest_odd_completions_pass(court: Court, name: str) -> None:
    judged = court.judge(PROGRAM, HONEST[name])
    assert [test.detail for test in judged.tests] == ["", "", ""]
    assert judged.passed


AT_THE_JUDGE = (
    *("kills the judge", "stops the judge", "memory of the judge", "descriptors of the judge"),
    *("traces the judge", "forged verdict on every descriptor", "channel in the frames"),
    *("forks", "ignores the limit", "expected values in memory"),
)


def test_without_namespaces_the_judge_is_out_of_reach_too() -> None:
    """Both processes are then one user's: what keeps them apart is that neither can be looked into."""
    if not SYSTEM_PYTHON.exists():
        pytest.skip(f"no {SYSTEM_PYTHON}, which another user could run")
    (level,) = {plan.level for plan in plans()} & {Level.OTHER_UID, Level.SAME_UID}
    own = Environment("system", str(SYSTEM_PYTHON), "/usr/lib", "3", ())
    with SandboxPool(level=level) as sandboxes:
        court = Court(own, sandboxes, ("math", "random"), LIMITS)
        assert court.judge(PROGRAM, HONEST["plain"]).passed
        passed = [name for name in AT_THE_JUDGE if court.judge(PROGRAM, HOSTILE[name]).passed]
    assert passed == []


def test_nothing_is_left_running(court: Court) -> None:
    court.judge(PROGRAM, HONEST["plain"])
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    court.judge(PROGRAM, HOSTILE["forks"])
    court.judge(PROGRAM, HOSTILE["answers twice by a fork"])
    after = {child.pid for child in psutil.Process().children(recursive=True)}
    assert after - before == set()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(): return 2", "wrong_result"),
        ("def f(): raise ValueError('no')", "error"),
        ("def f(): return MISSING", "error"),
        ("def g(): return 1", "error"),
        ("def f( return 1", "syntax_error"),
        ("raise ValueError", "error"),
        ("def f():\n    while True: pass", "timeout"),
        ("while True: pass", "timeout"),
        ("def f(): return [0] * (1 << 40)", "out_of_memory"),
        ("def f():\n    import os\n    os._exit(0)", "crash"),
        ("import os\nos._exit(0)", "crash"),
        ("def f():\n    import ctypes\n    ctypes.string_at(0)", "crash"),
    ],
)
def test_reasons_are_told_apart(court: Court, code: str, reason: str) -> None:
    judged = court.judge(program("def test():\n    assert f() == 1\n"), code)
    assert [test.reason for test in judged.tests] == [reason]


def test_what_is_too_large_to_hand_over_is_an_error_that_says_so(court: Court) -> None:
    code = "import numpy\ndef f(): return numpy.zeros(1 << 29)"
    large = replace(court, limits=replace(LIMITS, memory_bytes=6 << 30))
    test = "def test():\n    assert f().sum() == 0\n"
    judged = large.judge(program(test, imports="import numpy"), code)
    (verdict,) = judged.tests
    assert (verdict.reason, "too many to hand over" in verdict.detail) == ("error", True)


def test_a_hang_costs_no_other_test_its_verdict(court: Court) -> None:
    code = "def f(n):\n    while n == 2: pass\n    return n"
    tests = [f"def test():\n    assert f({n}) == {n}\n" for n in (1, 2, 3, 2, 4)]
    judged = court.judge(program(*tests), code)
    assert [test.reason for test in judged.tests] == ["ok", "timeout", "ok", "timeout", "ok"]


def test_state_left_by_an_earlier_test_fails_no_later_one(court: Court) -> None:
    code = "seen = []\ndef f():\n    seen.append(1)\n    return len(seen)"
    judged = court.judge(program(*["def test():\n    assert f() == 1\n"] * 3), code)
    assert judged.passed


def test_cpu_time_counts_for_each_test_and_not_for_all_together(court: Court) -> None:
    code = (
        "import time\ndef f():\n    end = time.process_time() + 0.6\n"
        "    while time.process_time() < end: pass\n    return 1"
    )
    judged = court.judge(program(*["def test():\n    assert f() == 1\n"] * 4), code)
    assert [test.reason for test in judged.tests] == ["ok"] * 4


def test_only_the_first_failure_is_looked_for_where_that_is_enough(court: Court) -> None:
    tests = ["def test():\n    assert f() == 1\n"] * 3
    judged = court.judge(program(*tests), "def f(): return 2", to_the_end=False)
    assert len(judged.tests) == 1


def test_a_problem_that_cannot_be_set_up_says_nothing_about_the_code(court: Court) -> None:
    broken = program("def test(): pass\n", imports="import no_such_module")
    judged = court.judge(broken, "def f(): pass")
    assert (judged.unscored, judged.passed) == ("setup_failed", False)
    assert "no_such_module" in judged.detail


CROSSING = {
    "argument changed in place": (
        "def f(values, table): values.sort(); table['x'] = values",
        "def test():\n    a, b = [3, 1], {}\n    assert f(a, b) is None\n"
        "    assert a == [1, 3] and b == {'x': [1, 3]} and b['x'] is a\n",
    ),
    "an equal item of another type put in": (
        "def f(values): values[0] = 1.0",
        "def test():\n    a = [1, 2]\n    f(a)\n    assert type(a[0]) is float\n",
    ),
    "inner argument changed in place": (
        "def f(table): table['a'][0].append(table['b'])",
        "def test():\n    a = {'a': [[]], 'b': {1}}\n    f(a)\n    assert a == {'a': [[{1}]], 'b': {1}}\n"
        "    assert a['a'][0][0] is a['b']\n",
    ),
    "order changed in place": (
        "def f(table): table.move_to_end('a')",
        "def test():\n    import collections\n    a = collections.OrderedDict(a=1, b=2)\n    f(a)\n"
        "    assert list(a) == ['b', 'a']\n",
    ),
    "small array changed in place": (
        "def f(values): values[1] += 1",
        "import numpy\ndef test():\n    a = numpy.arange(4)\n    f(a)\n    assert a.tolist() == [0, 2, 2, 3]\n",
    ),
    "large array changed in place": (
        "def f(values): values[-1] = 5",
        "import numpy\ndef test():\n    a, b = numpy.arange(1e6), numpy.arange(1e6)\n    f(a)\n"
        "    assert a[-1] == 5 and (a[:-1] == b[:-1]).all()\n",
    ),
    "array of many pieces": (
        "def f(values): return values",
        "import numpy\ndef test():\n    a = numpy.zeros(8_000_000)\n    a[-1] = a[7_000_000] = 1\n"
        "    assert f(a) is a and (f([a])[0] == a).all()\n",
    ),
    "array made there": (
        "import numpy\ndef f(n):\n    made = numpy.zeros((n, n))\n    made[n // 2] = 1\n    return made",
        "import numpy\ndef test():\n    a = f(2000)\n    assert a.sum() == 2000\n    a[0] = 1\n"
        "    assert a.sum() == 4000\n",
    ),
    "argument handed back": (
        "def f(values): return values",
        "def test():\n    a = [1]\n    assert f(a) is a\n",
    ),
    "function as argument": (
        "def f(values, key): return sorted(values, key=key)",
        "def test():\n    assert f([1, -3], lambda v: v) == [-3, 1]\n    assert f([1, -3], abs) == [1, -3]\n",
    ),
    "function as result": (
        "def f(n): return lambda m: n + m",
        "def test():\n    assert f(1)(2) == 3\n",
    ),
    "generator": (
        "def f(n):\n    for i in range(n): yield i",
        "def test():\n    import types\n    g = f(3)\n    assert isinstance(g, types.GeneratorType)\n"
        "    assert next(g) == 0 and list(g) == [1, 2]\n",
    ),
    "iterator as argument": (
        "def f(values): return sum(values)",
        "def test():\n    assert f(iter([1, 2])) == 3\n    assert f(x for x in (1, 2)) == 3\n",
    ),
    "printed text": (
        "def f(): print('hello')",
        "def test():\n    import contextlib, io\n    out = io.StringIO()\n"
        "    with contextlib.redirect_stdout(out):\n        f()\n    assert out.getvalue() == 'hello\\n'\n",
    ),
    "seeded randomness": (
        "import random\ndef f(): return random.random()",
        "def test():\n    import random\n    random.seed(5)\n    a = f()\n    b = random.random()\n"
        "    random.seed(5)\n    assert [a, b] == [random.random(), random.random()]\n",
    ),
    "error of a known class": (
        "def f(): return {}['x']",
        "def test():\n    try:\n        f()\n    except KeyError as error:\n        assert error.args == ('x',)\n"
        "    else:\n        assert False\n",
    ),
    "error of an own class": (
        "class Own(ValueError): pass\ndef f(): raise Own('text')",
        "def test():\n    try:\n        f()\n    except ValueError as error:\n        assert str(error) == 'text'\n"
        "    else:\n        assert False\n",
    ),
    "object of an own class": (
        "class P:\n    def __init__(self, x): self.x = x\n    def twice(self): return 2 * self.x\n"
        "def f(x): return P(x)",
        "def test():\n    p = f(4)\n    assert p.x == 4 and p.twice() == 8 and p != f(4)\n",
    ),
    "named tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef f(): return P(1, 2)",
        "def test():\n    assert f() == (1, 2) and f().y == 2\n",
    ),
    "object of the test": (
        "def f(thing): return thing.size + thing.grow(2)",
        "def test():\n    class Thing:\n        size = 1\n        def grow(self, n): return n * 10\n"
        "    assert f(Thing()) == 21\n",
    ),
    "match": (
        "import re\ndef f(text): return re.search('b+', text)",
        "def test():\n    import re\n    m = f('abbc')\n    assert isinstance(m, re.Match)\n"
        "    assert m.span() == (1, 3) and m.group() == 'bb' and f('x') is None\n",
    ),
}


@pytest.mark.parametrize("name", CROSSING)
def test_calls_are_as_in_one_process(court: Court, name: str) -> None:
    code, test = CROSSING[name]
    imports = "import numpy" if "numpy" in test else ""
    judged = court.judge(program(test, imports=imports), code)
    assert [each.detail for each in judged.tests] == [""]
    assert judged.passed


@pytest.mark.parametrize(
    "attribute", ["__globals__", "__code__", "gi_frame", "__class__", "__func__", "__self__"]
)
def test_what_a_test_hands_over_leads_to_nothing_else_of_it(court: Court, attribute: str) -> None:
    code = f"def f(*things):\n    return [getattr(thing, {attribute!r}, None) for thing in things]"
    test = (
        "def test():\n    key = lambda v: 'QQexpectedQQ'\n    class T:\n        def m(self): pass\n"
        "    found = f(key, T(), T().m, (x for x in [1]))\n"
        "    assert 'QQexpected' in str(found), found\n"
    )
    judged = court.judge(program(test), code)
    assert not judged.passed
