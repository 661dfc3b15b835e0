"""Sandbox driver: run one snippet and report what it did, as values rather than text.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only, and
imports nothing of the toolkit. The parent compares what is reported here; expected values never
enter this process.

Setup: the sources of `canonical_values.py`, of the readers in `values/` and of `literals.py`, since
no file of the toolkit is to be seen from here. Payload: {"code": str, "variants": [[[old, new], ...], ...]}; a variant is
the code with literals replaced, run in a fork of its own once the code itself has succeeded: what
that imported needs no second import.
{"receivers": true} asks for what attributes are read from as well.
Message: {"error", "warnings", "events", "event_lines", "names", "hidden", "receivers"}:

- events: in time order, ["shown", value] for a top-level expression that is not None, and
  ["print", [values], text] for printed output;
- event_lines: for each event the first line of the top-level statement that caused it;
- names: {name: value} of everything the snippet bound at top level, imports and private names aside;
- error: null or {"type", "mro", "message", "line", "frames"}; `line` is the innermost snippet line;
- warnings: [{"category", "mro", "message", "line"}] in order, each once per line;
- receivers: {attribute: [[names of the classes of a value that it was read from], ...]};
- hidden: such a message for each variant, or {"died": signal or exit status}; empty where the code
  itself failed.
"""

import ast
import builtins
import io
import json
import linecache
import os
import sys
import traceback
import types
import warnings

FILENAME = "<snippet>"
PRINT_LIMIT_CHARS = 100000
EVENT_LIMIT = 400
NAME_LIMIT = 200
HARMLESS = "may indicate binary incompatibility"
"""What modules say of how they were compiled: once, whichever program imports them first."""
RECEIVER_LIMIT = 20
"""Kinds of values that one attribute is read from."""


class _OutputFull(BaseException):
    """Raised out of `print` when a snippet floods its output; no snippet catches it by accident."""


class _Recorder:
    """What one snippet did, in time order."""

    def __init__(self, canonical):
        self.canonical = canonical
        self.events = []
        self.event_lines = []
        self.statement_line = 0
        self.printed = 0
        self.warnings = []
        self.receivers = {}
        self._seen = set()

    def add(self, event):
        if len(self.events) >= EVENT_LIMIT:
            raise _OutputFull("more than %d values shown or printed" % EVENT_LIMIT)
        self.events.append(event)
        self.event_lines.append(self.statement_line)

    def text(self, text):
        self.printed += len(text)
        if self.printed > PRINT_LIMIT_CHARS:
            raise _OutputFull("more than %d characters printed" % PRINT_LIMIT_CHARS)
        return _canonical_values.portable(text)

    def read_from(self, value, name):
        """Note of which class a value is whose attribute is about to be read; the value."""
        # `isinstance` would ask for `__class__`, at which Django's settings and Flask's `current_app`
        # want to be set up
        kind = value if issubclass(type(value), type) else type(value)
        known = self.receivers.setdefault(name, [])
        is_new = kind is not types.ModuleType and not any(kind is other for other in known)
        if is_new and len(known) < RECEIVER_LIMIT:
            known.append(kind)
        return value

    def warn(self, message):
        category = message.category
        if HARMLESS in str(message.message):
            return
        entry = {
            "category": category.__name__,
            "mro": [base.__name__ for base in category.__mro__],
            "message": _canonical_values.portable(str(message.message))[:2000],
            "line": _snippet_line(sys._getframe(1)) or 0,
        }
        key = (entry["category"], entry["message"], entry["line"])
        if key not in self._seen and len(self._seen) < 100:
            self._seen.add(key)
            self.warnings.append(entry)


class _Stdout(io.TextIOBase):
    """Text written past `print` is one event per stretch of writing."""

    def __init__(self, recorder):
        self._recorder = recorder
        self.encoding_name = "utf-8"

    def writable(self):
        return True

    def write(self, text):
        recorder = self._recorder
        length = len(text)
        text = recorder.text(text)
        last = recorder.events[-1] if recorder.events else None
        if last is not None and last[0] == "print" and last[1] is None:
            last[2] += text
        else:
            recorder.add(["print", None, text])
        return length


def _snippet_line(frame):
    while frame is not None:
        if frame.f_code.co_filename == FILENAME:
            return frame.f_lineno
        frame = frame.f_back
    return None


def _recording_print(recorder, stdout):
    real_print = builtins.print

    def print(*values, **options):
        if options.get("file") not in (None, stdout):
            return real_print(*values, **options)
        if sys.stdout is not stdout:  # redirected by the snippet: not ours to see
            return real_print(*values, **options)
        buffer = io.StringIO()
        real_print(*values, **dict(options, file=buffer, flush=False))
        text = recorder.text(buffer.getvalue())
        recorder.add(["print", [recorder.canonical(value) for value in values], text])
        return None

    return print


def _watch_warnings(recorder):
    """Record every warning that is issued, also those that the snippet silences or collects.

    A migration that keeps the deprecated call and silences its warning is not a migration, so
    filters that would hide deprecations have no effect on what is recorded here.
    """
    hidden = {"ignore", "once", "default", "module"}
    real_simple, real_filter = warnings.simplefilter, warnings.filterwarnings

    def simplefilter(action, category=Warning, lineno=0, append=False):
        if action not in hidden:
            real_simple(action, category, lineno, append)

    def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
        if action not in hidden:
            real_filter(action, message, category, module, lineno, append)

    def tee(sink):
        def impl(message):
            recorder.warn(message)
            if sink is not None:
                sink(message)

        return impl

    real_enter = warnings.catch_warnings.__enter__

    def enter(self, *rest):
        log = real_enter(self, *rest)
        if log is not None and hasattr(warnings, "_showwarnmsg_impl"):
            warnings._showwarnmsg_impl = tee(warnings._showwarnmsg_impl)
        return log

    def resetwarnings():
        return None

    warnings.resetwarnings()
    real_simple("always")
    warnings._showwarnmsg_impl = tee(None)
    warnings.simplefilter = simplefilter
    warnings.filterwarnings = filterwarnings
    warnings.resetwarnings = resetwarnings
    warnings.catch_warnings.__enter__ = enter


class _Watch(ast.NodeTransformer):
    """`x.name` becomes `<read_from>(x, "name").name`, under a name that no snippet can write."""

    NAME = "<read_from>"

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            watch = ast.Name(self.NAME, ast.Load())
            call = ast.Call(watch, [node.value, ast.Constant(node.attr)], [])
            node.value = ast.copy_location(call, node.value)
            ast.fix_missing_locations(node)
        return node

    def visit_match_case(self, node):
        """Patterns take nothing but plain paths."""
        node.guard = self.visit(node.guard) if node.guard is not None else None
        node.body = [self.visit(statement) for statement in node.body]
        return node


def _statements(tree):
    """Compiled top-level statements in order: (first line, is_expression, code object)."""
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__import__("__future__"), alias.name, None)
                if feature is not None:
                    flags |= feature.compiler_flag
        if isinstance(node, ast.Expr):
            expression = ast.Expression(node.value)
            yield (
                node.lineno,
                True,
                compile(expression, FILENAME, "eval", flags=flags, dont_inherit=True),
            )
        else:
            module = ast.parse("")
            module.body = [node]
            yield (
                node.lineno,
                False,
                compile(module, FILENAME, "exec", flags=flags, dont_inherit=True),
            )


def _imported_names(tree):
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                names.add(alias.asname or alias.name.split(".")[0])
    return names


def _describe_error(error):
    frames = []
    line = None
    for frame, lineno in traceback.walk_tb(error.__traceback__):
        frames.append([frame.f_code.co_filename, lineno, frame.f_code.co_name])
        if frame.f_code.co_filename == FILENAME:
            line = lineno
    if isinstance(error, SyntaxError) and error.filename == FILENAME:
        line = error.lineno
    try:
        message = _canonical_values.portable(str(error))
    except Exception:
        message = "<unprintable>"
    kind = type(error)
    return {
        "type": kind.__name__,
        "mro": [base.__name__ for base in kind.__mro__],
        "message": message[:4000],
        "line": line,
        "frames": frames[-30:],
    }


_is_soiled = [False]
_canonical_values = types.ModuleType("recode_canonical")
_literals = types.ModuleType("recode_literals")


def prepare(setup):
    """Once per server, before jobs are forked from it."""
    exec(compile(setup["canonical"], "<canonical>", "exec"), _canonical_values.__dict__)
    for name, source in setup["readers"]:
        reader = types.ModuleType("recode_" + name)
        exec(compile(source, "<%s>" % name, "exec"), reader.__dict__)
        _canonical_values.READERS.append(reader.read)
    exec(compile(setup["literals"], "<literals>", "exec"), _literals.__dict__)


def settle():
    """Once a server or a branch of it has imported what it is to have: with that, its jobs need not.

    What fails here is for the jobs to meet.
    """
    try:
        _soil_spare_blocks()
    except Exception:
        _is_soiled[0] = False


def run(payload, channel):
    """Execute the snippet and its variants, then report; see the module docstring."""
    if not _is_soiled[0]:
        _soil_spare_blocks()
    variants = _Variants(payload["code"], payload.get("variants") or [])
    report = _observe(payload["code"], [], payload.get("receivers", False))
    report["hidden"] = variants.run() if report["error"] is None else []
    channel.loaded()
    channel.send(report)


def _soil_spare_blocks():
    """Under a hash seed other than 0, fill the small blocks that NumPy keeps for reuse, which the C
    library cannot soil.

    Its cache holds seven blocks of each size below 1,024 bytes; data of odd sizes is short. The byte
    is the one that `SOILED_MEMORY` gives, a number that no tolerance takes for zero in any type.
    """
    numpy = sys.modules.get("numpy")
    if os.environ.get("PYTHONHASHSEED", "0") == "0" or not hasattr(numpy, "empty"):
        return
    for size in list(range(1, 256)) + list(range(256, 1024, 4)):
        for block in [numpy.empty(size, numpy.uint8) for _ in range(7)]:
            block.fill(0x5A)
    _is_soiled[0] = True


class _Variants:
    """Runs of the code with other literals, in forks of this process as the code has left it.

    A process with threads cannot be forked safely, and some libraries start theirs on import: for
    these a fork from before the code ran is kept waiting.
    """

    def __init__(self, code, variants):
        self._code, self._variants = code, variants
        if not variants:
            return
        go_read, self._go = os.pipe()
        self._results, results_write = os.pipe()
        if os.fork() == 0:
            try:
                os.close(self._go)
                os.close(self._results)
                if os.read(go_read, 1):
                    raw = json.dumps(self._run_here()).encode("utf-8", "surrogatepass")
                    _write_all(results_write, raw)
            finally:
                os._exit(0)
        os.close(go_read)
        os.close(results_write)

    def run(self):
        """Reports of all variants, in order."""
        if not self._variants:
            return []
        if len(os.listdir("/proc/self/task")) == 1:  # noqa: PTH208 - Python 3.7, and no second import
            return self._run_here()
        os.write(self._go, b"1")
        return json.loads(_read_all(self._results).decode("utf-8", "surrogatepass"))

    def _run_here(self):
        return [_in_fork(self._code, variant) for variant in self._variants]


def _in_fork(code, substitutions):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reader)
            report = _observe(code, substitutions)
            _write_all(writer, json.dumps(report).encode("utf-8", "surrogatepass"))
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    raw = _read_all(reader)
    os.close(reader)
    status = os.waitpid(pid, 0)[1]
    return json.loads(raw.decode("utf-8", "surrogatepass")) if status == 0 else {"died": status}


def _write_all(descriptor, raw):
    while raw:
        raw = raw[os.write(descriptor, raw) :]


def _read_all(descriptor):
    parts = []
    while True:
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _observe(code, substitutions, receivers=False):
    """What the code does, its literals replaced."""
    recorder = _Recorder(_canonical_values.canonical)
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    linecache.cache[FILENAME] = (len(code), None, code.splitlines(True), FILENAME)
    real_stdout, real_stderr = sys.stdout, sys.stderr
    real_print = builtins.print
    stdout = _Stdout(recorder)
    sys.stdout, sys.stderr = stdout, io.StringIO()
    builtins.print = _recording_print(recorder, stdout)
    _watch_warnings(recorder)
    error = None
    imported = set()
    try:
        tree = ast.parse(code, FILENAME)
        if substitutions:
            tree = _literals.substituted(tree, substitutions)
        imported = _imported_names(tree)
        if receivers:
            tree = _Watch().visit(tree)
            setattr(builtins, _Watch.NAME, recorder.read_from)
        for recorder.statement_line, is_expression, compiled in _statements(tree):
            value = eval(compiled, module.__dict__)
            if is_expression and value is not None:
                recorder.add(["shown", recorder.canonical(value)])
    except MemoryError:
        raise
    except BaseException as caught:
        error = _describe_error(caught)
    finally:
        sys.stdout, sys.stderr = real_stdout, real_stderr
        builtins.print = real_print
    names = {}
    for name in sorted(str(key) for key in module.__dict__)[: NAME_LIMIT + 20]:
        if not name.startswith("_") and name not in imported and len(names) < NAME_LIMIT:
            names[name] = recorder.canonical(module.__dict__[name])
    return {
        "error": error,
        "warnings": recorder.warnings,
        "events": recorder.events,
        "event_lines": recorder.event_lines,
        "names": names,
        "receivers": {
            name: [[base.__name__ for base in kind.__mro__] for kind in kinds]
            for name, kinds in recorder.receivers.items()
        },
    }
