"""The toolkit's side of the messages that `inside/frames.py` exchanges."""

from __future__ import annotations

import array
import json
import socket
import struct

from recode_data.records import JsonValue

HEAD_BYTES = 4


class ServerGoneError(Exception):
    """The server ended or refused; says nothing about the job's code."""


def pack(value: JsonValue) -> bytes:
    """One message as bytes: four bytes of length, then JSON."""
    raw = json.dumps(value).encode()
    return struct.pack(">I", len(raw)) + raw


def payload_length(head: bytes | bytearray) -> int:
    """Bytes that follow a message's first four."""
    length: int = struct.unpack(">I", head[:HEAD_BYTES])[0]
    return length


def send(sock: socket.socket, value: JsonValue, descriptor: int | None = None) -> None:
    """Send one message whole, with a descriptor on its first byte if there is one."""
    frame = pack(value)
    if descriptor is None:
        sock.sendall(frame)
        return
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
    sent = sock.sendmsg([frame], rights)
    sock.sendall(frame[sent:])


def receive(sock: socket.socket) -> dict[str, JsonValue]:
    """The next message of a server.

    Raises:
        ServerGoneError: the server ended, or what it sent is no message.
    """
    try:
        raw = _exactly(sock, payload_length(_exactly(sock, HEAD_BYTES)))
        message = json.loads(raw)
    except ValueError as error:
        raise ServerGoneError(f"the server sent no message: {error}") from error
    if not isinstance(message, dict):
        raise ServerGoneError("the server sent no message")
    return message


def _exactly(sock: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = sock.recv(count - len(parts))
        if not part:
            raise ServerGoneError("the sandbox server ended")
        parts += part
    return bytes(parts)
