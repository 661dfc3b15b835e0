"""Models behind any server that speaks the OpenAI protocol: `endpoint:MODEL@URL`.

One request asks for one completion. The protocol's `n` would save prompt tokens, but servers ignore
it silently, and each sample has a seed of its own here. Whatever a server answers with becomes a
completion, a failed completion (which is not scored), or, where every request would fail the same
way, an error that ends the run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from queue import Empty, Queue

import httpx2

from recode_bench.models.asking import Asker, EndpointError, EndpointSettings, EndpointSpec
from recode_bench.models.completing import (
    Completion,
    Finish,
    Request,
    SampleWatch,
    Sampling,
)
from recode_data.errors import EnvironmentLacksError, UsageError

CONNECT_TIMEOUT_S = 20.0
ATTEMPTS = 6
BACKOFF_S = 1.0
"""Before the second attempt; doubles each time."""
GIVE_UP_AFTER = 16
"""So many failed requests, and none that succeeded before, end the run."""


def parse_endpoint(spec: str) -> EndpointSpec:
    """Read `MODEL@URL`.

    A URL without a path gets `/v1`, one that does not end in `/completions` gets
    `/chat/completions`; one that ends in `/completions` is for models without a chat.

    Raises:
        UsageError: not of this form.
    """
    for scheme in ("@http://", "@https://"):  # MODEL and URL may hold an @ of their own
        model, found, rest = spec.partition(scheme)
        if model and found and rest.strip("/"):
            break
    else:
        raise UsageError(f"endpoint {spec!r}: must be MODEL@URL with an http or https URL")
    host, _, path = rest.rstrip("/").partition("/")
    path = path or "v1"
    if not path.endswith("completions"):
        path += "/chat/completions"
    chat = path.endswith("chat/completions")
    return EndpointSpec(model, f"{scheme[1:]}{host}/{path}", chat)


class EndpointModel:
    """A `TextModel` over HTTP."""

    def __init__(
        self,
        spec: EndpointSpec,
        *,
        key: str | None = None,
        concurrency: int = 8,
        timeout_s: float = 600.0,
        attempts: int = ATTEMPTS,
        backoff_s: float = BACKOFF_S,
        continue_prefill: bool = False,
    ) -> None:
        """Nothing is sent before `complete`.

        Args:
            spec: model and URL.
            key: sent as a bearer token, without white space around it; never logged, and cut out
                of what servers echo.
            concurrency: requests at a time.
            timeout_s: for one attempt as a whole.
            attempts: per completion.
            backoff_s: seconds before the second attempt; doubles each time.
            continue_prefill: for chats, send the prompt's prefill as an assistant message to go on
                from, with the flags that vLLM and SGLang ask for. Other servers take it for
                a finished turn; by default it is left out and the model begins its own.

        Raises:
            EnvironmentLacksError: no HTTP header can carry the key.
        """
        self._settings = EndpointSettings(
            spec, _checked_key(key), concurrency, timeout_s, attempts, backoff_s, continue_prefill
        )

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, as they arrive.

        Raises:
            EnvironmentLacksError: no server answers there, or it refuses the key.
            EndpointError: it refuses every request.
            UsageError: the URL is none.
        """
        settings, watch, failures = self._settings, SampleWatch(sampling), 0
        stopping = threading.Event()
        with ExitStack() as stack:
            client = stack.enter_context(self._client())
            asker = Asker(settings, client, sampling, stopping)
            asked = _in_threads(asker.complete, requests, settings.concurrency, stopping)
            for completion in stack.enter_context(closing(asked)):
                failures += completion.finish is Finish.FAILED
                if failures >= GIVE_UP_AFTER and not asker.answered:
                    raise EndpointError(
                        f"{settings.spec.url}: the first {failures} requests failed, "
                        f"the last one with: {completion.error}"
                    )
                watch.see(completion)
                yield completion
        watch.warn()

    def _client(self) -> httpx2.Client:
        settings = self._settings
        return httpx2.Client(
            timeout=httpx2.Timeout(
                settings.timeout_s, connect=min(CONNECT_TIMEOUT_S, settings.timeout_s)
            ),
            limits=httpx2.Limits(max_connections=settings.concurrency),
            headers={"Authorization": f"Bearer {settings.key}"} if settings.key else {},
        )


def _checked_key(key: str | None) -> str | None:
    key = (key or "").strip()  # keys read from files end in a newline
    if not key.isascii() or not key.isprintable():
        raise EnvironmentLacksError(
            "the key holds characters that no HTTP header can carry",
            "set OPENAI_API_KEY to the key alone",
        )
    return key or None


def _in_threads(
    ask: Callable[[Request], Completion],
    requests: Sequence[Request],
    concurrency: int,
    stopping: threading.Event,
) -> Generator[Completion, None, None]:
    """What `ask` gives for each request, as it comes; an exception ends it.

    The threads are daemons and not a pool's, which waits for its threads: after Ctrl-C nobody
    wants to wait for a slow answer, and a blocked read cannot be woken from another thread.
    """
    waiting, lock = iter(requests), threading.Lock()
    # Bounded: what a slow consumer has not taken yet is lost when the run is killed.
    results: Queue[Completion | Exception] = Queue(concurrency)

    def work() -> None:
        while not stopping.is_set():
            with lock:
                request = next(waiting, None)
            if request is None:
                return
            try:
                result: Completion | Exception = ask(request)
            except Exception as error:  # noqa: BLE001 - raised where the completions are taken
                result = error
            results.put(result)

    try:
        for _ in range(min(concurrency, len(requests))):
            threading.Thread(target=work, name="endpoint", daemon=True).start()
        for _ in requests:
            result = results.get()
            if isinstance(result, Exception):
                raise result
            yield result
    finally:
        stopping.set()
        with suppress(Empty):  # so that no thread waits for room for its last result
            while True:
                results.get_nowait()
