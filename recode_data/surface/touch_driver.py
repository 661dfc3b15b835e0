"""Sandbox driver: access dotted paths and report what happens.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only.

Payload: {"paths": [dotted path, …]}. Messages: chunks [{"path", "ok", "error": [type, text] | null,
"w": [[category, text]], "at": prefix that failed or warned, "c": "module.qualname" | null}, …].
"""

import contextlib
import functools
import importlib
import inspect
import signal
import sys
import types
import warnings

SECONDS = 20
CHUNK = 200
LOOK_UPS = ("_findSoname_ldconfig", "_findLib_gcc", "_findLib_ld")
"""Of `ctypes.util`, on Linux; each starts a process."""
SAMPLES = ((), (0,), ((1,),), ("a",), ([1],))


class _TooSlow(BaseException):
    """Raised by the alarm into an access that hangs."""


def _alarm(signum, frame):
    raise _TooSlow("took longer than %d s" % SECONDS)


def run(payload, channel):
    """Driver entry point."""
    signal.signal(signal.SIGALRM, _alarm)
    sys.argv = ["touch"]
    channel.loaded()
    chunk = []
    toucher = _Toucher()
    for path in payload["paths"]:
        chunk.append(toucher.touch(path))
        if len(chunk) >= CHUNK:
            channel.send(chunk)
            chunk = []
    channel.send(chunk)


class _Toucher:
    """Remembers what the import of each module said the first time."""

    def __init__(self):
        self.imported = {}
        self.instances = {}

    def touch(self, path):
        parts = path.split(".")
        value, error, warned, at = None, None, [], parts[0]
        for index in range(len(parts)):
            at = ".".join(parts[: index + 1])
            value, error, said = self.step(value, parts[: index + 1])
            if said:
                warned.extend([item[0], item[1], at] for item in said)
            if error is not None:
                break
        entry = {"path": path, "ok": error is None, "error": error, "at": at}
        entry["w"] = warned[-6:]
        if error is None:
            module, name = _safe(value, "__module__"), _safe(value, "__qualname__")
            if isinstance(module, str) and isinstance(name, str):
                entry["c"] = "%s.%s" % (module, name)
            elif _is_module(value):
                entry["c"] = value.__name__
        return entry

    def step(self, owner, parts):
        """(value, error, warnings) of one more name."""
        if len(parts) == 1:
            return self.load(parts[0])
        path, name = ".".join(parts), parts[-1]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            signal.alarm(SECONDS)
            try:
                value = getattr(owner, name)
                self.on_instance(owner, name)
                return value, None, _about(caught)
            except KeyboardInterrupt:
                raise
            except BaseException as problem:
                error = [type(problem).__name__, str(problem)[:1500]]
            finally:
                signal.alarm(0)
        if _is_module(owner):
            value, missing, said = self.load(path)
            if missing is None:
                return value, None, said
            if missing[0] != "ModuleNotFoundError" or name not in missing[1]:
                return None, missing, said
        return None, error, _about(caught)

    def load(self, name):
        if name not in self.imported:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                signal.alarm(SECONDS)
                try:
                    value, error = importlib.import_module(name), None
                except KeyboardInterrupt:
                    raise
                except BaseException as problem:
                    _look_up_once()
                    value = None
                    error = [type(problem).__name__, str(problem)[:1500]]
                finally:
                    signal.alarm(0)
            self.imported[name] = (value, error, _about(caught))
        return self.imported[name]

    def on_instance(self, owner, name):
        """Read a compiled attribute on an instance: the class may still show what only raises.

        numpy 2.0 keeps `ndarray.itemset` in the type and raises AttributeError on every access.
        """
        if not isinstance(owner, type):
            return
        raw = None
        for cls in owner.__mro__:
            if name in vars(cls):
                raw = vars(cls)[name]
                break
        if not inspect.isgetsetdescriptor(raw):
            return
        if owner not in self.instances:
            self.instances[owner] = _instance(owner)
        made = self.instances[owner]
        if made is not None:
            try:
                getattr(made[0], name)
            except AttributeError as error:
                if name in str(error) and len(str(error)) > 60:
                    raise  # says more than "no attribute"


def _look_up_once():
    """Have each shared library looked up only once from now on: see `inspect_driver.py`."""
    util = sys.modules.get("ctypes.util")
    for name in LOOK_UPS:
        look_up = getattr(util, name, None)
        if inspect.isfunction(look_up):
            setattr(util, name, functools.lru_cache(None)(look_up))


def _instance(cls):
    for sample in SAMPLES:
        with contextlib.suppress(Exception):
            return (cls(*sample),)
    return None


def _is_module(value):
    return issubclass(type(value), types.ModuleType)  # lazy objects refuse `isinstance`


def _safe(value, name):
    try:
        return getattr(value, name, None)
    except BaseException:
        return None


def _about(caught):
    found = []
    for item in caught:
        if issubclass(item.category, (ImportWarning, ResourceWarning)):
            continue
        found.append([item.category.__name__, str(item.message)[:1500]])
    return found[:5]
