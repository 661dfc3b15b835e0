"""Messages over stream sockets: four bytes of length, then JSON."""

import json
import os
import socket
import struct


def read_exactly(sock, count):
    """`count` bytes; EOFError where the other side is gone."""
    parts = []
    while count:
        part = sock.recv(min(count, 1 << 20))
        if not part:
            raise EOFError("the other side is gone")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read(sock):
    """The next message."""
    (length,) = struct.unpack(">I", read_exactly(sock, 4))
    return json.loads(read_exactly(sock, length).decode("utf-8", "surrogatepass"))


def write(sock, value):
    """Send one message whole."""
    raw = json.dumps(value).encode("utf-8", "surrogatepass")
    sock.sendall(struct.pack(">I", len(raw)) + raw)


def read_with_descriptor(sock):
    """The next message and the descriptor that came with its first byte, or None for it."""
    data, ancillary, _, _ = sock.recvmsg(4, socket.CMSG_SPACE(4))
    if not data:
        raise EOFError("the other side is gone")
    descriptor = None
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptor = struct.unpack("i", content[:4])[0]
            os.set_inheritable(descriptor, False)
    head = data + (read_exactly(sock, 4 - len(data)) if len(data) < 4 else b"")
    (length,) = struct.unpack(">I", head)
    return json.loads(read_exactly(sock, length).decode("utf-8", "surrogatepass")), descriptor
