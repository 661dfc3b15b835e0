"""What both command lines share: lazy commands, and the one mapping from errors to exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from recode_data.errors import ExitCode, RecodeError, UsageError

_ROOM = "free disk space, or choose another --out or --cache; finished work is kept"
_ACCESS = "choose an --out and a --cache that you may write"
_OPEN_FILES = "allow more open files (ulimit -n), or use fewer --jobs"
MACHINE_REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _ACCESS,
    errno.EPERM: _ACCESS,
    errno.EROFS: _ACCESS,
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
    errno.EAGAIN: "allow more processes (ulimit -u), or use fewer --jobs",
    errno.ENOMEM: "use fewer --jobs",
}
"""What the machine lacks, and what to do about it."""
PATH_ERRORS = frozenset(
    {
        *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG),
        *(errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.ENODEV),
    }
)
"""A path that the user gave and that cannot be what it should be."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that `--help` stays fast.

    `commands_at` maps a command's name to `module:attribute`.
    """

    def __init__(
        self, name: str | None = None, *, commands_at: Mapping[str, str], **settings: object
    ) -> None:
        super().__init__(name, **settings)  # type: ignore[arg-type]  # click's own keywords
        self._commands_at = dict(commands_at)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order."""
        return sorted(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that defines the command; None where there is no such command."""
        target = self._commands_at.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong table is a defect
        return command


def run_command(group: click.Group) -> int:
    """Run a command line and return its exit code; no traceback without `--debug`."""
    try:
        result = group.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "interrupted; finished work is kept, the same command goes on from here", err=True
        )
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _close_stdout()
        return int(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001 - the last frame there is: a message, no traceback
        if "--debug" in sys.argv:
            traceback.print_exc()
        code, message = words_for(error)
        click.echo(f"error: {message}", err=True)
        return int(code)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def words_for(error: Exception) -> tuple[ExitCode, str]:
    """Exit code and message of anything that went wrong."""
    if isinstance(error, RecodeError):
        return error.exit_code, str(error)
    if isinstance(error, OSError) and error.errno in MACHINE_REMEDIES:
        remedy = MACHINE_REMEDIES[error.errno]
        return ExitCode.ENVIRONMENT, f"{_os_words(error)}\n  to fix: {remedy}"
    if isinstance(error, OSError) and error.errno in PATH_ERRORS:
        return ExitCode.USAGE, _os_words(error)
    if isinstance(error, MemoryError):
        return ExitCode.ENVIRONMENT, "out of memory\n  to fix: use fewer --jobs"
    return ExitCode.FINDINGS, (
        f"{type(error).__name__}: {error}\n  this is a defect of the toolkit; finished work is kept. "
        "Please report it with what the same command prints after --debug, as in `PROGRAM --debug "
        "COMMAND ...`"
    )


def _os_words(error: OSError) -> str:
    where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, (str, bytes)) else ""
    return f"{error.strerror or error}{where}"


def _close_stdout() -> None:
    """The reader is gone: what is still in the buffer must not fail once more at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parse_day(text: str | None, option: str) -> str | None:
    """The day `YYYY-MM-DD` that an option was given; None where it was not.

    Raises:
        UsageError: no such day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{option} takes a day as YYYY-MM-DD, not {text!r}") from error


def cache_option(function: click.decorators.FC) -> click.decorators.FC:
    """The `--cache` option of every command that downloads or makes environments."""
    return click.option(
        "--cache",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="RECODE_CACHE",
        help="Folder for downloads and environments (default: the user's cache folder).",
    )(function)


def weak_option(function: click.decorators.FC) -> click.decorators.FC:
    """The `--allow-weak-sandbox` option of every command that runs untrusted code."""
    return click.option(
        "--allow-weak-sandbox",
        "allow_weak",
        is_flag=True,
        help="Go on where only resource limits can be had: for code that you trust.",
    )(function)
