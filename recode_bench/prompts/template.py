"""Prompt templates: turns of a chat with `{{names}}` in them, as text files.

A template is a text of sections, each headed by a line `=== system ===`, `=== user ===` or
`=== assistant ===`. The last one may be the assistant's: it is the prefill, the beginning of the
answer that the model goes on from. Results name the template and the hash of its text, so
that scores of different wordings are never taken for the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from recode_data.errors import MalformedInputError, UsageError
from recode_data.records import content_id

Role: TypeAlias = Literal["system", "user", "assistant"]

_HEADING = re.compile(r"^=== (system|user|assistant) ===[^\S\n]*\n?", re.MULTILINE)
_NAME = re.compile(r"\{\{[^\S\n]*([a-z_]+)[^\S\n]*\}\}")

_TEMPLATES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given; the last message is never the assistant's."""

    messages: tuple[Message, ...]
    prefill: str = ""
    """How the assistant's answer begins; part of the prompt, not of the completion."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with names still to be filled in."""

    name: str
    sections: tuple[tuple[Role, str], ...]
    hash: str
    """Hex digest of the text."""

    @property
    def version(self) -> str:
        """`name@hash`, as results record it."""
        return f"{self.name}@{self.hash}"


def load_template(task: str, name_or_file: str) -> Template:
    """A template that comes with the toolkit, or one from a file of the user.

    Args:
        task: `pairs` or `codeupdatearena`; which templates there are depends on it.
        name_or_file: one of `template_names(task)`, else the path of a text file.

    Raises:
        UsageError: neither a known name nor a readable file.
        MalformedInputError: the file is not a template.
    """
    known = name_or_file in template_names(task)
    path = _TEMPLATES / task / f"{name_or_file}.txt" if known else Path(name_or_file)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        names = ", ".join(template_names(task))
        raise UsageError(
            f"{name_or_file}: not a prompt of {task} ({names}) and not a readable text file"
        ) from error
    return parse_template(text, name_or_file if known else path.stem)


def template_names(task: str) -> tuple[str, ...]:
    """Names of the templates that come with the toolkit, sorted."""
    return tuple(sorted(path.stem for path in (_TEMPLATES / task).glob("*.txt")))


def parse_template(text: str, name: str) -> Template:
    """Read a template's text.

    Raises:
        MalformedInputError: no section, text before the first one, a section twice in a row, a
            system section that is not the first, or no user section.
    """
    text = text.replace("\r\n", "\n")
    before, *parts = _HEADING.split(text)
    if before.strip() or not parts:
        raise MalformedInputError(
            f"prompt {name}: must begin with a line such as '=== user ===', not {before[:40]!r}"
        )
    sections: list[tuple[Role, str]] = []
    for role, body in zip(parts[::2], parts[1::2], strict=True):
        sections.append((_as_role(role), body.removesuffix("\n")))
    roles = [role for role, _ in sections]
    turns = roles[1:] if roles[0] == "system" else roles
    if not turns or any(
        role != ("user", "assistant")[index % 2] for index, role in enumerate(turns)
    ):
        raise MalformedInputError(
            f"prompt {name}: sections must be an optional system, then user and assistant in turn; "
            f"not {', '.join(roles)}"
        )
    return Template(name, tuple(sections), content_id(text, length=12))


def render(template: Template, values: Mapping[str, str]) -> Prompt:
    """Fill in the names; what is filled in is not looked at again, whatever it holds.

    Raises:
        MalformedInputError: the template uses a name that `values` lacks.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MalformedInputError(
                f"prompt {template.name}: no such name as {match[1]}; "
                f"there are {', '.join(sorted(values))}"
            )
        return values[match[1]]

    messages = [Message(role, _NAME.sub(value, body)) for role, body in template.sections]
    if messages[-1].role == "assistant":
        return Prompt(tuple(messages[:-1]), prefill=messages[-1].content + "\n")
    return Prompt(tuple(messages))


def _as_role(role: str) -> Role:
    roles: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
    return roles[role]
