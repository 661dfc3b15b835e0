"""What a snippet reads without having written it differs between the two runs of the verifier."""

from __future__ import annotations

import numpy as np
import pytest

import recode_data.verify.observe_driver as driver
from recode_data.sandbox import SandboxPool
from recode_data.verify import observe
from recode_data.verify.verifier import HASH_SEEDS, runs_differ
from tests.recode_data.sandbox.hostile import environment

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize(
    ("imports", "leading"),
    [((), ()), (("numpy",), ()), ((), ("numpy",))],
    ids=["imported by the job", "by the server", "by a branch of it"],
)
@pytest.mark.parametrize(
    ("code", "differs"),
    [
        pytest.param("x = np.empty(3)", True, id="small"),
        pytest.param("x = np.empty((300, 300))", True, id="large"),
        pytest.param("x = np.char.chararray((2,), 5)\nx[0] = b'a'", True, id="partly-set"),
        pytest.param("x = np.zeros(3)", False, id="zeros"),
        pytest.param("x = np.empty(3)\nx[:] = 1", False, id="set"),
        pytest.param("x = np.ones((300, 300)).sum()", False, id="computed"),
    ],
)
def test_unset_memory_does_not_pass_for_a_value(
    code: str, differs: bool, imports: tuple[str, ...], leading: tuple[str, ...]
) -> None:
    with SandboxPool(size=2) as sandboxes:
        _, first, _, second = (
            observe(
                f"import numpy as np\n{code}",
                environment(),
                sandboxes,
                imports=imports,
                hash_seed=seed,
                leading=leading,
            )
            for seed in HASH_SEEDS
            for _ in range(2)  # what two begin with is imported in a branch
        )
    assert (first.succeeded, second.succeeded) == (True, True)
    assert runs_differ(first, second) == differs


@pytest.mark.parametrize(("hash_seed", "left"), [("0", {7}), ("1", {0x5A})])
def test_spare_blocks_are_soiled_before_jobs_are_forked(
    monkeypatch: pytest.MonkeyPatch, hash_seed: str, left: set[int]
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
    monkeypatch.setattr(driver, "_is_soiled", [False])
    blocks = [np.full(37, 7, np.uint8) for _ in range(7)]
    del blocks  # NumPy keeps them
    driver.settle()
    assert {int(byte) for _ in range(3) for byte in np.empty(37, np.uint8)} == left
