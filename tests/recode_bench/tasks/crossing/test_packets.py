"""Messages between the two processes: what comes is what was sent, and can no longer change."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_bench.tasks.crossing import packets

Ends = tuple[packets.Wire, packets.Wire]
MIB = 1 << 20


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield packets.Wire(ours, remembers=False), packets.Wire(theirs, remembers=True)


def dense(size: int) -> bytes:
    return bytes(range(1, 252)) * (size // 251 + 1)


def address_of(memory: bytearray) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "blobs",
    [
        pytest.param([], id="none"),
        pytest.param([b"abc", b"", b"de"], id="in the packet"),
        pytest.param([dense(packets.PACKET_BYTES)], id="one file"),
        pytest.param([dense(200)[:200]] * 2000, id="many small ones"),
        pytest.param([b"a", dense(3 * MIB), b"b", bytes(5 * MIB), b"c"], id="zeros between"),
        pytest.param([bytes(120 * MIB), b"x"], id="zeros only"),
        pytest.param([bytes(packets.PIECE_BYTES - 5) + dense(MIB)], id="over the edge of a file"),
        pytest.param([dense(MIB), bytes(2 * packets.PIECE_BYTES), dense(MIB)], id="no middle"),
    ],
)
def test_what_comes_is_what_was_sent(ends: Ends, blobs: list[bytes]) -> None:
    ours, theirs = ends
    ours.send({"text": "x" * 10, "number": 1.5}, blobs)
    message, found, content = theirs.receive()
    assert message == {"text": "x" * 10, "number": 1.5}
    assert [bytes(blob) == sent for blob, sent in zip(found, blobs, strict=True)] == [True] * len(
        blobs
    )
    for number, blob in enumerate(found):
        memory = bytearray(blob) or bytearray(1)
        assert content.is_as_it_came(number, address_of(memory), len(blob))


def test_long_json_goes_as_a_file(ends: Ends) -> None:
    text = "y" * (2 * packets.PACKET_BYTES)
    ends[0].send({"text": text}, [b"abc"])
    message, blobs, _ = ends[1].receive()
    assert message == {"text": text}
    assert bytes(blobs[0]) == b"abc"


@pytest.mark.parametrize("size", [100, 3 * MIB])
def test_a_change_is_seen_against_what_came_and_is_the_receivers_own(ends: Ends, size: int) -> None:
    sent = bytearray(dense(size)[:size])
    ends[0].send({}, [memoryview(sent)])
    _, (blob,), content = ends[1].receive()
    blob[size // 2] = 0
    memory = bytearray(blob)
    assert not content.is_as_it_came(0, address_of(memory), size)
    assert sent[size // 2] != 0


def test_no_descriptor_is_left_open(ends: Ends) -> None:
    before = open_descriptors()
    for _ in range(3):
        ends[0].send({}, [dense(2 * packets.PIECE_BYTES)])
        ends[1].receive()
    assert open_descriptors() == before


@pytest.mark.parametrize(
    ("seals", "size", "total", "mask", "files"),
    [
        pytest.param(0, 4 * MIB, 4 * MIB, b"\x01", 1, id="not sealed"),
        pytest.param(2 | 4, 4 * MIB, 4 * MIB, b"\x01", 1, id="open to writing"),
        pytest.param(4 | 8, 4 * MIB, 4 * MIB, b"\x01", 1, id="open to shrinking"),
        pytest.param(14, MIB, 4 * MIB, b"\x01", 1, id="shorter than said"),
        pytest.param(14, 4 * MIB, 4 * MIB, b"\x01", 0, id="no file"),
        pytest.param(14, 4 * MIB, 4 * MIB, b"\x01", 2, id="a file too many"),
        pytest.param(14, 4 * MIB, 4 * MIB, b"\x01\x01", 2, id="a piece too many"),
        pytest.param(14, 4 * MIB, 1 << 40, b"\x01", 1, id="more than there may be"),
        pytest.param(14, 4 * MIB, 4 * MIB, b"\x01", 251, id="more files than are taken"),
    ],
)
def test_a_file_that_could_still_change_is_refused(
    ends: Ends, seals: int, size: int, total: int, mask: bytes, files: int
) -> None:
    number = os.memfd_create("forged", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.write(number, b"[{},[]]")
        os.ftruncate(number, size)
        if seals:
            fcntl.fcntl(number, packets.ADD_SEALS, seals)
        head = packets.HEAD.pack(7, total, len(mask)) + mask
        socket.send_fds(ends[0].sock, [head], [number] * files)
        before = open_descriptors()
        with pytest.raises(ValueError, match=r"file|packet|message"):
            ends[1].receive()
        assert open_descriptors() == before
    finally:
        os.close(number)


@pytest.mark.parametrize(
    "packet",
    [
        b"x",
        b"\xff" * 200,
        packets.HEAD.pack(2, 2, 0) + b"{}",
        packets.HEAD.pack(4, 4, 0) + b"[{}]",
        packets.HEAD.pack(2, 3, 0) + b"[]",
        packets.HEAD.pack(9, 9, 0) + b"[{},[-1]]",
        packets.HEAD.pack(10, 10, 0) + b"[{},[999]]",
        packets.HEAD.pack(10, 10, 0) + b"[{},[1.0]]",
        packets.HEAD.pack(7, 7, 0) + b"[{},7]\xff",
        bytes(2 * packets.PACKET_BYTES),
    ],
)
def test_what_is_no_message_is_refused(ends: Ends, packet: bytes) -> None:
    ends[0].sock.send(packet)
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own text
        ends[1].receive()


def test_the_end_of_the_other_process_is_told(ends: Ends) -> None:
    ends[0].sock.close()
    with pytest.raises(EOFError):
        ends[1].receive()


def test_a_message_waits_for_a_reader(ends: Ends) -> None:
    sender = threading.Thread(target=lambda: [ends[0].send({"n": n}) for n in range(5000)])
    sender.start()
    assert [ends[1].receive()[0]["n"] for _ in range(5000)] == list(range(5000))
    sender.join()
