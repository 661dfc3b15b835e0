"""Models behind any server that speaks the OpenAI protocol: `endpoint:MODEL@URL`.

One request asks for one completion. The protocol's `n` would save prompt tokens, but servers ignore
it silently, and each sample has a seed of its own here. Whatever a server answers with becomes a
completion, a failed completion (which is not scored), or, where every request would fail the same
way, an error that ends the run.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import httpx2

from recode_bench.models.completing import (
    Completion,
    Finish,
    Request,
    SampleWatch,
    Sampling,
)
from recode_bench.models.openai_protocol import (
    AnswerError,
    read_answer,
    request_body,
    retry_after_s,
    servers_words,
)
from recode_data.errors import EnvironmentLacksError, RecodeError, UsageError

CONNECT_TIMEOUT_S = 20.0
ATTEMPTS = 6
BACKOFF_S = 1.0
"""Before the second attempt; doubles each time."""
LONGEST_WAIT_S = 120.0
"""A server that asks for more patience than this is asked again sooner."""
RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
LIMIT_ANSWER_BYTES = 64 * 1024 * 1024
GIVE_UP_AFTER = 16
"""So many failed requests in a row, and none that succeeded before, end the run."""
UNREACHABLE_AFTER = 3
"""So many connections that nobody took, and none that somebody took before, end the run."""

_LOG = logging.getLogger(__name__)


class EndpointError(RecodeError):
    """The server cannot be used as asked: every request would fail."""


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """A model's name and where it is served."""

    model: str
    url: str
    """Where to post to, in full."""
    chat: bool
    """Whether the server takes messages; else it takes a text to go on with."""


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


class _AttemptFailed(Exception):
    """One attempt failed; `again` where another may succeed, after what the server asks for."""

    def __init__(self, text: str, *, again: bool = False, after_s: float = 0.0) -> None:
        super().__init__(text)
        self.again = again
        self.after_s = after_s


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
            key: sent as a bearer token; never logged, and cut out of what servers echo.
            concurrency: requests at a time.
            timeout_s: for one attempt as a whole.
            attempts: per completion.
            backoff_s: wait before the second attempt; doubles each time.
            continue_prefill: for chats, send the prompt's prefill as an assistant message to go on
                from, with the flags that vLLM and SGLang ask for. Other servers take it for
                a finished turn; by default it is left out and the model begins its own.
        """
        self._spec = spec
        self._key = key
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._backoff_s = backoff_s
        self._continue_prefill = continue_prefill

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, as they arrive.

        Raises:
            EnvironmentLacksError: no server answers there, or it refuses the key.
            EndpointError: it refuses every request.
        """
        waiting, running = iter(requests), set[Future[Completion]]()
        watch, failures = SampleWatch(sampling), 0
        with (
            self._client() as client,
            ThreadPoolExecutor(self._concurrency, thread_name_prefix="endpoint") as pool,
        ):
            asking = _Asking(self, client, sampling)
            try:
                while True:
                    for request in islice(waiting, 2 * self._concurrency - len(running)):
                        running.add(pool.submit(asking.complete_one, request))
                    if not running:
                        break
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for completion in map(Future.result, done):
                        failures += completion.finish is Finish.FAILED
                        if failures >= GIVE_UP_AFTER and not asking.answered:
                            raise EndpointError(
                                f"{self._spec.url}: the first {failures} requests failed, "
                                f"the last one with: {completion.error}"
                            )
                        watch.see(completion)
                        yield completion
            except BaseException:
                # Ctrl-C, or a consumer that stops: wait for no slow answer.
                asking.stop()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        watch.warn()

    def _client(self) -> httpx2.Client:
        return httpx2.Client(
            timeout=httpx2.Timeout(
                self._timeout_s, connect=min(CONNECT_TIMEOUT_S, self._timeout_s)
            ),
            limits=httpx2.Limits(max_connections=self._concurrency),
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
        )


class _Asking:
    """One run of requests: what its threads share."""

    def __init__(self, model: EndpointModel, client: httpx2.Client, sampling: Sampling) -> None:
        self._model = model
        self._client = client
        self._sampling = sampling
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._unreachable = 0
        self.answered = False
        """Whether any completion has come."""
        self._renamed: dict[str, str | None] = {}
        """Fields that the server wants under another name, or not at all (None)."""
    def _complete_one(self, request: Request, sampling: Sampling) -> Completion:
        error = "not asked: the run is ending"
        for attempt in range(1, self._attempts + 1):
            if self._closing.is_set():
                break
            try:
                completion = self._attempt(request, sampling)
            except _AttemptFailed as failure:
                error = self._redacted(str(failure))
                if not failure.again:
                    break
                if attempt < self._attempts:
                    pause = max(self._backoff_s * 2 ** (attempt - 1), failure.after_s)
                    _LOG.info("%s: %s", self._spec.url, error)
                    self._closing.wait(min(pause, LONGEST_WAIT_S))
            else:
                self._answered = True
                return completion
        return Completion(request.problem_id, request.sample, "", Finish.FAILED, error=error)

    def _attempt(self, request: Request, sampling: Sampling) -> Completion:
        body = self._body(request, sampling)
        response, content = self._post(body)
        if response.status_code != 200:
            raise self._refusal(response, content, body)
        return _read_answer(request, sampling, content, self._given_prefill(request.prompt))

    def _given_prefill(self, prompt: Prompt) -> str:
        return prompt.prefill if self._continue_prefill or not self._spec.chat else ""

    def _body(self, request: Request, sampling: Sampling) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._spec.model,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            self._length_field: sampling.max_tokens,
        }
        if self._with_seed:
            body["seed"] = request.seed(sampling)
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if not self._spec.chat:
            return body | {"prompt": as_text(request.prompt)}
        messages = [
            {"role": message.role, "content": message.content}
            for message in request.prompt.messages
        ]
        if self._given_prefill(request.prompt):
            messages.append({"role": "assistant", "content": request.prompt.prefill})
            body |= {"continue_final_message": True, "add_generation_prompt": False}
        return body | {"messages": messages}

    def _post(self, body: Mapping[str, object]) -> tuple[httpx2.Response, bytes]:
        """Send, and read the answer within time and size limits for the whole of it."""
        deadline = time.monotonic() + self._timeout_s
        content = bytearray()
        try:
            with self._client.stream("POST", self._spec.url, json=body) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > LIMIT_ANSWER_BYTES:
                        raise _AttemptFailed(f"an answer of more than {LIMIT_ANSWER_BYTES} bytes")
                    if time.monotonic() > deadline:
                        raise _AttemptFailed(
                            f"no whole answer within {self._timeout_s:g} s", again=True
                        )
        except httpx2.ConnectError as error:
            if not self._answered and self._refused_connections() >= UNREACHABLE_AFTER:
                raise EnvironmentLacksError(
                    self._redacted(f"no server answers at {self._spec.url}: {error}"),
                    "start the server, or correct the URL",
                ) from error
            raise _AttemptFailed(f"cannot connect: {error}", again=True) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise UsageError(f"{self._spec.url}: not a usable URL: {error}") from error
        except (httpx2.RequestError, RuntimeError) as error:
            # RuntimeError: the client was closed under us.
            words = str(error) or type(error).__name__
            raise _AttemptFailed(f"no whole answer: {words}", again=True) from error
        return response, bytes(content)

    def _refusal(
        self, response: httpx2.Response, content: bytes, body: Mapping[str, object]
    ) -> Exception:
        """What to raise for a status other than 200."""
        status = response.status_code
        words = self._redacted(f"status {status}: {_servers_words(content)}")
        if status in (401, 403):
            return EnvironmentLacksError(
                f"{self._spec.url} refuses {'the key' if self._key else 'requests without a key'} "
                f"({words})",
                "set OPENAI_API_KEY to a key that this server accepts",
            )
        if status in (404, 405) or 300 <= status < 400:
            return EndpointError(
                f"{self._spec.url}: no model {self._spec.model!r}, or no such address ({words})"
            )
        if status in (400, 422) and self._adapts(words, body):
            return _AttemptFailed(words, again=True)
        retried = status in RETRIED_STATUS
        after_s = _retry_after_s(response.headers.get("Retry-After", "")) if retried else 0.0
        return _AttemptFailed(words, again=retried, after_s=after_s)

    def _adapts(self, words: str, body: Mapping[str, object]) -> bool:
        """Whether the server named a field that can be sent another way, which is done from now."""
        if "max_completion_tokens" in words and "max_tokens" in body:
            self._length_field = "max_completion_tokens"
            return True
        if "seed" in words and "seed" in body:
            if self._with_seed:
                _LOG.warning("%s takes no seed: samples will not repeat", self._spec.url)
            self._with_seed = False
            return True
        return False

    def _refused_connections(self) -> int:
        with self._lock:
            self._unreachable += 1
            return self._unreachable

    def _redacted(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text
