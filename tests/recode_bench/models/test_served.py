"""The endpoint model against a real server of the OpenAI protocol, with a model made on the spot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_bench.models import ModelSettings, open_model
from recode_bench.models.completing import Finish, Request, Sampling
from recode_bench.prompts import Message, Prompt
from tests.tiny_model import make_tiny_model

pytestmark = pytest.mark.slow

START_S = 120
PROMPT = Prompt((Message("system", "Be brief."), Message("user", "Mend it.")))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Name of the model and URL of the server."""
    home = tmp_path_factory.mktemp("served")
    model = make_tiny_model(home / "model")
    port = free_port()
    (home / "hub").mkdir()
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(model)]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    log = (home / "log.txt").open("w")
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(START_S):
            if process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=5):
                    break
            except OSError:
                time.sleep(1)
        else:
            pytest.fail("the server does not answer:\n" + (home / "log.txt").read_text()[-2000:])
        assert process.poll() is None, (home / "log.txt").read_text()[-2000:]
        yield str(model), url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def test_a_real_server_is_asked_and_answers(served: tuple[str, str]) -> None:
    model, url = served
    asked = [Request(f"p{n}", sample, PROMPT) for n in range(2) for sample in range(3)]
    sampling = Sampling(temperature=1.0, max_tokens=8, seed=1)
    endpoint = open_model(f"endpoint:{model}@{url}", [], ModelSettings(concurrency=2))
    found = {(each.problem_id, each.sample): each for each in endpoint.complete(asked, sampling)}
    assert len(found) == 6
    assert {each.finish for each in found.values()} <= {Finish.STOP, Finish.LENGTH}
    assert all(0 < (each.completion_tokens or 0) <= 8 for each in found.values())
    assert all((each.prompt_tokens or 0) > 10 for each in found.values())
    assert len({each.text for each in found.values()}) > 1


def test_a_model_that_the_server_does_not_know_fails_with_its_words(
    served: tuple[str, str],
) -> None:
    _, url = served
    endpoint = open_model(f"endpoint:no/such-model@{url}", [])
    (found,) = endpoint.complete([Request("p", 0, PROMPT)], Sampling(max_tokens=4))
    assert found.finish is Finish.FAILED
    assert "400" in found.error
