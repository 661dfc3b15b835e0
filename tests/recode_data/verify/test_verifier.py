"""What the verifier makes of runs: proofs, drops and hidden inputs, on two versions of one module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Dropped,
    DropReason,
    Effect,
    Environment,
    FurtherChange,
    ObjectKind,
    Producer,
    Proof,
)
from recode_data.sandbox import JobResult, JobStatus
from recode_data.verify import Proved, Verifier, run_checks, write_checks
from recode_data.verify.influence import Influence
from recode_data.verify.observed import Observed
from recode_data.verify.verifier import effect_between
from tests.making import make_candidate, make_change, make_pair
from tests.plain_runs import PlainPool, verifier

OLD = """
import random, sys, types
__path__ = []
part = sys.modules["toy.part"] = types.ModuleType("toy.part")
part.f = lambda x: [x, x]
def load(x): return [x, x]
def scale(x, by=2): return x * by
def mean(x): return sum(x) / len(x)
def stamp(): return random.random()
def same(x): return x + 1
def fetch(x): raise OSError(-3, "Temporary failure in name resolution")
def seldom(x): return x + 1
def told(x): return x
def fill(x, y): x.append(y)
def write(x): pass
class Table:
    def size(self): return 3
class Other(Table):
    def size(self): return 3
class Unlike:
    def size(self): return 3
"""
NEW = """
import random, warnings
__path__ = []
def read(x): return [x, x]
def scale(x, by=2):
    warnings.warn("scale is deprecated, use times", DeprecationWarning, stacklevel=2)
    return x * by
def times(x, by=2): return x * by
def mean(x): return sum(x) // len(x)
def average(x): return sum(x) / len(x)
def stamp(): return random.random()
def same(x): return x + 1
def fetch(x): raise OSError(-3, "Temporary failure in name resolution")
def seldom(x):
    with open(__file__ + ".calls", "a+") as calls:
        calls.write("*")
        calls.seek(0)
        return x + 1 + (len(calls.read()) % 3 == 0)
def told(x):
    warnings.warn("told has moved to another place", UserWarning)
    return x
def put(x, y): x.append(y)
def save(x): pass
class Table:
    size = 3
class Other(Table): pass
class Unlike(Table): pass
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifier]:
    pool = PlainPool()
    yield verifier(tmp_path_factory.mktemp("toy"), OLD, NEW, pool)
    pool.close()


def candidate(old: str, new: str, api: str = "toy.load", **fields: object) -> Candidate:
    change = fields.pop("change", make_change(api))
    codes = (f"import toy\n{text}\n" for text in (old, new))
    return make_candidate(*codes, change=change, **fields)


SIZE = make_change(
    "toy.Table.size",
    kind=ChangeKind.KIND_CHANGED,
    object_kind=ObjectKind.METHOD,
)


@pytest.mark.parametrize(
    ("old", "new", "api", "effect"),
    [
        ("x = toy.load(7)", "x = toy.read(7)", "toy.load", Effect.BREAK),
        ("x = toy.scale(7)", "x = toy.times(7)", "toy.scale", Effect.WARN),
        ("x = toy.mean([7, 8])", "x = toy.average([7, 8])", "toy.mean", Effect.DRIFT),
        ("print(toy.load(7))", "print(toy.read(7))", "toy.load", Effect.BREAK),
        ("x = [1]\ntoy.fill(x, 2)", "x = [1]\ntoy.put(x, 2)", "toy.fill", Effect.BREAK),
        ("f = toy.mean\nx = f([7, 8])", "f = toy.average\nx = f([7, 8])", "toy.mean", Effect.DRIFT),
    ],
)
def test_proved(toy: Verifier, old: str, new: str, api: str, effect: Effect) -> None:
    proved = toy.verify(candidate(old, new, api))
    assert isinstance(proved, Proved)
    assert proved.proof.effect is effect
    assert proved.proof.observed >= 1
    assert not proved.works_on_old


def test_an_import_that_fails_is_a_break_of_what_it_imports(toy: Verifier) -> None:
    old = "import toy.part as p\nz = 1\nx = p.f(1)"
    proved = toy.verify(candidate(old, "z = 1\nx = toy.read(1)", api="toy.part.f"))
    assert isinstance(proved, Proved), proved
    assert (proved.proof.error_type, proved.proof.line) == ("ModuleNotFoundError", 2)
    other = toy.verify(candidate(f"{old}\ny = toy.load(1)", "x = y = toy.read(1)\nz = 1"))
    assert isinstance(other, Dropped)
    assert other.reason is DropReason.NOT_AT_THE_CHANGE


def test_member_that_is_read_now(toy: Verifier) -> None:
    found = toy.verify(candidate("x = toy.Table().size()", "x = toy.Table().size", change=SIZE))
    assert isinstance(found, Proved)
    assert "not callable" in found.proof.message


@pytest.mark.parametrize(("name", "holds"), [("Table", True), ("Other", True), ("Unlike", False)])
def test_a_member_is_one_of_its_own_class(toy: Verifier, name: str, holds: bool) -> None:
    """Or of one that is derived from it, but not of any that has the name."""
    found = toy.verify(candidate(f"x = toy.{name}().size()", f"x = toy.{name}().size", change=SIZE))
    assert isinstance(found, Proved) is holds
    if isinstance(found, Dropped):
        assert found.reason is DropReason.NOT_AT_THE_CHANGE


@pytest.mark.parametrize(
    ("old", "new", "api", "reason"),
    [
        ("x = toy.load(7)", "x = (", "toy.load", DropReason.UNPARSABLE),
        ("x = toy.same(7)", "x = toy.read(7)", "toy.load", DropReason.NOT_AT_THE_CHANGE),
        ("x = toy.load(7, 8)", "x = toy.read(7)", "toy.load", DropReason.OLD_FAILS_ON_OLD),
        ("x = toy.same(7)", "x = toy.same(7) + 0", "toy.same", DropReason.NOTHING_CHANGED),
        ("x = toy.load(7)", "x = toy.get(7)", "toy.load", DropReason.NEW_FAILS_ON_NEW),
        ("x = toy.load(7)", "x = [toy.scale(7)] * 2", "toy.load", DropReason.NEW_WARNS_ON_NEW),
        ("x = toy.load(7)", "x = toy.read(8)", "toy.load", DropReason.RESULTS_DIFFER),
        ("x = toy.load(7)", "y = toy.read(7)", "toy.load", DropReason.RESULTS_DIFFER),
        ("toy.load", "toy.read", "toy.load", DropReason.UNOBSERVABLE),
        (
            "x = sorted(toy.load(0)[2:])",
            "x = sorted(toy.read(0)[2:])",
            "toy.load",
            DropReason.UNOBSERVABLE,
        ),
        ("x = [1]\ntoy.write(x)", "x = [1]\ntoy.save(x)", "toy.write", DropReason.UNOBSERVABLE),
        (
            "x = toy.load(toy.stamp())",
            "x = toy.read(toy.stamp())",
            "toy.load",
            DropReason.NONDETERMINISTIC,
        ),
        (
            "x = toy.load(7)\ny = toy.stamp()",
            "x = toy.read(7)\ny = 1",
            "toy.load",
            DropReason.NONDETERMINISTIC,
        ),
        (
            "y = toy.mean([7, 8])\nx = toy.load(y)",
            "y = toy.average([7, 8])\nx = toy.read(y)",
            "toy.mean",
            DropReason.NOT_AT_THE_CHANGE,
        ),
    ],
)
def test_dropped(toy: Verifier, old: str, new: str, api: str, reason: DropReason) -> None:
    found = toy.verify(candidate(old, new, api))
    assert isinstance(found, Dropped)
    assert found.reason is reason


def test_what_two_runs_agree_on_by_chance_is_seen_by_a_later_one(toy: Verifier) -> None:
    found = toy.verify(candidate("x = toy.load(7)", "x = [toy.seldom(6)] * 2"))
    assert isinstance(found, Dropped)
    assert found.reason is DropReason.NONDETERMINISTIC


@pytest.mark.parametrize(
    ("slow", "patience", "reason"),
    [
        ([9.0, 9.0], None, None),
        ([9.0, 9.0], 10.0, None),
        ([9.0, 9.0], 1.0, DropReason.TIMED_OUT),
        ([9.0, 0.1], 1.0, None),  # the first one read from the disk
        ([0.1, 9.0], 1.0, None),
    ],
)
@pytest.mark.parametrize("producer", [Producer.FORWARD, Producer.CONTROL])
@pytest.mark.parametrize("field", ["cpu_seconds", "wall_seconds"])
def test_what_takes_long_is_not_followed(
    tmp_path: Path,
    field: str,
    slow: list[float],
    patience: float | None,
    reason: DropReason | None,
    producer: Producer,
) -> None:
    pool = SlowPool(slow, field)
    prover = verifier(tmp_path, OLD, NEW, pool, patience=patience)
    old, new = ("x = toy.same(7)",) * 2 if producer is Producer.CONTROL else ("x = toy.load(7)", "x = toy.read(7)")  # fmt: skip
    found = prover.verify(candidate(old, new, producer=producer))
    assert (found.reason if isinstance(found, Dropped) else None) is reason
    pool.close()


class SlowPool(PlainPool):
    """Whose first runs on the old version, one for each hash seed, are said to take so long."""

    def __init__(self, slow: list[float], field: str) -> None:
        super().__init__()
        self.slow, self.factor, self.field = slow, 1 if field == "cpu_seconds" else 10, field

    def run(self, environment: Environment, *args: Any, **kwargs: Any) -> JobResult:
        found = super().run(environment, *args, **kwargs)
        if not environment.root.endswith("1.0"):
            return found
        return replace(found, **{self.field: self.factor * self.slow[kwargs["hash_seed"]]})


@pytest.mark.parametrize(
    ("code", "reason", "detail"),
    [
        ("x = toy.load(toy.fetch(1))", DropReason.NEEDS_NETWORK, ""),
        ("y = toy.fetch(1)\nx = toy.load(y)", DropReason.NEEDS_NETWORK, "toy.fetch"),
        ("y = 'https://x.y'\ny = toy.fetch(1)\nx = toy.load(y)", DropReason.NEEDS_NETWORK, ""),
        ("raise OSError(2, 'no such file')\nx = toy.load(1)", DropReason.OLD_FAILS_ON_OLD, "FileNotFoundError: [Errno 2] no such file"),
    ],
)  # fmt: skip
def test_what_the_network_would_have(
    toy: Verifier, code: str, reason: DropReason, detail: str
) -> None:
    found = toy.verify(candidate(code, code.replace("load", "read")))
    assert isinstance(found, Dropped)
    assert (found.reason, found.detail) == (reason, detail)


def test_composed_program_must_migrate_every_change(toy: Verifier) -> None:
    old = "x = toy.scale(7)\ny = toy.mean([7, 8])"
    further = (FurtherChange(make_change("toy.mean")),)

    def prove(new: str) -> Proved | Dropped:
        return toy.verify(
            candidate(old, new, "toy.scale", further=further, producer=Producer.COMPOSED)
        )

    assert isinstance(prove("x = toy.times(7)\ny = toy.average([7, 8])"), Proved)
    for half in ("x = toy.times(7)\ny = toy.mean([7, 8])", "x = toy.scale(7)\ny = 7.5"):
        assert isinstance(prove(half), Dropped)
    one = toy.verify(
        candidate("x = toy.scale(7)", "x = toy.times(7)", "toy.scale", further=further)
    )
    assert isinstance(one, Dropped)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = toy.same(7)", None),
        ("x = toy.load(7)", DropReason.NEW_FAILS_ON_NEW),
        ("x = toy.scale(7)", DropReason.NEW_WARNS_ON_NEW),
        ("x = toy.mean([7, 8])", DropReason.RESULTS_DIFFER),
        ("x = toy.read(7)", DropReason.OLD_FAILS_ON_OLD),
        ("toy.same", DropReason.UNOBSERVABLE),
        ("x = toy.stamp()", DropReason.NONDETERMINISTIC),
        ("x = toy.seldom(7)", DropReason.NONDETERMINISTIC),  # the third run differs
        ("x = toy.told(7)", DropReason.NEW_WARNS_ON_NEW),
    ],
)
def test_control(toy: Verifier, code: str, reason: DropReason | None) -> None:
    found = toy.verify(candidate(code, code, producer=Producer.CONTROL))
    if reason is None:
        assert isinstance(found, Proved)
        assert found.proof.effect is Effect.NONE
    else:
        assert isinstance(found, Dropped)
        assert found.reason is reason


LITERAL = ("data = [7, 8, 9]\nx = toy.mean(data)", "data = [7, 8, 9]\nx = toy.average(data)")


@pytest.mark.parametrize(
    ("completion", "verdict"),
    [
        (LITERAL[1], "passed"),
        ("data = (7, 8, 9)\ndata = list(data)\nx = sum(data) / 3", "passed"),
        ("data = [7, 8, 9]\nx = 8.0", "failed"),
        ("data = [7, 8, 9]\nx = toy.mean(data)", "failed"),
        ("data = [4 + 3, 8, 9]\nx = 8.0", "failed"),
    ],
    ids=["target", "another way", "hard-coded", "copy", "computed input, hard-coded"],
)
def test_other_inputs(toy: Verifier, completion: str, verdict: str) -> None:
    proved = toy.verify(candidate(*LITERAL, "toy.mean"))
    assert isinstance(proved, Proved)
    assert len(proved.hidden) == 3
    pair = make_pair(old_api="toy.mean", checks=write_checks(proved))
    code = f"import toy\n{completion}\n"
    assert run_checks(pair, code, toy.new, toy.sandboxes).verdict.value == verdict


class Watched(PlainPool):
    """Notes which imports each run was told to have behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.leading: list[tuple[str, ...]] = []

    def run(self, *args: Any, leading: tuple[str, ...] = (), **others: Any) -> JobResult:
        self.leading.append(leading)
        return super().run(*args, **others)


def test_what_is_admitted_has_run_with_its_own_imports(tmp_path: Path) -> None:
    pool = Watched()
    found = verifier(tmp_path, OLD, NEW, pool).verify(
        candidate("x = toy.load(7)", "x = toy.read(7)"), with_hidden=False
    )
    pool.close()
    assert isinstance(found, Proved)
    assert pool.leading.count(()) == 2  # of what must succeed
    assert {*pool.leading} == {(), ("toy",)}


def test_another_parameter_of_a_fitted_estimator_is_no_drift() -> None:
    def fitted(result: int, **parameters: int) -> Observed:
        parts = [["fitted coef_", ["i", str(result)]]]
        parts += [[name, ["i", str(value)]] for name, value in parameters.items()]
        return Observed(JobStatus.DONE, names=(("model", ["o", "Model", parts]),))

    influence = Influence(frozenset({2}), frozenset({"model"}), frozenset({2}))
    base = fitted(7, folds=3)
    assert effect_between(base, fitted(7, folds=5), influence) is DropReason.NOTHING_CHANGED
    proof = effect_between(base, fitted(8, folds=5), influence)
    assert isinstance(proof, Proof)
    assert proof.effect is Effect.DRIFT


def test_what_agrees_on_the_shown_input_alone_is_no_migration(toy: Verifier) -> None:
    by_chance = candidate("n = 9\nx = toy.load(n)", "n = 9\nx = [n, n % 10]")
    dropped = toy.verify(by_chance)
    assert isinstance(dropped, Dropped), dropped
    assert dropped.reason is DropReason.RESULTS_DIFFER
    assert dropped.detail == "with 10 for 9: x differs: [10, 10] became [10, 0]"


def test_hidden_inputs_are_not_looked_for_where_not_wanted(toy: Verifier) -> None:
    proved = toy.verify(candidate(*LITERAL, "toy.mean"), with_hidden=False)
    assert isinstance(proved, Proved)
    assert proved.hidden == ()


@pytest.mark.parametrize(("why", "runs"), [("no row", 2), (None, 9)])
def test_what_is_refused_is_not_followed_further(
    tmp_path: Path, why: str | None, runs: int
) -> None:
    pool, seen = Watched(), []

    def refused(item: Candidate, proof: Proof) -> str | None:
        seen.append((item.new_code, proof.effect))
        return why

    made = candidate("x = toy.load(7)", "x = toy.read(7)")
    found = verifier(tmp_path, OLD, NEW, pool).verify(made, with_hidden=False, refused=refused)
    pool.close()
    assert seen == [(made.new_code, Effect.BREAK)]
    assert len(pool.leading) == runs
    if why is None:
        assert isinstance(found, Proved)
    else:
        assert found == Dropped(made, DropReason.UNEXPLAINED, why)


def test_a_warning_in_other_words_is_no_new_one(tmp_path: Path) -> None:
    warns = "import warnings\ndef f(x):\n    warnings.warn({!r}, DeprecationWarning, 2)\n    return x\ndef g(x): return x\n"
    pool = PlainPool()
    words = [warns.format(text) for text in ("f goes", "f is going, use g")]
    found = verifier(tmp_path, *words, pool).verify(
        candidate("x = toy.f(7)", "x = toy.g(7)", "toy.f")
    )
    pool.close()
    assert isinstance(found, Dropped)
    assert found.reason is DropReason.NOT_AT_THE_CHANGE


def test_an_error_about_another_change_proves_nothing(toy: Verifier) -> None:
    change: ApiChange = make_change("toy.same")
    old, new = "x = toy.same(toy.load(7)[0])", "x = toy.same(toy.read(7)[0])"
    found = toy.verify(candidate(old, new, change=change))
    assert isinstance(found, Dropped)
    assert found.reason is DropReason.NOT_AT_THE_CHANGE
