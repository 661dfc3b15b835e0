"""Sandbox driver: tests in one process, the untrusted solution in another, and calls between them.

Runs inside an environment's interpreter (Python 3.7 and later), standard library only. What tests
compare are values that were read out of the answers of the other process (`crossing_values.py`),
so nothing that the solution does to its own process can change a verdict: not an exit, not a
patched builtin, not an `__eq__` that lies. And it never sees a test: only arguments of its calls.

Setup: the source of `crossing_values.py`. Payload:

- imports: executed first, on both sides;
- setup: texts to execute then, in the same namespace: the update;
- solution: the untrusted code, executed after them on its own side only;
- entries: names that the solution may define and that tests call;
- borrowed: import statements whose names a test may use where the solution has imported the same;
- seeded: whether tests may set the state of the random generators, which then crosses as well;
- cpu_seconds: limit of the job.

Secret, told after the solution was loaded: {"tests": [[source, name of the test]...]}. Messages:
{"setup": text} where the setup fails, {"load": {"reason", "detail"}} where the solution does not
load, else {"loaded": true} and then {"passed", "reason", "detail", "cpu"} for each test in order, `cpu`
being the seconds used so far, up to the first that does not pass: those after it belong into a process in which nothing has gone wrong.
"""

import io
import os
import random
import select
import signal
import socket
import struct
import sys
import time
import types

from recode_inside import kernel

LIMIT_JSON_BYTES = 512 << 20
LIMIT_BLOB_BYTES = 3 << 30
LIMIT_TEXT = 1 << 20
LIMIT_DETAIL = 500
HIGHEST_DESCRIPTOR = 4096
PARTS_BYTES = 1 << 20
FILE_FROM, FILE_UP_TO = 1 << 16, 48 << 20
HEAD = struct.Struct(">II")
NEVER_ASKED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    types.GeneratorType,
    types.CoroutineType,
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    type,
)
"""Objects of tests whose attributes would lead to the text of a test."""

_crossing = types.ModuleType("recode_crossing")
_dumps, _loads = None, None


def prepare(setup):
    """Once per server, before jobs are forked from it."""
    global _dumps, _loads
    import json

    _dumps, _loads = json.dumps, json.loads
    exec(compile(setup, "<crossing>", "exec"), _crossing.__dict__)


class Gone(BaseException):
    """The other process ended or broke the rules; no test catches it by accident."""

    def __init__(self, reason, detail):
        BaseException.__init__(self, detail)
        self.reason = reason
        self.detail = detail


class Dice:
    """The state of the global random generators, where it has changed since it was last told."""

    def __init__(self):
        numpy_random = getattr(sys.modules.get("numpy"), "random", None)
        self._get = getattr(numpy_random, "get_state", None)
        self._set = getattr(numpy_random, "set_state", None)
        self._roll, self._put = random.getstate, random.setstate
        self._told = self._state()

    def _state(self):
        plain, numpy = self._roll(), None
        if self._get is not None:
            try:
                name, key, place, has_gauss, gauss = self._get()
                numpy = name, key.tobytes(), place, has_gauss, gauss, key
            except Exception:  # NumPy reads it with functions that an update may have taken away
                self._get = None
        return plain, numpy

    @staticmethod
    def _same(old, new):
        return old is new or (old is not None and new is not None and old[:5] == new[:5])

    def news(self, writer):
        """What changed, written; None where nothing did."""
        plain, numpy = self._state()
        old_plain, old_numpy = self._told
        news = [None, None]
        if plain != old_plain:
            news[0] = writer.write(plain)
        if numpy is not None and not self._same(old_numpy, numpy):
            news[1] = writer.write((numpy[0], numpy[5], *numpy[2:5]))
        self._told = plain, numpy
        return news if news != [None, None] else None

    def hear(self, reader, news):
        """Take over what changed on the other side."""
        if news is None:
            return
        plain, numpy = (None if part is None else reader.read(part) for part in news)
        if plain is not None:
            self._put(plain)
        if numpy is not None and self._set is not None:
            self._set(numpy)
        self._told = self._state()


class Printed(io.StringIO):
    """Text printed by the solution, for tests that look at it."""

    def write(self, text):
        """Take the text, up to a limit."""
        if self.tell() < LIMIT_TEXT:
            return io.StringIO.write(self, text[:LIMIT_TEXT])
        return len(text)

    def take(self):
        """What was printed since the last time."""
        text = self.getvalue()
        if text:
            self.seek(0)
            self.truncate()
        return text


class Peer:
    """One end of the connection: asks, and answers while it waits for an answer."""

    def __init__(self, sock, libraries, judges, seeded):
        self.sock = sock
        self.libraries = libraries
        self.judges = judges
        """Whether this is the side of the tests."""
        self.gone = None
        self.printed = None
        self.functions = {}
        """Callables of the solution by name."""
        self.dice = Dice() if seeded else None
        self._kept = []
        self._numbers = {}

    # --- frames -----------------------------------------------------------------------------------

    def send(self, message, blobs=()):
        """Send one message whole; many bytes as a file in memory, which takes no turns to read."""
        raw = _dumps(message).encode("ascii")
        sizes = [len(blob) for blob in blobs]
        total = sum(sizes)
        head = HEAD.pack(len(raw), len(blobs)) + struct.pack(">%dQ" % len(blobs), *sizes)
        if not FILE_FROM <= total <= FILE_UP_TO or not hasattr(os, "memfd_create"):
            self.sock.sendall(head + raw)
            if total < PARTS_BYTES:
                self.sock.sendall(b"".join(blobs))
                return
            for blob in blobs:
                self.sock.sendall(blob)
            return
        with io.FileIO(os.memfd_create("values"), "wb") as file:
            file.write(b"".join(blobs) if len(blobs) > 1 else blobs[0])
            rights = struct.pack("i", file.fileno())
            sent = self.sock.sendmsg([head + raw], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        self.sock.sendall((head + raw)[sent:])

    def receive(self):
        """The next message and its blobs."""
        start, ancillary, _, _ = self.sock.recvmsg(HEAD.size, socket.CMSG_SPACE(4))
        if not start:
            raise EOFError("the other process has ended")
        descriptors = [struct.unpack("i", content[:4])[0] for _, _, content in ancillary]
        start += bytes(self._exactly(HEAD.size - len(start)))
        length, count = HEAD.unpack(start)
        if length > LIMIT_JSON_BYTES or count > 1 << 20:
            raise ValueError("a message of %d bytes and %d blobs" % (length, count))
        sizes = struct.unpack(">%dQ" % count, self._exactly(8 * count))
        if sum(sizes) > LIMIT_BLOB_BYTES:
            raise ValueError("%d bytes of arrays" % sum(sizes))
        message = _loads(self._exactly(length).decode("ascii"))
        if not descriptors:
            return message, [self._exactly(size) for size in sizes]
        with io.FileIO(descriptors[0], "rb") as file:
            file.seek(0)
            blobs = [bytearray(size) for size in sizes]
            for blob in blobs:
                if file.readinto(blob) != len(blob):
                    raise ValueError("a file shorter than it is said to be")
        return message, blobs

    def _exactly(self, count):
        content = bytearray(count)
        view = memoryview(content)
        done = 0
        while done < count:
            got = self.sock.recv_into(view[done:], min(count - done, PARTS_BYTES))
            if not got:
                raise EOFError("the other process has ended")
            done += got
        return content

    # --- asking -----------------------------------------------------------------------------------

    def ask(self, what, target, args=(), keywords=None):
        """What comes of it on the other side; raises what is raised there."""
        if self.gone is not None:
            raise self.gone
        try:
            return self._ask(what, target, args, keywords or {})
        except Gone as gone:
            self.gone = gone
            raise

    def _ask(self, what, target, args, keywords):
        writer = _crossing.Writer(self.libraries, self.keep)
        question = {
            "ask": what,
            "of": target,
            "args": writer.items(args),
            "keywords": [[name, writer.write(value)] for name, value in keywords.items()],
        }
        if self.dice is not None:
            question["dice"] = self.dice.news(writer)
        if self.printed is not None:
            question["printed"] = self.printed.take()
        try:
            self.send(question, writer.blobs)
            answer, blobs = self._answer()
        except (OSError, EOFError) as error:
            raise Gone("crash", str(error)) from None
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise self._unreadable(error) from None
        reader = self.reader(blobs, writer.mutable)
        try:
            value, raised = self._take(reader, writer.mutable, answer)
        except Exception as unreadable:
            raise self._unreadable(unreadable) from None
        if raised is not None:
            raise raised
        return value

    def _unreadable(self, error):
        return Gone("crash", "an answer that cannot be read: %s" % short(error))

    def _answer(self):
        """Wait for the answer, and answer what the other side wants to know for it."""
        while True:
            message, blobs = self.receive()
            if "ask" not in message:
                return message, blobs
            self.serve(message, blobs)

    def _take(self, reader, mutable, answer):
        self._hear_printed(answer)
        self._hear_dice(reader, answer)
        for number, content in answer.get("changed", ()):
            _crossing.update(mutable[number], reader.content(mutable[number], content))
        if "error" in answer:
            error = reader.read(answer["error"])
            if not isinstance(error, BaseException):
                raise _crossing.Unreadable("no exception")
            return None, error
        return reader.read(answer["value"]), None

    def _hear_printed(self, message):
        text = message.get("printed")
        if text and self.judges:
            try:
                sys.stdout.write(text)
            except (OSError, ValueError, AttributeError):
                pass

    def _hear_dice(self, reader, message):
        if self.dice is not None:
            self.dice.hear(reader, message.get("dice"))

    def reader(self, blobs, arguments=()):
        """For values of one message of the other side."""
        return _crossing.Reader(
            self.libraries, blobs, self.stand_in, arguments, trusting=not self.judges
        )

    # --- what stays and what stands for it --------------------------------------------------------

    def keep(self, value):
        """Number of an object that stays on this side."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._kept)
            self._kept.append(value)
        return number

    def stand_in(self, form, number, name, can):
        """What stands on this side for something on the other one."""
        if form == "iterator":
            return _crossing.iterator_of(name, self._items_of(number))
        if "c" in can and len(can) == 1:
            return self.function(number, name)
        return stand_in_class(str(name), can)(self, number)

    def function(self, target, name):
        """A function that calls the other side's."""

        def call(*args, **keywords):
            return self.ask("call", target, args, keywords)

        call.__name__ = call.__qualname__ = str(name)
        return call

    def _items_of(self, number):
        while True:
            item = self.ask("next", number)
            if not item:
                return
            yield item[0]

    # --- answering --------------------------------------------------------------------------------

    def serve(self, message, blobs):
        """Answer one question of the other side."""
        reader = self.reader(blobs)
        self._hear_printed(message)
        self._hear_dice(reader, message)
        args = reader.items(message["args"])
        keywords = {str(name): reader.read(value) for name, value in message["keywords"]}
        before = self._states(reader.mutable) if not self.judges else {}
        try:
            value = self._do(message["ask"], message["of"], args, keywords)
            failure = None
        except Gone:
            raise
        except BaseException as error:
            value, failure = None, error
        known = {id(item): number for number, item in reader.mutable.items()}
        writer = _crossing.Writer(self.libraries, self.keep, known if not self.judges else None)
        answer = self._answer_to(writer, value, failure)
        changed = []
        for number, state in before.items():
            item = reader.mutable[number]
            if self._state(item) != state:
                changed.append([number, writer.content(item)])
        answer["changed"] = changed
        if self.dice is not None:
            answer["dice"] = self.dice.news(writer)
        if self.printed is not None:
            answer["printed"] = self.printed.take()
        self.send(answer, writer.blobs)

    @staticmethod
    def _answer_to(writer, value, failure):
        if failure is None:
            try:
                return {"value": writer.write(value)}
            except Exception as error:
                failure = TypeError("%s cannot be handed over: %s" % (type(value), short(error)))
                writer.blobs.clear()
        return {"error": _crossing.write_error(writer, failure)}

    def _states(self, mutable):
        return {number: self._state(item) for number, item in mutable.items()}

    def _state(self, item):
        """What changes when the object does."""
        writer = _crossing.Writer(self.libraries, lambda value: id(value))
        content = writer.content(item)
        return content, [bytes(blob) for blob in writer.blobs]

    def _do(self, what, target, args, keywords):
        if what == "call":
            return self._callable(target)(*args, **keywords)
        thing = self._kept[target]
        if what == "next":
            try:
                return (next(thing),)
            except StopIteration:
                return ()
        if what == "iterate":
            return iter(thing)
        if what == "attribute":
            name = str(args[0])
            if self.judges and (name.startswith("_") or isinstance(thing, NEVER_ASKED)):
                raise AttributeError(name)
            return getattr(thing, name)
        if what == "text":
            return repr(thing) if args[0] else str(thing)
        return len(thing) if what == "length" else thing[args[0]]

    def _callable(self, target):
        if isinstance(target, int):
            return self._kept[target]
        if isinstance(target, list):  # a function by its public name
            if self.judges:
                raise TypeError("no function of the tests")
            return _crossing.find_named(*target)
        return self.functions[target]


def stand_in_class(name, can):
    """A class whose instances ask the other side; they compare by identity."""

    def init(self, peer, number):
        self.__dict__.update(_peer=peer, _number=number)

    def attribute(self, wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return self._peer.ask("attribute", self._number, (wanted,))

    def text(self):
        return str(self._peer.ask("text", self._number, (False,)))

    def represented(self):
        return str(self._peer.ask("text", self._number, (True,)))

    members = {
        "__init__": init,
        "__getattr__": attribute,
        "__str__": text,
        "__repr__": represented,
    }
    if "c" in can:
        members["__call__"] = lambda self, *args, **keywords: self._peer.ask(
            "call", self._number, args, keywords
        )
    if "l" in can:
        members["__len__"] = lambda self: self._peer.ask("length", self._number)
    if "g" in can:
        members["__getitem__"] = lambda self, key: self._peer.ask("item", self._number, (key,))
    if "i" in can:
        members["__iter__"] = lambda self: iter(self._peer.ask("iterate", self._number))
    return type(name, (), members)


def short(error):
    """An exception in a line."""
    try:
        return ("%s: %s" % (type(error).__name__, error))[:LIMIT_DETAIL]
    except BaseException:
        return type(error).__name__


# --- the side of the solution ---------------------------------------------------------------------


def _solve(sock, payload, scope, libraries):
    """Load the solution and answer calls until the judge hangs up."""
    peer = Peer(sock, libraries, judges=False, seeded=payload["seeded"])
    peer.printed = sys.stdout = Printed()
    sys.stderr = io.StringIO()
    failure = None
    try:
        exec(compile(payload["solution"], "<solution>", "exec", dont_inherit=True), scope)
    except BaseException as error:
        failure = error
    if failure is not None:
        unread = failure.__traceback__.tb_next is None  # compiling failed, not running
        reason = "syntax_error" if unread else _reason(failure, "error")
        peer.send({"load": {"reason": reason, "detail": short(failure)}})
        return
    peer.functions = {name: scope[name] for name in payload["entries"] if callable(scope.get(name))}
    borrowed = _borrowed(payload)
    same = [name for name in borrowed if scope.get(name) is borrowed[name]]
    peer.send({"functions": sorted(peer.functions), "same": same})
    while True:
        peer.serve(*peer.receive())


def _reason(error, otherwise):
    return "out_of_memory" if isinstance(error, MemoryError) else otherwise


def _start(payload, scope, libraries):
    """Fork the solution's process; returns its id and the judge's end of the connection."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        descriptor = theirs.fileno()
        os.closerange(3, descriptor)
        os.closerange(descriptor + 1, HIGHEST_DESCRIPTOR)
        _solve(theirs, payload, scope, libraries)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(7)


# --- the side of the tests ------------------------------------------------------------------------


def run(payload, channel):
    """Judge one solution; see the module docstring."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # or the solution could read this process's memory
    scope = {}
    try:
        exec(compile(payload["imports"], "<imports>", "exec", dont_inherit=True), scope)
        libraries = _crossing.Libraries()
        for text in payload["setup"]:
            exec(compile(text, "<setup>", "exec", dont_inherit=True), scope)
    except Exception as error:
        channel.send({"setup": short(error)})
        return
    pid, sock = _start(payload, scope, libraries)
    peer = Peer(sock, libraries, judges=True, seeded=payload["seeded"])
    try:
        loaded = peer.receive()[0]
        failure = loaded.get("load")
    except (OSError, EOFError, ValueError, RecursionError, AttributeError) as error:
        reason, detail = _ending(pid, payload, short(error))
        failure = {"reason": reason, "detail": detail}
    tests = channel.loaded()["tests"]
    if failure is not None:
        reason, detail = str(failure.get("reason")), str(failure.get("detail"))
        channel.send({"load": {"reason": reason, "detail": detail[:LIMIT_DETAIL]}})
        return
    _add_names(scope, payload, loaded, peer)
    channel.send({"loaded": True})
    for source, name in tests:
        reason, detail = _judge(peer, pid, payload, dict(scope), source, name)
        passed = reason == "ok"
        used = time.process_time() + _cpu_of(pid)
        channel.send({"passed": passed, "reason": reason, "detail": detail, "cpu": used})
        if not passed:
            break
    try:  # waited for, it counts in the CPU time of the job
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def _cpu_of(pid):
    """CPU seconds of another process, by the kernel's numbering of their clocks."""
    try:
        return time.clock_gettime(((~pid) << 3) | 2)
    except OSError:  # it has ended
        return 0.0


def _add_names(scope, payload, loaded, peer):
    """What a test may use of the solution: its functions, and imports that any solution needs."""
    for name, value in _borrowed(payload).items():
        if name not in scope and name in loaded["same"]:
            scope[name] = value
    for name in payload["entries"]:
        if name in loaded["functions"]:
            scope[name] = peer.function(name, name)


def _borrowed(payload):
    names = {}
    for text in payload["borrowed"]:
        try:
            exec(compile(text, "<borrowed>", "exec", dont_inherit=True), names)
        except Exception:  # noqa: S112 - a name that cannot be borrowed is not there
            continue
    names.pop("__builtins__", None)
    return names


def _judge(peer, pid, payload, scope, source, name):
    """The reason why a test does not pass, or `ok`."""
    try:
        exec(compile(source, "<test>", "exec", dont_inherit=True), scope)
        scope[name]()
        if peer.gone is None:
            return "ok", ""
    except Gone:
        pass
    except AssertionError as error:
        reason, detail = "wrong_result", short(error)
    except BaseException as error:
        reason, detail = _reason(error, "error"), short(error)
    if peer.gone is not None:
        if peer.gone.reason == "crash":
            return _ending(pid, payload, peer.gone.detail)
        return peer.gone.reason, peer.gone.detail
    return reason, detail


def _ending(pid, payload, detail):
    """How the process of the solution ended, if it did."""
    for _ in range(200):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            break
        select.select([], [], [], 0.005)
    else:
        return "crash", detail
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        used = os.times()
        used_up = used.children_user + used.children_system >= payload["cpu_seconds"]
        late = number == signal.SIGXCPU or (number == signal.SIGKILL and used_up)
        return "timeout" if late else "crash", "signal %d" % number
    return "crash", "ended with exit code %d" % os.WEXITSTATUS(status)
