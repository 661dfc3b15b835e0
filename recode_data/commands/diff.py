"""`recode-data diff`."""

from __future__ import annotations

import fnmatch
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recode_data.console import cache_option, weak_option
from recode_data.errors import ExitCode, MalformedInputError
from recode_data.records import ChangeKind

if TYPE_CHECKING:
    from recode_data.records import ApiChange, JsonValue, Release, VersionStep
    from recode_data.workspace import Workspace

NAME_WIDTH = 60
KINDS = [kind.value for kind in ChangeKind]


@click.command()
@click.argument("spec", metavar="LIB:OLD:NEW")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--breaking", is_flag=True, help="Only changes that can break code.")
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Exit 1 only for these kinds (repeatable; default: every breaking kind).",
)
@click.option(
    "--allow",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of accepted changes, a line each: PATH or KIND PATH, `*` for any text.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a page to look through, one file.",
)
@cache_option
@weak_option
def diff(
    spec: str,
    as_json: bool,
    breaking: bool,
    fail_on: tuple[str, ...],
    allow: Path | None,
    page: Path | None,
    cache: Path | None,
    allow_weak: bool,
) -> int:
    """List the API changes between two versions and what to write instead.

    OLD and NEW are versions of the package index, or a wheel, an sdist, a folder with a source
    tree, or git+PATH@REF. Exit code 1 when there are breaking changes, additions and deprecations
    apart.

    \b
    Example:
      recode-data diff numpy:1.26.4:2.0.0
      recode-data diff mylib:1.0:. --fail-on removed --allow accepted.txt
      recode-data diff mylib:git+.@v1.0:git+.@HEAD --breaking
    """
    from recode_data.changes import is_breaking
    from recode_data.sandbox import SandboxPool
    from recode_data.step_changes import read_context, step_changes
    from recode_data.steps import parse_step
    from recode_data.workspace import Workspace

    started = time.monotonic()
    step = parse_step(spec)
    accepted = _read_allowed(allow)
    workspace = Workspace.default(cache)
    context = read_context(step, workspace, allow_weak=allow_weak)
    with SandboxPool(size=2, allow_weak=allow_weak) as sandboxes:
        found = step_changes(context, workspace, sandboxes).changes
    changes = [change for change in found if not is_allowed(change, accepted)]
    if breaking:
        changes = [change for change in changes if is_breaking(change)]
    mentions = {} if as_json and page is None else _mentions(workspace, context.old)
    if page is not None:
        from recode_data.commands.diff_page import write_diff_page

        write_diff_page(step, changes, mentions, page)
    if as_json:
        click.echo(as_document(step, changes, time.monotonic() - started))
    else:
        click.echo(as_table(step, changes, mentions))
    failing = {ChangeKind(name) for name in fail_on}
    fails = any(change.kind in failing if failing else is_breaking(change) for change in changes)
    return int(ExitCode.FINDINGS if fails else ExitCode.DONE)


def _mentions(workspace: Workspace, release: Release) -> Mapping[str, int]:
    """Uses by name in the old release's own texts; none where it has no sources."""
    from recode_data.changes.mentions import count_mentions

    return count_mentions(workspace.unpacked(release.sdist)) if release.sdist else {}


def _read_allowed(path: Path | None) -> tuple[tuple[str, str], ...]:
    """(kind pattern, path pattern) per line; `#` begins a comment."""
    if path is None:
        return ()
    found: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.partition("#")[0].split()
        if len(words) > 2:
            raise MalformedInputError(f"{path}:{number}: expected PATH or KIND PATH, not {line!r}")
        if words:
            found.append((words[0], words[1]) if len(words) == 2 else ("*", words[0]))
    return tuple(found)


def is_allowed(change: ApiChange, accepted: Iterable[tuple[str, str]]) -> bool:
    """Whether a line of the allow file covers a change; `path:parameter` names a parameter."""
    names = [change.old_api]
    if change.parameter is not None:
        names.append(f"{change.old_api}:{change.parameter}")
    return any(
        fnmatch.fnmatchcase(change.kind.value, kind)
        and any(fnmatch.fnmatchcase(name, pattern) for name in names)
        for kind, pattern in accepted
    )


def as_document(step: VersionStep, changes: Sequence[ApiChange], seconds: float) -> str:
    """The JSON document; its keys are a contract that scripts rely on."""
    document: JsonValue = {
        "library": step.library,
        "old": step.old,
        "new": step.new,
        "changes": [_as_json(change) for change in changes],
        "seconds": round(seconds, 3),
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)


def _as_json(change: ApiChange) -> JsonValue:
    return {
        "kind": change.kind.value,
        "old_api": change.old_api,
        "parameter": change.parameter,
        "new_api": change.new_api,
        "message": change.message,
        "alias_of": change.alias_of,
        "replacements": [
            {
                "new_api": item.new_api,
                "new_parameter": item.new_parameter,
                "score": item.score,
                "evidence": [
                    {"kind": proof.kind.value, "detail": proof.detail} for proof in item.evidence
                ],
            }
            for item in change.replacements
        ],
        "evidence": [{"kind": item.kind.value, "detail": item.detail} for item in change.evidence],
    }


def as_table(
    step: VersionStep, changes: Sequence[ApiChange], mentions: Mapping[str, int] | None = None
) -> str:
    """Readable text, grouped by kind, most-used first; repeats of a change are counted beside it.

    `mentions` are uses by name, in the old release's own documentation, examples and tests.
    """
    from recode_data.changes.mentions import uses_of

    shown, repeats = _without_repeats(changes)
    uses = {id(change): uses_of(change, mentions or {}) for change in shown}
    lines = [f"{step.library} {step.old} -> {step.new}: {_counted(shown)}"]
    for kind in ChangeKind:
        of_kind = [change for change in shown if change.kind is kind]
        if not of_kind:
            continue
        of_kind.sort(key=lambda change: (-uses[id(change)], change.old_api))
        lines.extend(["", f"{kind.value.replace('_', ' ')} ({len(of_kind)})"])
        width = min(NAME_WIDTH, max(len(_name(change)) for change in of_kind))
        for change in of_kind:
            notes = [_instead(change)]
            if uses[id(change)]:
                notes.append(f"[{uses[id(change)]} use{'' if uses[id(change)] == 1 else 's'}]")
            if repeats.get(change.key):
                notes.append(f"(+{repeats[change.key]} more paths)")
            lines.append(f"  {_name(change):<{width}}  {'  '.join(filter(None, notes))}".rstrip())
    return "\n".join(lines)


def _counted(changes: Sequence[ApiChange]) -> str:
    from recode_data.changes import is_breaking

    breaking = sum(map(is_breaking, changes))
    plural = "" if len(changes) == 1 else "s"
    return f"{len(changes)} API change{plural}, {breaking} of them can break code"


def _without_repeats(
    changes: Sequence[ApiChange],
) -> tuple[list[ApiChange], Mapping[str, int]]:
    """Changes that repeat no other one, and by key how often each of them is repeated."""
    keys = {change.key for change in changes}
    shown: list[ApiChange] = []
    repeats: dict[str, int] = {}
    for change in changes:
        first = replace(change, old_api=change.alias_of).key if change.alias_of else None
        if first in keys:
            repeats[first] = repeats.get(first, 0) + 1
        else:
            shown.append(change)
    return shown, repeats


def _name(change: ApiChange) -> str:
    return f"{change.old_api}({change.parameter})" if change.parameter else change.old_api


def _instead(change: ApiChange) -> str:
    best = change.replacements[0] if change.replacements else None
    if best is not None and best.new_parameter is not None:
        if best.new_parameter != change.parameter:
            return f"write {best.new_parameter}="
        return f"pass by keyword: {best.new_parameter}="
    if change.new_api is not None and change.new_api != change.old_api:
        return f"write {change.new_api}"
    if change.old_value is not None and change.new_value is not None:
        return f"{change.old_value} -> {change.new_value}"
    if change.message:
        return change.message if len(change.message) <= 90 else f"{change.message[:87]}..."
    return ""
