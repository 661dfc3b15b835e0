"""Sandbox driver: the keywords that callables take, where that is certain.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only.

Payload: {"paths": [dotted path, …]}. Messages: chunks [[path, [name, …] | null], …]; null where the
callable takes any keyword, or hides what it takes: a wrapper hands on what its signature does not show.
"""

import importlib
import inspect
import signal
import sys
import warnings

SECONDS = 20
CHUNK = 200
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class _TooSlow(BaseException):
    """Raised by the alarm into an access that hangs."""


def _alarm(signum, frame):
    raise _TooSlow("took longer than %d s" % SECONDS)


def run(payload, channel):
    """Driver entry point."""
    signal.signal(signal.SIGALRM, _alarm)
    sys.argv = ["keywords"]
    warnings.simplefilter("ignore")
    channel.loaded()
    paths = payload["paths"]
    for start in range(0, len(paths), CHUNK):
        channel.send([[path, keywords_of(path)] for path in paths[start : start + CHUNK]])


def keywords_of(path):
    """Names that may be given by keyword; None where that is not certain."""
    signal.alarm(SECONDS)
    try:
        target = _find(path)
        if _hides(target):
            return None
        parameters = inspect.signature(target, follow_wrapped=False).parameters.values()
        if any(item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters):
            return None
        return [item.name for item in parameters if item.kind in NAMED]
    except KeyboardInterrupt:
        raise
    except BaseException:  # an attribute of mined code may raise anything
        return None
    finally:
        signal.alarm(0)


def _find(path):
    parts = path.split(".")
    value = importlib.import_module(parts[0])
    for index in range(1, len(parts)):
        try:
            value = getattr(value, parts[index])
        except AttributeError:
            value = importlib.import_module(".".join(parts[: index + 1]))
    return value


def _hides(target):
    """Whether the signature shown may be another one than that which a call meets."""
    if getattr(target, "__signature__", None) is not None:
        return True
    if not isinstance(target, type):
        return False
    own_new = target.__new__ is not object.__new__
    own_init = target.__init__ is not object.__init__
    return (own_new and own_init) or type(target).__call__ is not type.__call__
