"""One request to an endpoint: attempts, waits, and what a server's refusals mean."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.models.openai_protocol import (
    AnswerError,
    read_answer,
    request_body,
    retry_after_s,
    servers_words,
)
from recode_data.errors import EnvironmentLacksError, RecodeError, UsageError

LONGEST_WAIT_S = 120.0
"""A server that asks for more patience than this is asked again sooner."""
RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
LIMIT_ANSWER_BYTES = 64 * 1024 * 1024
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


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What `EndpointModel` was made with."""

    spec: EndpointSpec
    key: str | None
    concurrency: int
    timeout_s: float
    attempts: int
    backoff_s: float
    continue_prefill: bool

    def redacted(self, text: str) -> str:
        """The text without the key, which some servers repeat in what they refuse."""
        return text.replace(self.key, "***") if self.key else text


class _AttemptFailed(Exception):
    """One attempt failed; `again` where another may succeed, after what the server asks for."""

    def __init__(self, text: str, *, again: bool = False, after_s: float = 0.0) -> None:
        super().__init__(text)
        self.again = again
        self.after_s = after_s


class Asker:
    """Asks for single completions; threads share it."""

    def __init__(
        self,
        settings: EndpointSettings,
        client: httpx2.Client,
        sampling: Sampling,
        stopping: threading.Event,
    ) -> None:
        self._settings = settings
        self._client = client
        self._sampling = sampling
        self._stopping = stopping
        self._lock = threading.Lock()
        self._unreachable = 0
        self._renamed: dict[str, str | None] = {}
        """Fields that the server wants under another name, or not at all (None)."""
        self.answered = False
        """Whether any completion has come."""

    def complete(self, request: Request) -> Completion:
        """The completion, or a failed one after the last attempt.

        Raises:
            EnvironmentLacksError: no server answers there, or it refuses the key.
            EndpointError: it does not know the model, or the address.
            UsageError: the URL is none.
        """
        settings, error = self._settings, "not asked: the run is ending"
        for attempt in range(1, settings.attempts + 1):
            if self._stopping.is_set():
                break
            try:
                completion = self._attempt(request)
            except _AttemptFailed as failure:
                error = settings.redacted(str(failure))
                if not failure.again:
                    break
                if attempt < settings.attempts:
                    _LOG.info("%s: %s", settings.spec.url, error)
                    self._pause(request, attempt, failure.after_s)
            else:
                self.answered = True
                return completion
        return Completion(request.problem_id, request.sample, "", Finish.FAILED, error=error)

    def _pause(self, request: Request, attempt: int, after_s: float) -> None:
        """Wait before the next attempt: never less than the server asks for, within reason."""
        backoff_s = self._settings.backoff_s * 2 ** (attempt - 1)
        # Refused together, requests must not come back together.
        spread = 1 + 0.25 * request.seed(self._sampling) / 2**31
        self._stopping.wait(min(max(backoff_s, after_s) * spread, LONGEST_WAIT_S))

    def _attempt(self, request: Request) -> Completion:
        spec = self._settings.spec
        prefill = self._settings.continue_prefill or not spec.chat
        body = self._body(request)
        response, content = self._post(body)
        while response.status_code in (400, 422) and self._adapts(content, body):
            body = self._body(request)
            response, content = self._post(body)
        if response.status_code != 200:
            raise self._refusal(response, content)
        try:
            return read_answer(
                request, self._sampling, content, request.prompt.prefill if prefill else ""
            )
        except AnswerError as error:
            raise _AttemptFailed(str(error), again=True) from error

    def _body(self, request: Request) -> dict[str, object]:
        settings = self._settings
        body = request_body(
            request,
            self._sampling,
            model=settings.spec.model,
            chat=settings.spec.chat,
            prefill=settings.continue_prefill,
        )
        for field, wanted in tuple(self._renamed.items()):
            value = body.pop(field)
            if wanted:
                body[wanted] = value
        return body

    def _adapts(self, content: bytes, body: Mapping[str, object]) -> bool:
        """Whether the server named a field that can be sent another way, which is done from now."""
        words = servers_words(content)
        if "max_completion_tokens" in words and "max_tokens" in body:
            self._renamed["max_tokens"] = "max_completion_tokens"
            return True
        if "seed" in words and "seed" in body:
            with self._lock:
                is_news = "seed" not in self._renamed
                self._renamed["seed"] = None
            if is_news:
                _LOG.warning("%s takes no seed: samples will not repeat", self._settings.spec.url)
            return True
        return False

    def _post(self, body: Mapping[str, object]) -> tuple[httpx2.Response, bytes]:
        """Send, and read the answer within time and size limits for the whole of it."""
        url, timeout_s = self._settings.spec.url, self._settings.timeout_s
        deadline = time.monotonic() + timeout_s
        content = bytearray()
        try:
            with self._client.stream("POST", url, json=body) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > LIMIT_ANSWER_BYTES:
                        raise _AttemptFailed(f"an answer of more than {LIMIT_ANSWER_BYTES} bytes")
                    if time.monotonic() > deadline:
                        raise _AttemptFailed(f"no whole answer within {timeout_s:g} s", again=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            if not self.answered and self._refused_connections() >= UNREACHABLE_AFTER:
                raise EnvironmentLacksError(
                    self._settings.redacted(f"no server answers at {url}: {error}"),
                    "start the server, or correct the URL",
                ) from error
            raise _AttemptFailed(f"cannot connect: {error}", again=True) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise UsageError(f"{url}: not a usable URL: {error}") from error
        except httpx2.TimeoutException as error:
            raise _AttemptFailed(f"no answer within {timeout_s:g} s", again=True) from error
        except (httpx2.RequestError, RuntimeError) as error:
            # RuntimeError: the client was closed, since the run is ending.
            words = str(error) or type(error).__name__
            raise _AttemptFailed(f"no whole answer: {words}", again=True) from error
        return response, bytes(content)

    def _refusal(self, response: httpx2.Response, content: bytes) -> Exception:
        """What to raise for a status other than 200."""
        url, status = self._settings.spec.url, response.status_code
        words = self._settings.redacted(f"status {status}: {servers_words(content)}")
        if status in (401, 403):
            what = "the key" if self._settings.key else "requests without a key"
            return EnvironmentLacksError(
                f"{url} refuses {what} ({words})",
                "set OPENAI_API_KEY to a key that this server accepts",
            )
        if status in (404, 405) or 300 <= status < 400:
            model = self._settings.spec.model
            return EndpointError(f"{url}: no model {model!r}, or no such address ({words})")
        retried = status in RETRIED_STATUS
        after_s = retry_after_s(response.headers.get("Retry-After", "")) if retried else 0.0
        return _AttemptFailed(words, again=retried, after_s=after_s)

    def _refused_connections(self) -> int:
        with self._lock:
            self._unreachable += 1
            return self._unreachable
