"""One isolated virtual environment per set of exact pins, made by uv and kept in the cache.

An environment is made where it will stay, under a lock, and its record is written last: no record
means half-made, and the next maker starts anew. Only wheels are installed, so no setup script of a
mined package runs, and bytecode is compiled at once by the base interpreter, which never starts the
environment: a `.pth` file of a mined package would run as soon as it did.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from recode_data.bytecode import compile_bytecode, share_bytecode
from recode_data.errors import EnvironmentLacksError, UsageError
from recode_data.interpreters import Interpreter
from recode_data.locks import Claims, locked
from recode_data.records import Environment, content_id, decode, encode
from recode_data.uv_runner import ARCHIVES, UvError, UvRunner

logger = logging.getLogger(__name__)

LAYOUT_VERSION = "1"
"""Raise it when environments of the same pins come out differently."""
RECORD = "recode-environment.json"
FAR_FUTURE = "2200-01-01T00:00:00Z"
"""Cutoff for what is pinned exactly: its own wheels may be younger than the release's first file."""

LATER_YEARS = (2, 5)
"""How much later than the cutoff a package's first wheel is looked for, before any will do."""
MOST_ATTEMPTS = 14
"""Of one such search; each finds one to three packages that lack wheels."""
OLDEST_TRIED = 2
"""Interpreters of which later wheels are looked for; the oldest has those nearest to the day."""

_TOO_EARLY = (
    re.compile(r"Wheels are required for `([A-Za-z0-9._-]+)`"),
    re.compile(r"`([A-Za-z0-9._-]+)` was filtered by `exclude-newer"),
)
"""How uv's hints name a package that the cutoff makes unusable."""

PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^\]]*\])?\s*(?P<relation>==|@)\s*(?P<what>\S+)"
)


class NoResolutionError(UsageError):
    """No set of wheels satisfies the requirements on this interpreter."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Exact pins for one interpreter."""

    interpreter: Interpreter
    pins: tuple[str, ...]
    """Sorted, `name==version`."""


@dataclass(frozen=True, slots=True)
class LocalWheel:
    """A wheel that no index has: `path` is installed where `pin` is asked for."""

    pin: str
    """As `exact_pin` writes it."""
    sha256: str
    path: str
    """Absolute."""

    @property
    def name(self) -> str:
        """Canonical name of the distribution."""
        return self.pin.partition("==")[0]


@dataclass(frozen=True, slots=True)
class Request:
    """What one environment shall hold."""

    requirements: tuple[str, ...]
    """As `checked_requirements` gives them."""
    cutoff: str | None = None
    """`YYYY-MM-DD`: dependencies as of the end of that day (UTC); what is pinned exactly is free
    of it."""
    local: tuple[LocalWheel, ...] = ()


def checked_requirements(requirements: Iterable[str]) -> tuple[str, ...]:
    """The requirements in one spelling, sorted.

    They may come from a downloaded dataset, so what is no plain requirement (an option of uv, a
    URL) is refused.

    Raises:
        UsageError: naming the one that is refused.
    """
    checked = set()
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise UsageError(f"{text!r} is no requirement such as numpy==1.26.4") from error
        if requirement.url:
            raise UsageError(f"{text!r} names a URL; only releases of an index can be required")
        checked.add(str(requirement))
    return tuple(sorted(checked))


def exact_pin(requirement: str) -> str | None:
    """`name==version` with the canonical name, where the requirement pins exactly; else None."""
    parsed = Requirement(requirement)
    specifiers = list(parsed.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==" or "*" in specifiers[0].version:
        return None
    return f"{canonicalize_name(parsed.name)}=={specifiers[0].version}"


def resolve(
    request: Request,
    interpreter: Interpreter,
    uv: UvRunner,
    later: Mapping[str, int] | None = None,
) -> Resolution:
    """Exact pins of the requirements and all that they depend on, on one interpreter.

    Args:
        request: what is asked for.
        interpreter: whose wheels.
        uv: what resolves.
        later: packages whose cutoff lies later: by the so-manieth of `LATER_YEARS`, counted from 1;
            by any time where that many are not listed.

    Raises:
        NoResolutionError: in uv's words.
        IndexUnreachableError: no network.
    """
    arguments = ["pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    arguments += ["--only-binary", ":all:", "--python", interpreter.executable]
    arguments += [*uv.index_arguments(), *_cutoff_arguments(request, later or {})]
    try:
        text = uv.run(arguments, stdin=_lines(request.requirements, request.local))
    except UvError as error:
        raise NoResolutionError(str(error)) from error
    return Resolution(interpreter, _pins(text, request.local))


def resolve_together(
    requests: Sequence[Request], interpreters: Sequence[Interpreter], uv: UvRunner
) -> tuple[Resolution, ...]:
    """A resolution for each request, all on the same interpreter wherever one fits all.

    The first interpreter that fits is taken. Where none does since a dependency had no wheel yet in
    its day (Twisted, before 2021), that one alone is taken from later, on one of the oldest. An index
    that does not tell upload dates makes a cutoff impossible to keep: only then, with a warning,
    dependencies are taken as of today.

    Raises:
        EnvironmentLacksError: no interpreter fits.
        IndexUnreachableError: no network.
    """
    failures: list[tuple[Interpreter, NoResolutionError]] = []
    oldest = sorted(interpreters, key=lambda item: Version(item.version))[:OLDEST_TRIED]
    for way, order in (
        (resolve, interpreters),
        (_with_later_wheels, oldest),
        (_as_of_today, interpreters),
    ):
        if way is not resolve and all(request.cutoff is None for request in requests):
            continue
        columns: list[list[Resolution | None]] = []
        for interpreter in order:
            column: list[Resolution | None] = []
            for request in requests:
                try:
                    column.append(way(request, interpreter, uv))
                except NoResolutionError as error:
                    failures.append((interpreter, error))
                    column.append(None)
            columns.append(column)
            if None not in column:
                break
        chosen = _first_complete(columns, len(requests))
        if chosen is not None:
            if way is _as_of_today:
                logger.warning(
                    "no dependencies of their time for %s: those of today are installed",
                    ", ".join(text for request in requests for text in request.requirements),
                )
            return chosen
    raise _unresolvable(requests, failures)


def _with_later_wheels(request: Request, interpreter: Interpreter, uv: UvRunner) -> Resolution:
    """As `resolve`; what has no wheel as of the cutoff is taken from when it first has one."""
    pinned = {pin.partition("==")[0] for pin in map(exact_pin, request.requirements) if pin}
    later: dict[str, int] = {}
    for attempt in range(MOST_ATTEMPTS):
        try:
            return resolve(request, interpreter, uv, later)
        except NoResolutionError as error:
            named = (name for hint in _TOO_EARLY for name in hint.findall(str(error)))
            lacking = {canonicalize_name(name) for name in named} - pinned
            lacking -= {name for name, step in later.items() if step > len(LATER_YEARS)}
            if not lacking or attempt == MOST_ATTEMPTS - 1:
                raise
            reached = max(later.values(), default=1)
            for (
                name
            ) in lacking:  # a further package is needed by one of the others: as late as they
                later[name] = later[name] + 1 if name in later else reached
    raise AssertionError("the last attempt returns or raises")


def _as_of_today(request: Request, interpreter: Interpreter, uv: UvRunner) -> Resolution:
    return resolve(replace(request, cutoff=None), interpreter, uv)


def _first_complete(
    columns: Sequence[Sequence[Resolution | None]], requests: int
) -> tuple[Resolution, ...] | None:
    """The last interpreter's column where it is complete, else the first fit of each request."""
    rows = [[column[row] for column in columns] for row in range(requests)]
    if columns and None not in columns[-1]:
        rows = [[value] for value in columns[-1]]
    found = [next((value for value in row if value is not None), None) for row in rows]
    complete = tuple(value for value in found if value is not None)
    return complete if len(complete) == requests else None


def _lines(pins: Iterable[str], local: Iterable[LocalWheel]) -> str:
    by_pin = {wheel.pin: f"{wheel.name} @ {Path(wheel.path).as_uri()}" for wheel in local}
    return "\n".join(by_pin.get(exact_pin(pin) or "", pin) for pin in pins)


def _cutoff_arguments(request: Request, later: Mapping[str, int]) -> list[str]:
    if request.cutoff is None:
        return []
    # uv reads a bare date in local time: say the instant, so that all machines resolve alike
    end = date.fromisoformat(request.cutoff) + timedelta(days=1)
    arguments = ["--exclude-newer", f"{end.isoformat()}T00:00:00Z"]
    for text in request.requirements:
        requirement = Requirement(text)
        if exact_pin(text) is not None:
            arguments += ["--exclude-newer-package", f"{requirement.name}={FAR_FUTURE}"]
    for name, step in sorted(later.items()):
        years = LATER_YEARS[step - 1] if step <= len(LATER_YEARS) else None
        until = FAR_FUTURE if years is None else f"{end.year + years}-{end:%m}-01T00:00:00Z"
        arguments += ["--exclude-newer-package", f"{name}={until}"]
    return arguments


def _pins(text: str, local: Iterable[LocalWheel]) -> tuple[str, ...]:
    by_name = {wheel.name: wheel.pin for wheel in local}
    pins = []
    for line in text.splitlines():
        matched = PIN.match(line)
        if matched is None:
            continue
        name = canonicalize_name(matched["name"])
        if name in by_name:
            pins.append(by_name[name])
        elif matched["relation"] == "==":
            pins.append(f"{name}=={matched['what']}")
        else:
            raise NoResolutionError(f"{name} would come from a URL, not from an index: {line}")
    return tuple(sorted(pins))


class EnvironmentCache:
    """All environments of one cache folder; may be shared between threads and processes."""

    def __init__(self, folder: Path, uv: UvRunner, claims: Claims) -> None:
        self.folder = folder
        self._uv = uv
        self._claims = claims

    def key(self, resolution: Resolution, local: Sequence[LocalWheel] = ()) -> str:
        """Content hash of interpreter and exact pins."""
        return content_id(
            LAYOUT_VERSION,
            resolution.interpreter.version,
            resolution.interpreter.platform,
            *resolution.pins,
            *sorted(f"{wheel.pin} {wheel.sha256}" for wheel in local),
        )

    def find(self, key: str) -> Environment | None:
        """The finished environment of this key; claims it, and marks it as used."""
        self._claims.claim(key)
        root = self.folder / key
        try:
            environment = decode((root / RECORD).read_bytes(), Environment)
        except (OSError, msgspec.DecodeError):
            return None
        # a moved cache, or an interpreter that is gone: its links lead nowhere
        if environment.root != str(root) or not Path(environment.python).exists():
            return None
        os.utime(root / RECORD)
        return environment

    def make(self, resolution: Resolution, local: Sequence[LocalWheel] = ()) -> Environment:
        """The environment of these pins, made unless it is there.

        Raises:
            NoResolutionError: a pin has no wheel for the interpreter.
            IndexUnreachableError: no network.
            EnvironmentLacksError: the disk is full.
        """
        key = self.key(resolution, local)
        found = self.find(key)
        if found is not None:
            return found
        with locked(self._lock(key)) as lock:
            found = self.find(key)  # another process may have made it while this one waited
            if found is not None:
                return found
            root = self.folder / key
            shutil.rmtree(root, ignore_errors=True)
            try:
                locks = [self._claims.descriptor, *([lock] if lock is not None else [])]
                return self._install(key, root, resolution, local, locks)
            except BaseException:
                shutil.rmtree(root, ignore_errors=True)
                raise

    def _install(
        self,
        key: str,
        root: Path,
        resolution: Resolution,
        local: Sequence[LocalWheel],
        locks: Sequence[int],
    ) -> Environment:
        """Programs that outlive this process keep `locks`, so that nobody works beside them."""
        interpreter = resolution.interpreter
        command = ["venv", "--quiet", "--python", interpreter.executable, str(root)]
        self._uv.run(command, inherited=locks)
        python = root / "bin" / "python"
        command = ["pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--python", str(python), "--link-mode", self._link_mode()]
        command += [*self._uv.index_arguments(), "--requirement", "-"]
        if resolution.pins:
            stdin = _lines(resolution.pins, local)
            try:
                try:
                    self._uv.run(command, stdin=stdin, inherited=locks)
                except UvError:  # its cache lost a wheel between a look and a link: it looks again
                    self._uv.run(command, stdin=stdin, inherited=locks)
            except UvError as error:
                raise NoResolutionError(str(error)) from error
        compile_bytecode(interpreter, root, self._uv.environ, locks)
        share_bytecode(interpreter, root, self._uv.cache / ARCHIVES)
        environment = Environment(
            key=key,
            python=str(python),
            root=str(root),
            python_version=interpreter.version,
            requirements=resolution.pins,
        )
        partial = root / f"{RECORD}.partial"
        partial.write_bytes(encode(environment))
        partial.replace(root / RECORD)
        return environment

    def _link_mode(self) -> str:
        """Hard links cost neither time nor space, but need one file system."""
        self._uv.cache.mkdir(parents=True, exist_ok=True)
        same = self._uv.cache.stat().st_dev == self.folder.stat().st_dev
        return "hardlink" if same else "copy"

    def _lock(self, key: str) -> Path:
        return self.folder / ".locks" / f"{key}.lock"


def _unresolvable(
    requests: Sequence[Request], failures: Sequence[tuple[Interpreter, NoResolutionError]]
) -> EnvironmentLacksError:
    wanted = ", ".join(text for request in requests for text in request.requirements)
    tried = ", ".join(dict.fromkeys(item.version for item, _ in failures)) or "none"
    words = str(failures[0][1]) if failures else "no interpreter was found"
    return EnvironmentLacksError(
        f"no environment for {wanted} (Python tried: {tried})\n{words}",
        "install another Python, for example `uv python install 3.10`",
    )
