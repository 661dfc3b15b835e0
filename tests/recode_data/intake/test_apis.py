from __future__ import annotations

import pytest

from recode_data.intake.apis import guesses, kind_of
from recode_data.records import ChangeKind, Effect, Proof


@pytest.mark.parametrize(
    ("old_code", "new_code", "expect"),
    [
        ("import toy\nx = toy.load(1)\n", "import toy\nx = toy.read(1)\n", ["toy.load"]),
        (
            "import toy\na = toy.keep()\nx = toy.sub.load(1)\n",
            "import toy\na = toy.keep()\nx = toy.sub.read(1)\n",
            ["toy.sub.load"],
        ),
        ("import toy\nt = toy.T()\nt.old()\n", "import toy\nt = toy.T()\nt.new()\n", ["toy.old"]),
        (
            "from toy import load\nload(1)\n",
            "from toy import read\nread(1)\n",
            ["toy.load"],
        ),
        ("import os\nos.getcwd()\n", "import os\nos.getpid()\n", []),
        ("import toy\ntoy.a()\n", "import toy\ntoy.a()\nprint(1)\n", ["toy.a"]),
    ],
)
def test_names_on_edited_lines_come_first(old_code: str, new_code: str, expect: list[str]) -> None:
    found = [change.old_api for change in guesses(old_code, new_code, ("toy",))]
    assert found == [*expect, "toy"]


@pytest.mark.parametrize(
    ("effect", "error", "message", "kind"),
    [
        (Effect.WARN, None, "", ChangeKind.DEPRECATED),
        (Effect.BREAK, "AttributeError", "no attribute", ChangeKind.REMOVED),
        (Effect.BREAK, "ImportError", "cannot import", ChangeKind.REMOVED),
        (Effect.BREAK, "TypeError", "f() got an unexpected keyword argument 'a'", ChangeKind.PARAMETER_REMOVED),
        (Effect.BREAK, "TypeError", "f() takes 1 positional argument but 2 were given", ChangeKind.KEYWORD_ONLY),
        (Effect.BREAK, "ValueError", "bad", ChangeKind.BEHAVIOUR),
        (Effect.DRIFT, None, "x: 1 is not 2", ChangeKind.BEHAVIOUR),
    ],
)  # fmt: skip
def test_the_kind_follows_from_the_effect(
    effect: Effect, error: str | None, message: str, kind: ChangeKind
) -> None:
    assert kind_of(Proof(effect, error, None, message, 1, 1)) is kind
