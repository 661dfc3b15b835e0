"""The command line keeps its promises: help for everything, an example each, and fast."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import click
import pytest

from recode_data.errors import ExitCode
from tests.conftest import CHECKOUT

SLOW_IMPORTS = ("torch", "trl", "transformers", "datasets", "pandas", "pyarrow", "ray")
HELP_LIMIT_S = 0.5


@lru_cache(maxsize=1)
def generator() -> ModuleType:
    path = CHECKOUT / "docs" / "generate_cli.py"
    spec = importlib.util.spec_from_file_location("generate_cli", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@lru_cache(maxsize=1)
def all_commands() -> dict[str, tuple[click.Command, str]]:
    return {
        path: (command, text)
        for name, group in generator().programs().items()
        for path, command, text in generator().commands(group, name)
    }


def programs() -> list[str]:
    return list(generator().programs())


def modules() -> dict[str, str]:
    return {name: group.callback.__module__ for name, group in generator().programs().items()}


@pytest.mark.parametrize("path", all_commands())
def test_every_command_says_what_it_does(path: str) -> None:
    command, _ = all_commands()[path]
    first = (command.help or "").strip().splitlines()[:1]
    assert first, f"{path} has no help"
    assert first[0].endswith("."), f"{path}: {first[0]!r} is not a sentence"


@pytest.mark.parametrize("path", all_commands())
def test_every_command_shows_an_example_of_itself(path: str) -> None:
    command, text = all_commands()[path]
    after = text.partition("Example")[2]
    assert path in after, f"the help of `{path}` lacks an example that runs it"
    if not isinstance(command, click.Group):
        assert "\n\n" not in after.partition(path)[0], f"the example of `{path}` starts with others"


@pytest.mark.parametrize("path", all_commands())
def test_every_option_has_help(path: str) -> None:
    command, _ = all_commands()[path]
    silent = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    assert silent == []


def test_page_is_current() -> None:
    """`make docs` writes docs/cli.md; lint runs the same comparison."""
    assert generator().PAGE.read_text(encoding="utf-8") == generator().render()


def test_stale_page_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "cli.md"
    stale.write_text(generator().render().replace("--json", "--yaml"), encoding="utf-8")
    monkeypatch.setattr(generator(), "PAGE", stale)
    monkeypatch.setattr(sys, "argv", ["generate_cli.py", "--check"])
    assert generator().main() == 1
    assert "make docs" in capsys.readouterr().err


def test_every_exit_code_is_documented() -> None:
    assert set(generator().EXIT_CODES) == set(ExitCode)


@pytest.mark.parametrize("program", programs())
def test_help_imports_nothing_heavy(program: str) -> None:
    code = (
        f"import sys, {modules()[program]} as program\n"
        "program.cli.main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {SLOW_IMPORTS} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert "Commands:" in done.stdout


@pytest.mark.parametrize("program", programs())
def test_help_answers_within_half_a_second(program: str) -> None:
    """CPU seconds, of the best of three runs: the wall clock would measure the neighbours."""
    code = (
        "import resource, subprocess, sys\n"
        f"subprocess.run([sys.executable, '-m', {modules()[program]!r}, '--help'], check=True,"
        " stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(seconds) <= HELP_LIMIT_S


@pytest.mark.parametrize("program", programs())
def test_unknown_command_is_a_usage_error(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", modules()[program], "no-such-command"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert done.stdout == ""
    assert "no-such-command" in done.stderr
    assert "Traceback" not in done.stderr
