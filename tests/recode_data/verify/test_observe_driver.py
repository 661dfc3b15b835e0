"""The driver, called directly in a fresh interpreter through a plain stand-in for the channel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import recode_data.verify.observe_driver as driver_module
from recode_data.verify.observed import SETUP

RUNNER = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("driver", sys.argv[1])
driver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(driver)
sent = []
class Channel:
    def loaded(self): return None
    def send(self, value): sent.append(value)
out = sys.stdout
payload = json.load(sys.stdin)
driver.prepare(payload["setup"])
driver.run(payload, Channel())
out.write(json.dumps(sent))
"""


def run_driver(code: str, *variants: list[list[str]], receivers: bool = False) -> dict[str, Any]:
    payload = {
        "code": code,
        "variants": list(variants),
        "setup": SETUP,
        "receivers": receivers,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER, str(Path(driver_module.__file__))],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        check=True,
    )
    (message,) = json.loads(done.stdout)
    assert isinstance(message, dict)
    return message


def test_values_names_and_lines() -> None:
    seen = run_driver("import math\nx = 2\nx + 1\nfor i in range(2):\n    print(i)\n_y = 5\n")
    assert seen["error"] is None
    assert seen["events"] == [
        ["shown", ["i", "3"]],
        ["print", [["i", "0"]], "0\n"],
        ["print", [["i", "1"]], "1\n"],
    ]
    assert seen["event_lines"] == [3, 4, 4]
    assert seen["names"] == {"x": ["i", "2"], "i": ["i", "1"]}


def test_a_value_is_seen_as_it_was_when_shown() -> None:
    seen = run_driver("a = [2, 1]\na\na.sort()\n")
    assert seen["events"] == [["shown", ["l", [["i", "2"], ["i", "1"]]]]]
    assert seen["names"]["a"] == ["l", [["i", "1"], ["i", "2"]]]


@pytest.mark.parametrize(
    ("code", "kind", "line"),
    [
        ("x = 1\nundefined\n", "NameError", 2),
        ("def f():\n    return 1 / 0\n\nf()\n", "ZeroDivisionError", 2),
        ("import json\njson.loads('{')\n", "JSONDecodeError", 2),
        ("from os import nothing_like_it\n", "ImportError", 1),
        ("x = (\n", "SyntaxError", 1),
        ("raise SystemExit(0)\n", "SystemExit", 1),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 1),
    ],
)
def test_errors_have_their_line_in_the_snippet(code: str, kind: str, line: int) -> None:
    error = run_driver(code)["error"]
    assert (error["type"], error["line"]) == (kind, line)


WARN = "warnings.warn('old way', DeprecationWarning, stacklevel=2)"


@pytest.mark.parametrize(
    "code",
    [
        f"import warnings\ndef f(): {WARN}\nf()\n",
        f"import warnings\nwarnings.simplefilter('ignore')\ndef f(): {WARN}\nf()\n",
        f"import warnings\ndef f(): {WARN}\nwith warnings.catch_warnings():\n"
        "    warnings.filterwarnings('ignore')\n    f()\n",
        f"import warnings\ndef f(): {WARN}\nwith warnings.catch_warnings(record=True) as log:\n"
        "    f()\n",
        f"import warnings\nwarnings.resetwarnings()\ndef f(): {WARN}\nf()\n",
    ],
    ids=["plain", "ignored", "ignored in a block", "collected", "reset"],
)
def test_a_silenced_warning_is_still_seen(code: str) -> None:
    (warning,) = run_driver(code)["warnings"]
    assert (warning["category"], warning["message"]) == ("DeprecationWarning", "old way")
    assert "DeprecationWarning" in warning["mro"]


def test_collecting_warnings_still_works_for_the_snippet() -> None:
    code = (
        "import warnings\nwith warnings.catch_warnings(record=True) as log:\n"
        "    warnings.warn('w', FutureWarning)\nfound = len(log)\n"
    )
    assert run_driver(code)["names"]["found"] == ["i", "1"]


def test_warning_as_error_still_works() -> None:
    code = "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('w', FutureWarning)\n"
    assert run_driver(code)["error"]["type"] == "FutureWarning"


def test_what_a_module_was_compiled_for_is_no_warning() -> None:
    text = "'X size changed, may indicate binary incompatibility', RuntimeWarning"
    assert run_driver(f"import warnings\nwarnings.warn({text})\n")["warnings"] == []


def test_no_warning_where_nothing_warns() -> None:
    assert run_driver("import warnings\nx = warnings.filters is None\n")["warnings"] == []


def test_flood_of_output_ends_the_run() -> None:
    seen = run_driver("while True:\n    print('x' * 1000)\n")
    assert seen["error"]["type"] == "_OutputFull"
    assert len(seen["events"]) <= 400


def test_print_to_a_file_is_not_output() -> None:
    seen = run_driver("import io\nf = io.StringIO()\nprint(1, file=f)\ntext = f.getvalue()\n")
    assert seen["events"] == []
    assert seen["names"]["text"] == ["s", "1\n"]


def test_future_import_counts_for_the_whole_snippet() -> None:
    code = "from __future__ import annotations\ndef f(x: undefined): return x\ny = f(2)\n"
    assert run_driver(code)["error"] is None


def test_main_guard_runs() -> None:
    assert run_driver("if __name__ == '__main__':\n    x = 1\n")["names"] == {"x": ["i", "1"]}


def test_variants_run_apart_with_their_literals() -> None:
    code = "x = [1, 2]\ny = sum(x)\nx.append(y)\n"
    seen = run_driver(code, [["[1, 2]", "[5, 7]"]], [["[1, 2]", "[1, 'a']"]])
    assert seen["names"]["y"] == ["i", "3"]
    first, second = seen["hidden"]
    assert first["names"]["x"] == ["l", [["i", "5"], ["i", "7"], ["i", "12"]]]
    assert first["names"]["y"] == ["i", "12"]
    assert (second["error"]["type"], second["error"]["line"]) == ("TypeError", 2)


def test_variants_of_code_that_leaves_threads_do_not_hang() -> None:
    code = (
        "import threading\nlock = threading.Lock()\nlock.acquire()\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "ready = threading.Lock()\nx = 5 * 2\n"
    )
    (seen,) = run_driver(code, [["5", "6"]])["hidden"]
    assert seen["names"]["x"] == ["i", "12"]


def test_variant_that_dies_is_told() -> None:
    code = "import os\nx = 5\nif x == 6:\n    os.kill(os.getpid(), 9)\n"
    assert run_driver(code, [["5", "6"]], [["5", "7"]])["hidden"][0] == {"died": 9}


def test_no_variant_runs_where_the_code_fails() -> None:
    assert run_driver("x = 5\nx / 0\n", [["5", "6"]])["hidden"] == []


def test_addresses_are_not_shown() -> None:
    seen = run_driver("x = repr(object())\nprint(x, '0xabcdef0')\nraise ValueError(x)\n")
    assert seen["names"]["x"] == ["s", "<object object at 0x0>"]
    assert seen["events"][0][2] == "<object object at 0x0> 0xabcdef0\n"
    assert seen["error"]["message"] == "<object object at 0x0>"


def test_place_of_the_environment_is_not_shown() -> None:
    seen = run_driver(f"x = {sys.prefix!r} + '/lib'\nprint(x)\nraise ValueError(x)\n")
    assert seen["names"]["x"] == ["s", "<environment>/lib"]
    assert seen["events"] == [["print", [["s", "<environment>/lib"]], "<environment>/lib\n"]]
    assert seen["error"]["message"] == "<environment>/lib"


WATCHED = """
import math
class Base:
    def size(self): return len(self.items)
class Table(Base):
    def __init__(self): self.items = [1]
    def size(self): return super().size() + 1
t = Table()
x = t.size() + math.floor(1.5)
t.items += [2]
t.items[0].real
del t.items[0]
match 3:
    case Table.size | math.pi: pass
    case n if n > t.size(): y = f"{t.size()}"
"""


def test_what_attributes_are_read_from() -> None:
    found = run_driver(WATCHED, receivers=True)
    assert found["error"] is None
    kinds = {name: [classes[0] for classes in seen] for name, seen in found["receivers"].items()}
    assert kinds["size"] == ["Table", "super"]
    assert kinds["items"] == ["Table"]
    assert kinds["real"] == ["int"]
    assert kinds["floor"] == []
    assert found["receivers"]["size"][0] == ["Table", "Base", "object"]


LAZY = """
class Settings:
    ready = False
    def configure(self): type(self).ready = True
    @property
    def __class__(self):
        if not self.ready: raise RuntimeError("not configured")
        return dict
class Odd(type):
    def __eq__(self, other): raise RuntimeError("compared")
    __hash__ = type.__hash__
class Value(metaclass=Odd):
    configure = 2
x = Value.configure
settings = Settings()
settings.configure()
"""


@pytest.mark.parametrize("code", [WATCHED, LAZY], ids=["plain", "lazy"])
def test_watching_changes_nothing(code: str) -> None:
    watched, plain = run_driver(code, receivers=True), run_driver(code)
    assert plain["error"] is None
    assert plain.pop("receivers") == {}
    watched.pop("receivers")
    assert watched == plain
