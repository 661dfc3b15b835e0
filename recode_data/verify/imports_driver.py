"""Sandbox driver: import modules and report what else that imported.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only.

Payload: {"modules": [dotted path, …]}. Message: [packages that this brought, and modules outside of
any, by name].
"""

import contextlib
import importlib
import sys
import warnings


def run(payload, channel):
    """Driver entry point."""
    sys.argv = ["imports"]
    channel.loaded()
    warnings.simplefilter("ignore")
    before = set(sys.modules)
    for name in payload["modules"]:
        _try_import(name)
    channel.send(sorted(name for name in set(sys.modules) - before if _is_package(name)))


def _try_import(name):
    """What is not there, or wants to end the process, adds nothing."""
    with contextlib.suppress(BaseException):
        importlib.import_module(name)


def _is_package(name):
    """Whether it is a package or a module outside of any, and can be imported by that name."""
    try:
        module = sys.modules[name]
        spec = module.__spec__
        if spec.name != name or not spec.origin:
            return False
        return "." not in name or hasattr(module, "__path__")
    except Exception:  # what stands for a module may raise anything when it is read
        return False
