"""All snippets of a release: one pure function per file, and the loop over the files."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from functools import partial

from recode_data.records import Usage, UsageOrigin
from recode_data.usages.docs import docs_snippets
from recode_data.usages.docstrings import docstring_snippets
from recode_data.usages.fixtures import conftests
from recode_data.usages.gallery import gallery_snippets
from recode_data.usages.importing import Setting
from recode_data.usages.interest import Interest, interest_in
from recode_data.usages.snippets import Snippet
from recode_data.usages.sources import ReleaseSources, SourceFile, files_of, is_module
from recode_data.usages.tests import snippets_of_tests


def find_usages(
    sources: ReleaseSources, paths_of_interest: frozenset[str] | None
) -> tuple[Usage, ...]:
    """Self-contained snippets of a release that touch one of the paths, or anything of it.

    Args:
        sources: the unpacked release.
        paths_of_interest: dotted paths; None for every snippet that touches the library at all.

    Returns:
        Usages ordered by origin, file and line; code that occurs more than once is given once.
    """
    interest = interest_in(sources.import_names, paths_of_interest, partial(is_module, sources))
    return distinct(
        usage for file in files_of(sources) for usage in usages_in(file, sources, interest)
    )


def distinct(usages: Iterable[Usage]) -> tuple[Usage, ...]:
    """The first usage of each code."""
    seen: dict[str, Usage] = {}
    for usage in usages:
        seen.setdefault(usage.code, usage)
    return tuple(seen.values())


def usages_in(file: SourceFile, sources: ReleaseSources, interest: Interest) -> Iterator[Usage]:
    """Usages of one file, in the order of its text; a file that is no UTF-8 text has none."""
    try:
        text = file.path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        return
    if not interest.may_touch(text):
        return
    roots = tuple(root for root in (sources.wheel_root, sources.sdist_root) if root is not None)
    for library in sources.import_names[:1]:
        setting = Setting(library, file.module, roots)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the mined library's business
            found = tuple(
                Usage(
                    code=snippet.code,
                    apis=snippet.apis,
                    origin=file.origin,
                    release=sources.release,
                    source_file=file.relative,
                    source_line=snippet.line,
                )
                for snippet in _snippets(file, text, interest, setting)
            )
        yield from found


def _snippets(
    file: SourceFile, text: str, interest: Interest, setting: Setting
) -> Iterator[Snippet]:
    if file.origin is UsageOrigin.DOCSTRING:
        return docstring_snippets(text, interest, setting)
    if file.origin is UsageOrigin.DOCS:
        return docs_snippets(text, file.relative, interest, setting)
    if file.origin is UsageOrigin.GALLERY:
        return gallery_snippets(text, interest, setting)
    above = conftests(file.path, setting.roots)
    return snippets_of_tests(text, interest, setting, above)
