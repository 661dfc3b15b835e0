"""Messages between two processes: a packet each, and what is long as files in memory.

A message is JSON with blobs beside it. What does not go into one packet is written to files in
memory that are sealed, so that the receiver maps them instead of copying, and nothing that the
sender does later can change what has been read. Stretches of zeros are not sent.
"""

import ctypes
import fcntl
import json
import mmap
import os
import socket
import struct

PACKET_BYTES = 1 << 16
PIECE_BYTES = 48 << 20
"""Of one file: jobs may write none of more than 64 MiB."""
MOST_FILES = 250
LIMIT_BYTES = 3 << 30
LIMIT_JSON_BYTES = 512 << 20
HEAD = struct.Struct(">QQH")
"""Bytes of JSON, bytes of all, number of pieces; a packet without pieces holds all."""
ALIGNED = 64
SMALL_BYTES = 1 << 16
ZEROS = bytes(1 << 20)
ADD_SEALS, GET_SEALS = 1033, 1034
SEALED = 2 | 4 | 8  # against shrinking, growing and writing
MADV_HUGEPAGE = 14
CUT = int(socket.MSG_TRUNC) | int(socket.MSG_CTRUNC)  # as enumerations they take longer

_dumps, _loads = json.dumps, json.loads
_libc = ctypes.CDLL(None, use_errno=True)
_mmap = _libc.mmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t) + (ctypes.c_int,) * 3 + (ctypes.c_long,)
_memcmp = _libc.memcmp
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]


def _memory_file():
    if hasattr(os, "memfd_create"):
        return os.memfd_create("values", 1 | 2)  # closed on exec, may be sealed
    number = _libc.memfd_create(b"values", 1 | 2)  # before Python 3.8
    if number < 0:
        raise OSError(ctypes.get_errno(), "no files in memory")
    return number


class TooLarge(ValueError):
    """More than crosses at once; nothing has been sent."""


class Content:
    """The bytes of a message, and how they were when they came."""

    def __init__(self, memory, original, address):
        self.memory = memory
        self._original = original
        self._address = address
        self._places = []

    def blobs(self, start, sizes):
        """Parts of the memory, each of which may be written to."""
        view, found = memoryview(self.memory), []
        for size in sizes:
            start += -start % ALIGNED
            if type(size) is not int or not 0 <= size <= len(view) - start:
                raise ValueError("a blob of %r bytes" % (size,))
            found.append(view[start : start + size])
            self._places.append(start)
            start += size
        return found

    def is_as_it_came(self, blob, address, size):
        """Whether a blob's bytes are those that stand at the address now."""
        place = self._places[blob]
        if self._address is None:
            return ctypes.string_at(address, size) == self._original[place : place + size]
        return _memcmp(self._address + place, address, size) == 0


class Wire:
    """One end of a connection that keeps packets apart.

    Args:
        sock: of type SOCK_SEQPACKET.
        remembers: keep messages as they came, for `Content.is_as_it_came`.
    """

    def __init__(self, sock, remembers):
        self.sock = sock
        self.remembers = remembers

    def send(self, message, blobs=()):
        """Send one message whole; raises TooLarge."""
        raw = _dumps([message, [len(blob) for blob in blobs]]).encode("ascii")
        total = len(raw)
        for blob in blobs:
            total += -total % ALIGNED + len(blob)
        if total <= PACKET_BYTES:
            self.sock.send(b"".join([HEAD.pack(len(raw), total, 0), *_laid_out(raw, blobs)]))
            return
        if total > LIMIT_BYTES:
            raise TooLarge("%d bytes of values are too many to hand over" % total)
        files = _Files(total)
        try:
            files.write_all(raw, blobs)
            head = HEAD.pack(len(raw), total, len(files.mask)) + files.mask
            rights = struct.pack("%di" % len(files.numbers), *files.numbers)
            self.sock.sendmsg([head], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        finally:
            for number in files.numbers:
                os.close(number)

    def receive(self):
        """The next message, its blobs and the content that they are parts of.

        Raises:
            EOFError: the other process has ended.
            ValueError: this is no message.
        """
        data, ancillary, flags, _ = self.sock.recvmsg(
            HEAD.size + PACKET_BYTES, socket.CMSG_SPACE(4 * MOST_FILES)
        )
        numbers = [
            number
            for _, _, content in ancillary
            for (number,) in struct.iter_unpack("i", content[: len(content) & ~3])
        ]
        try:
            if not data:
                raise EOFError("the other process has ended")
            if flags & CUT or len(data) < HEAD.size:
                raise ValueError("a packet of the wrong size")
            return self._read(data, numbers)
        finally:
            for number in numbers:
                os.close(number)

    def _read(self, data, numbers):
        length, total, pieces = HEAD.unpack_from(data)
        if length > LIMIT_JSON_BYTES or not length <= total <= LIMIT_BYTES:
            raise ValueError("a message of %d bytes, %d of them JSON" % (total, length))
        if pieces:
            content = self._mapped(total, data[HEAD.size :], numbers)
        elif len(data) == HEAD.size + total:
            content = Content(bytearray(memoryview(data)[HEAD.size :]), data[HEAD.size :], None)
        else:
            raise ValueError("a packet of the wrong size")
        body = _loads(str(memoryview(content.memory)[:length], "ascii"))
        if not isinstance(body, list) or len(body) != 2 or not isinstance(body[1], list):
            raise ValueError("no message")
        return body[0], content.blobs(length, body[1]), content

    def _mapped(self, total, mask, numbers):
        if len(mask) != -(-total // PIECE_BYTES) or list(mask).count(1) != len(numbers):
            raise ValueError("the files of a message are not as it says")
        memory, _ = _map(total, mask, numbers)
        original, address = _map(total, mask, numbers) if self.remembers else (None, None)
        return Content(memory, original, address)


def _laid_out(raw, blobs):
    yield raw
    place = len(raw)
    for blob in blobs:
        gap = -place % ALIGNED
        yield ZEROS[:gap]
        yield blob
        place += gap + len(blob)


class _Files:
    """Writes content into sealed files in memory, none where there are only zeros."""

    def __init__(self, total):
        self.mask = bytearray(-(-total // PIECE_BYTES))
        self.numbers = []
        self._total = total
        self._place = 0

    def write_all(self, raw, blobs):
        """Write everything, small parts together, and seal it."""
        gathered = bytearray()
        for part in _laid_out(raw, blobs):
            if len(part) < SMALL_BYTES:
                gathered += part
                if len(gathered) < len(ZEROS):
                    continue
            self._write(memoryview(gathered))
            gathered = bytearray()
            if len(part) >= SMALL_BYTES:
                self._write(memoryview(part))
        self._write(memoryview(gathered))
        places = [place for place, there in enumerate(self.mask) if there]
        for place, number in zip(places, self.numbers):
            os.ftruncate(number, min(PIECE_BYTES, self._total - place * PIECE_BYTES))
            fcntl.fcntl(number, ADD_SEALS, SEALED)

    def _write(self, view):
        done = 0
        while done < len(view):
            piece, within = divmod(self._place, PIECE_BYTES)
            part = view[done : done + min(len(ZEROS), PIECE_BYTES - within)]
            if not _is_zero(part):
                if not self.mask[piece]:
                    self.mask[piece] = 1
                    self.numbers.append(_memory_file())
                _write_at(self.numbers[-1], part, within)
            self._place += len(part)
            done += len(part)


def _is_zero(part):
    size = len(part)
    if part[0] or part[-1] or part[size // 2]:
        return False
    return bytes(part) == (ZEROS if size == len(ZEROS) else ZEROS[:size])


def _write_at(number, part, place):
    while len(part):
        done = os.pwrite(number, part, place)
        part, place = part[done:], place + done


def _map(total, mask, numbers):
    """Memory with the content of the files, of which this process sees its own changes only."""
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    both = mmap.PROT_READ | mmap.PROT_WRITE
    memory = mmap.mmap(-1, total, flags=private, prot=both)
    if hasattr(memory, "madvise"):
        try:
            memory.madvise(MADV_HUGEPAGE)  # zeros are then one page of many
        except OSError:  # this kernel has none
            pass
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    places = [place for place, there in enumerate(mask) if there]
    for place, number in zip(places, numbers):
        start = place * PIECE_BYTES
        size = min(PIECE_BYTES, total - start)
        if fcntl.fcntl(number, GET_SEALS) & SEALED != SEALED or os.fstat(number).st_size < size:
            raise ValueError("a file that could still change")
        flags = mmap.MAP_PRIVATE | 0x10  # at this very place
        if _mmap(address + start, size, both, flags, number, 0) != address + start:
            raise OSError(ctypes.get_errno(), "a file cannot be mapped")
    return memory, address
