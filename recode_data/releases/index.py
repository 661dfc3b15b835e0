"""Where packages come from: the index settings that the user already has for pip and uv.

The precedence is pip's own for pip's settings (global, user and site files, the file that
PIP_CONFIG_FILE names, then variables); a setting made for uv wins over the same one made for pip,
since uv is what installs. Nothing set means the tools' own default index, which is never named
here.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit, urlunsplit

from recode_data.errors import UsageError
from recode_data.records import JsonValue

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PIP_SECTIONS = ("global", "install")
"""Sections that bear on installing; the later one wins, as in pip."""

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})

REMEDY = (
    "check the network and the proxy, or name another index in pip's or uv's settings "
    "(PIP_INDEX_URL, UV_DEFAULT_INDEX, pip.conf); what is in the cache works offline"
)


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Package sources and how to reach them; URLs may hold credentials, so never log them raw."""

    index_url: str | None = None
    """None: the default index of the tools themselves."""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    """Folders or pages with wheels and sdists."""
    no_index: bool = False
    """Only `find_links`."""
    trusted_hosts: tuple[str, ...] = ()
    """`host` or `host:port` for which certificates are not checked."""
    cert: str | None = None
    """Path of a PEM bundle."""
    first_index: bool = False
    """Take a library from the first index that has it (uv's habit) instead of the best of all
    (pip's)."""


def read_index_settings(
    environ: Mapping[str, str], *, home: Path, prefix: Path, system: Path = Path("/")
) -> IndexSettings:
    """The user's settings.

    Args:
        environ: Environment variables.
        home: The user's home folder.
        prefix: Root of the running Python, which may hold pip's site file.
        system: Root of the file system, other than `/` only in tests.

    Raises:
        UsageError: a settings file cannot be parsed; the message names it.
    """
    pip = _pip_settings(environ, home, prefix, system)
    settings = IndexSettings(
        index_url=pip.get("index-url") or None,
        extra_index_urls=_words(pip.get("extra-index-url")),
        find_links=_words(pip.get("find-links")),
        no_index=pip.get("no-index", "").lower() in TRUE_WORDS,
        trusted_hosts=_words(pip.get("trusted-host")),
        cert=pip.get("cert") or None,
    )
    for path in _uv_files(environ, home, system):
        settings = _with_uv_file(settings, path)
    return _with_uv_variables(settings, environ)


def redacted(text: str) -> str:
    """The text without the credentials of any URL in it."""
    return re.sub(r"://[^/@\s]+@", "://***@", text)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


# --- pip ------------------------------------------------------------------------------------------


def _pip_settings(
    environ: Mapping[str, str], home: Path, prefix: Path, system: Path
) -> dict[str, str]:
    by_section: dict[str, dict[str, str]] = {section: {} for section in PIP_SECTIONS}
    for path in _pip_files(environ, home, prefix, system):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text(encoding="utf-8"))
        except (configparser.Error, UnicodeDecodeError, OSError) as error:
            raise UsageError(f"pip's settings file {path} cannot be read: {error}") from error
        for section in PIP_SECTIONS:
            if parser.has_section(section):
                items = parser.items(section)
                by_section[section].update((key.replace("_", "-"), value) for key, value in items)
    merged: dict[str, str] = {}
    for section in PIP_SECTIONS:
        merged.update(by_section[section])
    for key, value in environ.items():
        if key.startswith("PIP_") and value:
            merged[key[4:].lower().replace("_", "-")] = value
    return merged


def _pip_files(
    environ: Mapping[str, str], home: Path, prefix: Path, system: Path
) -> Iterator[Path]:
    """Existing files, weakest first."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    candidates = [
        Path(folder) / "pip" / "pip.conf"
        for folder in reversed(_xdg_folders(environ, system))
        if folder
    ]
    candidates.append(system / "etc" / "pip.conf")
    if not (named and Path(named).exists()):
        config_home = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        candidates += [home / ".pip" / "pip.conf", config_home / "pip" / "pip.conf"]
    candidates.append(prefix / "pip.conf")
    if named:
        candidates.append(Path(named))
    yield from (path for path in candidates if path.is_file())


def _xdg_folders(environ: Mapping[str, str], system: Path) -> list[str]:
    default = str(system / "etc" / "xdg")
    return (environ.get("XDG_CONFIG_DIRS") or default).split(os.pathsep)


# --- uv -------------------------------------------------------------------------------------------


def _uv_files(environ: Mapping[str, str], home: Path, system: Path) -> Iterator[Path]:
    """Existing files, weakest first; those of a project are left out: a build has no project."""
    if environ.get("UV_NO_CONFIG", "").lower() in TRUE_WORDS:
        return
    named = environ.get("UV_CONFIG_FILE")
    config_home = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    candidates = (
        [Path(named)]
        if named
        else [system / "etc" / "uv" / "uv.toml", config_home / "uv" / "uv.toml"]
    )
    yield from (path for path in candidates if path.is_file())


def _with_uv_file(settings: IndexSettings, path: Path) -> IndexSettings:
    try:
        table = cast("dict[str, JsonValue]", tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"uv's settings file {path} cannot be read: {error}") from error
    pip_table = table.get("pip")
    if isinstance(pip_table, dict):  # what uv reads for its pip commands
        table = {**table, **pip_table}
    index_url = table.get("index-url")
    extra = list(_strings(table.get("extra-index-url")))
    entries = table.get("index")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
            continue
        if entry.get("default") is True:
            index_url = entry["url"]
        elif entry.get("explicit") is not True:
            extra.append(cast(str, entry["url"]))
    find_links = _strings(table.get("find-links"))
    return replace(
        settings,
        index_url=index_url if isinstance(index_url, str) else settings.index_url,
        extra_index_urls=tuple(extra) or settings.extra_index_urls,
        find_links=tuple(find_links) or settings.find_links,
        no_index=table.get("no-index", settings.no_index) is True,
        trusted_hosts=tuple(_strings(table.get("allow-insecure-host"))) or settings.trusted_hosts,
        first_index=_first_index(
            table.get("index-strategy"), has_uv_indexes=bool(extra), default=settings.first_index
        ),
    )


def _strings(value: JsonValue) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _with_uv_variables(settings: IndexSettings, environ: Mapping[str, str]) -> IndexSettings:
    default = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")
    extra = [
        *_words(environ.get("UV_INDEX")),
        *_words(environ.get("UV_EXTRA_INDEX_URL")),
    ]
    find_links = [item for item in environ.get("UV_FIND_LINKS", "").split(",") if item.strip()]
    return replace(
        settings,
        index_url=_named_url(default, environ) if default else settings.index_url,
        extra_index_urls=tuple(_named_url(item, environ) for item in extra)
        or settings.extra_index_urls,
        find_links=tuple(item.strip() for item in find_links) or settings.find_links,
        no_index=settings.no_index or environ.get("UV_NO_INDEX", "").lower() in TRUE_WORDS,
        trusted_hosts=_words(environ.get("UV_INSECURE_HOST")) or settings.trusted_hosts,
        first_index=_first_index(
            environ.get("UV_INDEX_STRATEGY"),
            has_uv_indexes=bool(extra),
            default=settings.first_index,
        ),
    )


def _first_index(strategy: JsonValue, *, has_uv_indexes: bool, default: bool) -> bool:
    if isinstance(strategy, str) and strategy:
        return strategy == "first-index"
    return has_uv_indexes or default


def _named_url(entry: str, environ: Mapping[str, str]) -> str:
    """The URL of `name=URL`, with the credentials that uv keeps in variables after that name."""
    named = re.fullmatch(r"([A-Za-z0-9._-]+)=(.+)", entry)
    if named is None:
        return entry
    variable = re.sub(r"[^A-Z0-9]", "_", named[1].upper())
    user = environ.get(f"UV_INDEX_{variable}_USERNAME")
    password = environ.get(f"UV_INDEX_{variable}_PASSWORD")
    parts = urlsplit(named[2])
    if not (user or password) or "@" in parts.netloc:
        return named[2]
    secret = f"{quote(user or '', safe='')}:{quote(password or '', safe='')}@"
    return urlunsplit(parts._replace(netloc=secret + parts.netloc))
