"""One job as the toolkit sees it: bytes in, authenticated messages and a verdict on its end out."""

from __future__ import annotations

import json
import secrets
import select
import signal
import socket
import time

from recode_data.records import JsonValue
from recode_data.sandbox import framing
from recode_data.sandbox.limits import JobResult, JobStatus, Level, Limits

KILL_SECONDS = 20.0
"""A server that has not ended a job this long after it was told to is taken for dead."""
READ_BYTES = 1 << 18


class Exchange:
    """Feeds one job, collects what it says, enforces wall clock and output limit.

    Nothing that the job sends is believed unless it carries the token, which is told only after
    the untrusted code has been loaded.
    """

    def __init__(
        self,
        control: socket.socket,
        channel: socket.socket,
        payload: JsonValue,
        secret: JsonValue,
        limits: Limits,
    ) -> None:
        self._control, self._channel = control, channel
        self._limits = limits
        self._secret = secret
        self._token = secrets.token_hex(16)
        self._started = time.monotonic()
        self._outgoing = framing.pack(payload)
        self._incoming = bytearray()
        self._received = 0
        self._messages: list[JsonValue] = []
        self._loaded = self._finished = False
        self._failure: tuple[str, str] | None = None
        self._killed_for: JobStatus | None = None
        channel.setblocking(False)

    def drive(self, level: Level) -> JobResult:
        """See the job through to its end.

        Raises:
            ServerGoneError: the server ended or refused the job.
        """
        deadline = self._started + self._limits.wall_seconds
        open_ = True
        end: dict[str, JsonValue] | None = None
        while end is None:
            left = deadline - time.monotonic()
            if left <= 0:
                if self._killed_for is not None:
                    raise framing.ServerGoneError("the sandbox server does not end a job")
                deadline = self._kill(JobStatus.TIMEOUT)
                continue
            readers = [self._control, self._channel] if open_ else [self._control]
            writers = [self._channel] if open_ and self._outgoing else []
            ready, writable, _ = select.select(readers, writers, [], left)
            if writable:
                self._write()
            if self._channel in ready:
                open_ = self._read()
            if self._received > self._limits.output_bytes and self._killed_for is None:
                deadline = self._kill(JobStatus.OUTPUT_LIMIT)
            if self._control in ready:
                end = framing.receive(self._control)
        if "refused" in end:
            raise framing.ServerGoneError(f"no new process: {end['refused']}")
        while open_ and self._read():
            pass
        return self._result(end, level)

    def _kill(self, why: JobStatus) -> float:
        self._killed_for = why
        framing.send(self._control, {"kill": True})
        return time.monotonic() + KILL_SECONDS

    def _write(self) -> None:
        try:
            self._outgoing = self._outgoing[self._channel.send(self._outgoing) :]
        except BlockingIOError:
            pass
        except OSError:  # the job is gone; how, the server tells
            self._outgoing = b""

    def _read(self) -> bool:
        """Take what is there; False at the end of the stream, or when there is no more for now."""
        try:
            part = self._channel.recv(READ_BYTES)
        except OSError:
            return False
        if not part:
            return False
        self._received += len(part)
        if self._received > self._limits.output_bytes:
            return False
        self._incoming += part
        while len(self._incoming) >= framing.HEAD_BYTES:
            length = framing.payload_length(self._incoming)
            if length > self._limits.output_bytes:
                self._received += length
                return False
            end = framing.HEAD_BYTES + length
            if len(self._incoming) < end:
                break
            raw = bytes(self._incoming[framing.HEAD_BYTES : end])
            del self._incoming[:end]
            try:
                self._take(json.loads(raw))
            except (ValueError, RecursionError):  # bytes of the untrusted code
                continue
        return True

    def _take(self, frame: object) -> None:
        if not isinstance(frame, dict) or self._finished:
            return
        token = frame.get("token")
        if frame.get("loaded") is True and not self._loaded:
            self._loaded = True
            self._outgoing += framing.pack({"token": self._token, "secret": self._secret})
        elif "failure" in frame:
            self._failure = self._failure or (
                str(frame["failure"]),
                str(frame.get("detail")),
            )
        elif (
            self._loaded
            and isinstance(token, str)
            and secrets.compare_digest(token.encode("utf-8", "replace"), self._token.encode())
        ):
            if frame.get("end") is True:
                self._finished = True
            elif "message" in frame:
                self._messages.append(frame["message"])

    def _result(self, end: dict[str, JsonValue], level: Level) -> JobResult:
        cpu = float(str(end["cpu"]))
        status, detail = self._judge(end, cpu)
        wall = time.monotonic() - self._started
        return JobResult(status, tuple(self._messages), detail, cpu, wall, level)

    def _judge(self, end: dict[str, JsonValue], cpu: float) -> tuple[JobStatus, str]:
        number = end["signal"]
        if self._received > self._limits.output_bytes:
            return JobStatus.OUTPUT_LIMIT, f"more than {self._limits.output_bytes} bytes of results"
        if self._finished:
            return JobStatus.DONE, ""
        if self._killed_for is JobStatus.TIMEOUT:
            return JobStatus.TIMEOUT, f"wall clock: {self._limits.wall_seconds:g} s"
        out_of_cpu = number == signal.SIGKILL and cpu >= self._limits.cpu_seconds
        if end["over"] == "cpu" or number == signal.SIGXCPU or out_of_cpu:
            return JobStatus.TIMEOUT, f"cpu: {self._limits.cpu_seconds:g} s"
        if end["over"] == "memory" or (self._failure and self._failure[0] == "memory"):
            return JobStatus.OUT_OF_MEMORY, f"memory: {self._limits.memory_bytes} bytes"
        if self._failure is not None:
            kind, detail = self._failure
            if kind == "isolation" and not self._loaded:
                raise framing.ServerGoneError(f"a job could not be isolated: {detail}")
            return JobStatus.CRASH, detail
        if number is not None:
            return JobStatus.CRASH, f"signal {number} ({_signal_name(number)})"
        return JobStatus.CRASH, f"ended with exit code {end['code']} before it was done"


def _signal_name(number: JsonValue) -> str:
    try:
        return signal.Signals(int(str(number))).name
    except ValueError:
        return "unknown"
