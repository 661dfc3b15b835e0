from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

import click
import pytest

from recode_data.console import LazyGroup, run_command
from recode_data.errors import BusyError, EnvironmentLacksError, RecodeError, UsageError


def outcome(action: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of a command that does this."""

    @click.group()
    @click.option("--debug", is_flag=True)
    def group(debug: bool) -> None: ...

    @group.command()
    @click.option("--number", type=int)
    def act(number: int | None) -> object:
        return action()

    monkeypatch.setattr(sys, "argv", ["tool", *(arguments or ("act",))])
    return run_command(group)


def raising(error: BaseException) -> Callable[[], object]:
    def action() -> object:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (RecodeError("it is so"), 1, "error: it is so"),
        (UsageError("old is new"), 2, "error: old is new"),
        (BusyError("in use"), 2, "error: in use"),
        (EnvironmentLacksError("no uv", "get uv"), 3, "error: no uv\n  to fix: get uv"),
        (click.UsageError("what?"), 2, "what?"),
        (KeyboardInterrupt(), 130, "interrupted; finished work is kept, the same command goes on"),
        (click.Abort(), 130, "the same command goes on from here"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/out/x"),
            3,
            "No space left on device (/out/x)",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/out"), 3, "Permission denied (/out)"),
        (OSError(errno.EROFS, "Read-only file system"), 3, "error: Read-only file system"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/a/b"), 2, "Not a directory (/a/b)"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x"), 2, "File name too long"),
        (OSError(errno.EMFILE, "Too many open files"), 3, "Too many open files"),
        (MemoryError(), 3, "out of memory"),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division by zero"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_every_failure_is_one_clear_message_and_a_code(
    error: BaseException,
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcome(raising(error), monkeypatch) == code
    captured = capsys.readouterr()
    assert line in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("error", [RecodeError("it is so"), ZeroDivisionError("x")])
def test_debug_shows_where(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(raising(error), monkeypatch, "--debug", "act") == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "code"), [(None, 0), (0, 0), (1, 1), ("text", 0)])
def test_what_a_command_returns_is_its_code(
    value: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome(lambda: value, monkeypatch) == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--help",), 0), (("nothing",), 2), (("act", "--number", "x"), 2), (("act", "--wrong"), 2)],
)
def test_usage(
    arguments: tuple[str, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcome(lambda: None, monkeypatch, *arguments) == code
    captured = capsys.readouterr()
    assert bool(captured.err) is (code == 2)


def test_a_reader_that_has_seen_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """`recode-data libraries | head -1`."""
    assert outcome(raising(BrokenPipeError()), monkeypatch) == 0


def test_commands_are_imported_when_they_are_used() -> None:
    group = LazyGroup(
        "tool", commands_at={"b": "no_such_module:x", "a": "tests.recode_data.nothing:y"}
    )
    context = click.Context(group)
    assert group.list_commands(context) == ["a", "b"]
    assert group.get_command(context, "c") is None
    with pytest.raises(ImportError):
        group.get_command(context, "b")


def test_the_tools_own_answer_is_quick() -> None:
    """`--help` imports none of what takes long."""
    import subprocess

    code = (
        "import sys\nsys.argv = ['recode-data', '--help']\n"
        "from recode_data.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'trl', 'datasets', 'pyarrow', 'pandas', 'libcst', 'unearth', 'ray'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & sys.modules.keys())))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    assert "Commands:" in done.stdout
    assert done.stderr == ""
