"""One end of the connection: asks, and answers while it waits for an answer."""

import sys
import types

from recode_crossing import changes, stand_ins
from recode_crossing.named import Unreadable, find_named, short
from recode_crossing.packets import TooLarge, Wire
from recode_crossing.reading import Reader
from recode_crossing.side_effects import Dice
from recode_crossing.writing import Writer, write_error

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


class Gone(BaseException):
    """The other process ended or broke the rules; no test catches it by accident."""

    def __init__(self, reason, detail):
        BaseException.__init__(self, detail)
        self.reason = reason
        self.detail = detail


class Peer:
    """One end of the connection: asks, and answers while it waits for an answer."""

    def __init__(self, sock, libraries, judges, seeded):
        self.wire = Wire(sock, remembers=not judges)
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
        writer = Writer(self.libraries, self.keep)
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
            self.wire.send(question, writer.blobs)
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
            message, blobs, content = self.wire.receive()
            if "ask" not in message:
                return message, blobs
            self.serve(message, blobs, content)

    def _take(self, reader, mutable, answer):
        self._hear_printed(answer)
        self._hear_dice(reader, answer)
        for number, content in answer.get("changed", ()):
            changes.update(mutable[number], reader.content(mutable[number], content))
        if "error" in answer:
            error = reader.read(answer["error"])
            if not isinstance(error, BaseException):
                raise Unreadable("no exception")
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
        return Reader(self.libraries, blobs, self.stand_in, arguments, trusting=not self.judges)

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
            return stand_ins.iterator_of(name, self._items_of(number))
        if "c" in can and len(can) == 1:
            return self.function(number, name)
        return stand_ins.stand_in_class(str(name), can)(self, number)

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

    def serve(self, message, blobs, content):
        """Answer one question of the other side."""
        reader = self.reader(blobs)
        self._hear_printed(message)
        self._hear_dice(reader, message)
        args = reader.items(message["args"])
        keywords = {str(name): reader.read(value) for name, value in message["keywords"]}
        watch = None if self.judges else changes.Watch(reader, content)
        try:
            value = self._do(message["ask"], message["of"], args, keywords)
            failure = None
        except Gone:
            raise
        except BaseException as error:
            value, failure = None, error
        known = {id(item): number for number, item in reader.mutable.items()}
        writer = Writer(self.libraries, self.keep, known if not self.judges else None)
        answer = self._answer_to(writer, value, failure)
        if watch is not None:
            answer["changed"] = [
                [number, writer.content(reader.mutable[number])] for number in watch.changed()
            ]
        if self.dice is not None:
            answer["dice"] = self.dice.news(writer)
        if self.printed is not None:
            answer["printed"] = self.printed.take()
        try:
            self.wire.send(answer, writer.blobs)
        except TooLarge as error:
            self.wire.send({"error": write_error(writer, error)})

    @staticmethod
    def _answer_to(writer, value, failure):
        if failure is None:
            try:
                return {"value": writer.write(value)}
            except Exception as error:
                failure = TypeError("%s cannot be handed over: %s" % (type(value), short(error)))
                writer.blobs.clear()
        return {"error": write_error(writer, failure)}

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
            return find_named(*target)
        return self.functions[target]
