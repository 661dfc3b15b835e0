from __future__ import annotations

import email.utils
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recode_bench.models import asking
from recode_bench.models.asking import EndpointError
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.models.endpoint import EndpointModel, EndpointSpec, parse_endpoint
from recode_bench.models.openai_protocol import retry_after_s
from recode_bench.prompts import Message, Prompt
from recode_data.errors import EnvironmentLacksError, UsageError

KEY = "sk-secret-of-the-test"
PROMPT = Prompt((Message("system", "Be brief."), Message("user", "Mend it.")), "```python\n")


@dataclass
class Answer:
    """What the server sends: a body as JSON, or bytes as they are; None hangs up."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0


def said(text: str | None, **choice: object) -> Answer:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    body = {"choices": [{"message": message, "finish_reason": "stop", **choice}], "usage": usage}
    return Answer(body)


def refused(status: int, words: str = "no", **headers: str) -> Answer:
    return Answer({"error": {"message": words}}, status, headers)


@dataclass
class Served:
    """What a server was sent, in order of arrival."""

    url: str
    bodies: list[dict[str, object]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    most_at_once: int = 0


Respond = Callable[[int, dict[str, object]], Answer]


@contextmanager
def serving(respond: Respond) -> Iterator[Served]:
    """A server on loopback; `respond` gets a request's number, from 0, and its body."""
    lock, open_now = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                number = len(served.bodies)
                served.bodies.append(body | {"path": self.path})
                served.headers.append(dict(self.headers))
                served.moments.append(time.monotonic())
                open_now[0] += 1
                served.most_at_once = max(served.most_at_once, open_now[0])
            answer = respond(number, body)
            released.wait(answer.wait_s)
            with lock:
                open_now[0] -= 1
            if answer.body is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = answer.body
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None  # type: ignore[method-assign]  # clients hang up
    released = threading.Event()
    served = Served(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def requests(count: int = 1, prompt: Prompt = PROMPT) -> list[Request]:
    return [Request("p", sample, prompt) for sample in range(count)]


def model(served: Served, path: str = "", **settings: object) -> EndpointModel:
    options = {"backoff_s": 0.01, "timeout_s": 5.0, **settings}
    return EndpointModel(parse_endpoint(f"m@{served.url}{path}"), **options)  # type: ignore[arg-type]  # a table's


def complete(
    answers: Sequence[Answer] | Respond,
    *,
    count: int = 1,
    sampling: Sampling | None = None,
    path: str = "",
    **settings: object,
) -> tuple[list[Completion], Served]:
    """Completions of a server that gives these answers in turn, the last one for ever."""
    if callable(answers):
        respond = answers
    else:
        given = list(answers)

        def respond(number: int, body: dict[str, object]) -> Answer:
            return given[min(number, len(given) - 1)]

    with serving(respond) as served:
        asked = model(served, path, **settings)
        found = list(asked.complete(requests(count), sampling or Sampling()))
    return found, served


# --- the spec -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("m@http://h:1", EndpointSpec("m", "http://h:1/v1/chat/completions", True)),
        ("m@http://h:1/", EndpointSpec("m", "http://h:1/v1/chat/completions", True)),
        ("m@https://h/api", EndpointSpec("m", "https://h/api/chat/completions", True)),
        ("m@https://h/v1/completions", EndpointSpec("m", "https://h/v1/completions", False)),
        (
            "m@https://h/v1/chat/completions/",
            EndpointSpec("m", "https://h/v1/chat/completions", True),
        ),
        ("org/m@v2@http://h/v1", EndpointSpec("org/m@v2", "http://h/v1/chat/completions", True)),
        ("m@http://u@h/v1", EndpointSpec("m", "http://u@h/v1/chat/completions", True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_spec_names_the_model_and_where_it_is_served(spec: str, expected: EndpointSpec) -> None:
    assert parse_endpoint(spec) == expected


@pytest.mark.parametrize(
    "spec", ["", "m", "m@h:1", "@http://h", "m@http://", "m@ftp://h", "http://h"]
)
def test_spec_without_model_or_url_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="MODEL@URL"):
        parse_endpoint(spec)


# --- what is sent ---------------------------------------------------------------------------------

CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Mend it."},
]


def test_chat_request() -> None:
    sampling = Sampling(temperature=0.7, top_p=0.9, max_tokens=11, stop=("\n\n",))
    found, served = complete([said("x = 1")], sampling=sampling, key=KEY)
    seed = requests()[0].seed(sampling)
    assert served.bodies == [
        {
            "path": "/v1/chat/completions",
            "model": "m",
            "messages": CHAT,
            "temperature": 0.7,
            "top_p": 0.9,
            "max_tokens": 11,
            "seed": seed,
            "stop": ["\n\n"],
        }
    ]
    assert served.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert found == [Completion("p", 0, "x = 1", Finish.STOP, "", 7, 3)]


def test_completion_request_is_one_text_and_its_prefill_belongs_to_the_answer() -> None:
    answer = Answer({"choices": [{"text": "x = 1", "finish_reason": "length"}]})
    found, served = complete([answer], path="/v1/completions")
    assert served.bodies[0]["path"] == "/v1/completions"
    assert served.bodies[0]["prompt"] == "Be brief.\n\nMend it.\n\n```python\n"
    assert "messages" not in served.bodies[0]
    assert "Authorization" not in served.headers[0]
    assert found == [Completion("p", 0, "```python\nx = 1", Finish.LENGTH)]


def test_prefill_of_a_chat_is_sent_only_on_demand() -> None:
    found, served = complete([said("x")], continue_prefill=True)
    assert served.bodies[0]["messages"] == [*CHAT, {"role": "assistant", "content": "```python\n"}]
    assert served.bodies[0]["continue_final_message"] is True
    assert served.bodies[0]["add_generation_prompt"] is False
    assert found[0].text == "```python\nx"


def test_samples_have_seeds_of_their_own_that_repeat() -> None:
    seeds = [{body["seed"] for body in complete([said("x")], count=4)[1].bodies} for _ in range(2)]
    assert len(seeds[0]) == 4
    assert seeds[0] == seeds[1]


# --- what comes back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (said("a STOP b"), "a "),
        (said(None), ""),
        (said(""), ""),
        (said("x", logprobs=None), "x"),
        (Answer({"choices": [{"message": {"content": [{"type": "text", "text": "x"}]}}]}), "x"),
    ],
    ids=["cut at stop", "reasoning only", "empty", "further fields", "parts"],
)
def test_answers_that_are_completions(answer: Answer, text: str) -> None:
    found, _ = complete([answer], sampling=Sampling(stop=("STOP",)))
    assert (found[0].text, found[0].finish) == (text, Finish.STOP)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"<html>proxy</html>"), "<html>proxy</html>"),
        (Answer(b""), "(nothing)"),
        (Answer({}), "no choice in"),
        (Answer({"choices": []}), "no choice in"),
        (Answer({"choices": [{"message": {"content": 5}}]}), "no choice in"),
        (Answer([]), "no choice in"),
        (Answer(b"[" * 100_000), "not JSON"),
        (Answer(None), "no whole answer"),
        (refused(500, "broken"), "status 500: broken"),
        (refused(400, "too long a prompt"), "status 400: too long a prompt"),
    ],
    ids=[
        "html",
        "nothing",
        "object",
        "no choice",
        "number",
        "list",
        "deep",
        "hangs up",
        "500",
        "400",
    ],
)
def test_anything_else_is_a_failed_completion(answer: Answer, words: str) -> None:
    found, _ = complete([answer], attempts=2)
    assert (found[0].finish, found[0].text) == (Finish.FAILED, "")
    assert words in found[0].error


# --- attempts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [429, 500, 502, 503, 504, 529], ids=str)
def test_passing_trouble_is_asked_again(first: int) -> None:
    found, served = complete([refused(first), said("x")])
    assert (found[0].text, len(served.bodies)) == ("x", 2)


@pytest.mark.parametrize("first", [Answer(None), Answer(b"<html>")], ids=["hangs up", "html"])
def test_no_whole_answer_is_asked_again(first: Answer) -> None:
    found, served = complete([first, said("x")])
    assert (found[0].text, len(served.bodies)) == ("x", 2)


@pytest.mark.parametrize("status", [400, 413, 422, 501], ids=str)
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    found, served = complete([refused(status)])
    assert (found[0].finish, len(served.bodies)) == (Finish.FAILED, 1)


def test_attempts_end() -> None:
    found, served = complete([refused(503, "busy")], attempts=3)
    assert (found[0].error, len(served.bodies)) == ("status 503: busy", 3)


def test_waits_double() -> None:
    _, served = complete([refused(503)], attempts=3, backoff_s=0.1)
    first, second, third = served.moments
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_server_may_ask_for_a_longer_wait() -> None:
    _, served = complete([refused(429, Retry_After="0.4"), said("x")], backoff_s=0.01)
    assert served.moments[1] - served.moments[0] >= 0.4


def test_server_may_not_ask_for_an_endless_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LONGEST_WAIT_S", 0.05)
    found, served = complete([refused(429, Retry_After="86400"), said("x")])
    assert found[0].text == "x"
    assert served.moments[1] - served.moments[0] < 5


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("2", 2, 2),
        ("1.5", 1.5, 1.5),
        (email.utils.formatdate(time.time() + 3000, usegmt=True), 2000, 3000),
        ("Thu, 01 Jan 1970 00:00:00", 0, 0),
        ("-3", 0, 0),
        ("nan", 0, 0),
        ("inf", 0, 0),
        ("soon", 0, 0),
        ("", 0, 0),
    ],
    ids=["seconds", "part", "date", "past", "negative", "nan", "inf", "word", "nothing"],
)
def test_retry_after(header: str, least: float, most: float) -> None:
    assert least <= retry_after_s(header) <= most


def test_slow_answer_is_a_failure_after_the_timeout() -> None:
    began = time.monotonic()
    found, _ = complete([Answer({}, wait_s=30)], timeout_s=0.2, attempts=1)
    assert "within 0.2 s" in found[0].error
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("words", "field", "instead"),
    [
        (
            "Unsupported parameter: use 'max_completion_tokens'",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("Extra inputs are not permitted: seed", "seed", None),
    ],
    ids=["max_tokens", "seed"],
)
def test_refused_field_is_sent_another_way_from_then_on(
    words: str, field: str, instead: str | None
) -> None:
    def respond(number: int, body: dict[str, object]) -> Answer:
        return refused(400, words) if field in body else said("x")

    found, served = complete(respond, count=3, concurrency=1, attempts=1)
    assert [each.text for each in found] == ["x"] * 3
    assert [field in body for body in served.bodies] == [True, False, False, False]
    if instead:
        assert served.bodies[1][instead] == served.bodies[0][field]


# --- several at a time ----------------------------------------------------------------------------


def test_every_request_gets_one_completion_whatever_the_concurrency() -> None:
    """Each third request is refused twice. By the number of the request that arrives, one of them could
    be refused until its attempts are used up, and now and then one was."""
    asked = requests(40)
    refusals = {each.seed(Sampling()): 2 for each in asked[::3]}

    def respond(number: int, body: dict[str, object]) -> Answer:
        seed = int(str(body["seed"]))
        left = refusals.get(seed, 0)
        refusals[seed] = left - 1
        answer = refused(503) if left > 0 else said(str(seed))
        answer.wait_s = 0.02
        return answer

    found, served = complete(respond, count=40, concurrency=4)
    assert len(served.bodies) == 40 + 2 * len(asked[::3])
    assert sorted(each.sample for each in found) == list(range(40))
    assert all(each.text == str(asked[each.sample].seed(Sampling())) for each in found)
    assert 2 <= served.most_at_once <= 4


def test_completions_come_as_they_arrive() -> None:
    slow = requests(3)[0].seed(Sampling())

    def respond(number: int, body: dict[str, object]) -> Answer:
        answer = said("x")
        answer.wait_s = 0.5 if body["seed"] == slow else 0
        return answer

    found, _ = complete(respond, count=3)
    assert [each.sample for each in found][-1] == 0


def test_consumer_that_stops_waits_for_no_slow_answer() -> None:
    def respond(number: int, body: dict[str, object]) -> Answer:
        answer = said("x")
        answer.wait_s = 0 if number == 0 else 20
        return answer

    with serving(respond) as served:
        completions = model(served, concurrency=2, timeout_s=30).complete(requests(9), Sampling())
        next(completions)
        began = time.monotonic()
        completions.close()  # type: ignore[attr-defined]  # a generator
        assert time.monotonic() - began < 5
        assert len(served.bodies) <= 4


def test_no_requests() -> None:
    assert complete([said("x")], count=0)[0] == []


# --- what ends a run ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refused(401, "bad key"), EnvironmentLacksError, "refuses the key .status 401: bad key"),
        (refused(403), EnvironmentLacksError, "refuses the key"),
        (refused(404, "no such model"), EndpointError, "'m'.*no such model"),
        (refused(405), EndpointError, "no such address"),
        (refused(307, Location="/other"), EndpointError, "no such address"),
    ],
    ids=["401", "403", "404", "405", "redirect"],
)
def test_what_every_request_would_meet_ends_the_run(
    answer: Answer, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        complete([answer], count=50, key=KEY)


def test_server_that_refuses_all_ends_the_run_but_not_one_that_has_answered() -> None:
    with pytest.raises(EndpointError, match=r"the first 16 requests failed.*too long"):
        complete([refused(400, "too long")], count=50)
    found, _ = complete([said("x"), refused(400)], count=50, concurrency=1)
    assert sum(each.finish is Finish.FAILED for each in found) == 49


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        spec = parse_endpoint(f"m@http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(EnvironmentLacksError, match="no server answers") as caught:
        list(EndpointModel(spec, backoff_s=0.01).complete(requests(), Sampling()))
    assert "start the server" in caught.value.remedy


# --- the key --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 404, 503], ids=str)
def test_key_is_never_shown(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = ""
    try:
        found, served = complete([refused(status, f"bad key {KEY}")], key=f" {KEY}\n", attempts=2)
        shown = found[0].error
    except (EndpointError, EnvironmentLacksError) as error:
        shown = str(error)
    else:
        assert served.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert "bad key ***" in shown
    assert KEY not in shown + caplog.text


@pytest.mark.parametrize("key", [f"{KEY}\nX: y", f"{KEY}é"], ids=["line", "accent"])
def test_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(EnvironmentLacksError) as caught:
        EndpointModel(parse_endpoint("m@http://h"), key=key)
    assert KEY not in str(caught.value) + caught.value.remedy


def test_samples_that_repeat_are_told(caplog: pytest.LogCaptureFixture) -> None:
    complete([said("x")], count=6, sampling=Sampling(temperature=1.0))
    assert "does not sample" in caplog.text
    caplog.clear()
    complete([said("x")], count=6, sampling=Sampling(temperature=0.0))
    assert "does not sample" not in caplog.text
