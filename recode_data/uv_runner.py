"""Runs the uv program that comes with the PyPI package `uv`, never one that happens to be on PATH.

uv sees none of the user's other uv settings, so that a stray UV_CONSTRAINT or a project's uv.toml
cannot change what a build resolves to; index settings go in as variables rather than arguments,
since they may hold credentials and arguments are visible to every user of the machine.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from recode_data.disk import disk_full
from recode_data.errors import EnvironmentLacksError, IndexUnreachableError, RecodeError
from recode_data.locks import locked
from recode_data.releases.index import REMEDY, IndexSettings, redacted

TIMEOUT_S = 1800.0
"""For one uv command; a cold install of a large framework over a slow line takes minutes."""
HTTP_TIMEOUT_S = 30

NETWORK_WORDS = (
    "failed to fetch",
    "error sending request",
    "client error (connect)",
    "dns error",
    "operation timed out",
    "network connectivity is disabled",
    "could not connect",
    "connection refused",
    "server error (5",
)
UV_IN_USE = ".used-by-recode"
"""In uv's cache: every uv that runs shares the lock of this file, so that nothing is removed there."""
ARCHIVES = "archive-v0"
"""In uv's cache: the unpacked wheels, one folder each."""
HIDDEN_PREFIXES = ("UV_", "VIRTUAL_ENV", "CONDA", "PYTHON", "PIP_")


class UvError(RecodeError):
    """uv said no; the message is its own."""


@dataclass(frozen=True, slots=True)
class UvRunner:
    """How to run uv: its cache, the user's index settings, the variables that it inherits."""

    cache: Path
    index: IndexSettings
    environ: Mapping[str, str]

    def run(
        self, arguments: Sequence[str], *, stdin: str = "", inherited: Sequence[int] = ()
    ) -> str:
        """What uv prints on stdout; `inherited` are descriptors that it shall hold open.

        Raises:
            IndexUnreachableError: uv could not reach an index.
            EnvironmentLacksError: no uv program, or a full disk.
            UvError: anything else that uv refuses.
        """
        command = [find_uv(), *arguments, "--no-config", "--no-progress", "--color", "never"]
        with locked(self.cache / UV_IN_USE, shared=True) as lock:
            done = run_program(
                command,
                environ=self._variables(),
                stdin=stdin,
                inherited=[*inherited, *([] if lock is None else [lock])],
                timeout_s=TIMEOUT_S,
            )
        if done.returncode == 0:
            return done.stdout
        message = redacted(done.stderr.strip()) or f"uv ended with status {done.returncode}"
        lowered = message.lower()
        if "no space left on device" in lowered or "disk quota exceeded" in lowered:
            raise disk_full(self.cache)
        if any(words in lowered for words in NETWORK_WORDS):
            raise IndexUnreachableError(f"uv cannot reach the package index:\n{message}", REMEDY)
        raise UvError(message)

    def index_arguments(self) -> list[str]:
        """For the commands that look for packages."""
        strategy = "first-index" if self.index.first_index else "unsafe-best-match"
        flags = ["--index-strategy", strategy]
        return [*flags, "--no-index"] if self.index.no_index else flags

    def _variables(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in self.environ.items()
            if not name.startswith(HIDDEN_PREFIXES)
        }
        settings = {
            "UV_CACHE_DIR": str(self.cache),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_HTTP_TIMEOUT": str(HTTP_TIMEOUT_S),
            "UV_DEFAULT_INDEX": self.index.index_url or "",
            "UV_INDEX": " ".join(self.index.extra_index_urls),
            "UV_FIND_LINKS": ",".join(_as_url(item) for item in self.index.find_links),
            "UV_INSECURE_HOST": " ".join(self.index.trusted_hosts),
            "SSL_CERT_FILE": self.index.cert or kept.get("SSL_CERT_FILE", ""),
        }
        for name in ("UV_PYTHON_INSTALL_DIR",):  # where the user's own interpreters lie
            if name in self.environ:
                settings[name] = self.environ[name]
        kept.update({name: value for name, value in settings.items() if value})
        return kept


def find_uv() -> str:
    """Path of the program.

    Raises:
        EnvironmentLacksError: the package is there without it, or not at all.
    """
    try:
        import uv

        return str(uv.find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        raise EnvironmentLacksError(
            "the program `uv` is missing", "pip install --force-reinstall uv"
        ) from error


def run_program(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    timeout_s: float,
    stdin: str = "",
    inherited: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a trusted program to its end.

    Raises:
        UvError: it did not end within `timeout_s` seconds.
    """
    try:
        return subprocess.run(
            list(command),
            input=stdin,
            env=dict(environ),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            pass_fds=tuple(inherited),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UvError(f"{Path(command[0]).name} did not end within {timeout_s:.0f} s") from error


def _as_url(location: str) -> str:
    """A folder as a URL without commas, which uv takes as the end of an entry."""
    if "://" in location:
        return location
    return "file://" + quote(str(Path(location).expanduser().absolute()))
