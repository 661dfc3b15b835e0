"""Claims on keys: who is told of them, and when they end."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

import pytest

from recode_data.locks import Claims

HOLDER = """
import sys, time
from pathlib import Path
from recode_data.locks import Claims
claims = Claims(Path(sys.argv[1]))
claims.claim("a")
print("claimed", flush=True)
time.sleep(60)
"""


@pytest.fixture
def ours(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "in-use")


@pytest.fixture
def theirs(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "in-use")


def is_free(claims: Claims, key: str) -> bool:
    with claims.alone_with(key) as alone:
        return alone


def test_a_claim_is_about_one_key(ours: Claims, theirs: Claims) -> None:
    theirs.claim("a")
    assert [is_free(ours, key) for key in ("a", "b")] == [False, True]


def test_several_claim_the_same_key(ours: Claims, theirs: Claims, tmp_path: Path) -> None:
    ours.claim("a")
    theirs.claim("a")
    third = Claims(tmp_path / "in-use")
    ours.close()
    assert not is_free(third, "a")
    theirs.close()
    assert is_free(third, "a")


def test_who_claims_a_key_is_not_alone_with_it(ours: Claims) -> None:
    ours.claim("a")
    assert not is_free(ours, "a")
    assert not is_free(ours, "a"), "the look has not ended the claim"


def test_what_is_kept_is_not_given_up(ours: Claims, theirs: Claims) -> None:
    for key in "abc":
        ours.claim(key)
    ours.give_up_all_but({"b", "never claimed"})
    assert [is_free(theirs, key) for key in "abc"] == [True, False, True]
    ours.claim("a")
    assert not is_free(theirs, "a")


def test_a_claim_waits_for_who_is_alone(ours: Claims, theirs: Claims) -> None:
    with ThreadPoolExecutor(1) as pool:
        with ours.alone_with("a") as alone:
            assert alone
            claiming = pool.submit(theirs.claim, "a")
            with pytest.raises(FutureTimeoutError):
                claiming.result(0.2)
        claiming.result(10)
    assert not is_free(ours, "a")


def test_the_claims_of_a_killed_process_end(ours: Claims, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "in-use")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        assert not is_free(ours, "a")
        holder.kill()
        holder.wait()
        assert is_free(ours, "a")


def test_a_program_that_inherits_them_goes_on_holding_them(ours: Claims, theirs: Claims) -> None:
    ours.claim("a")
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[ours.descriptor]) as heir:
        ours.close()
        assert not is_free(theirs, "a")
        heir.kill()
        heir.wait()
        assert is_free(theirs, "a")


def test_many_keys_take_one_descriptor(ours: Claims, theirs: Claims) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(3000):
        ours.claim(str(number))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not is_free(theirs, "2999")
