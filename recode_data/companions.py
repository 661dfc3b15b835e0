"""Packages that a library needs before it can be imported, and does not require.

jax asks for jaxlib in its error; seaborn 0.7 declares nothing and imports matplotlib; torch 1.10
imports pkg_resources, which setuptools brings, and which every environment had in its day.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from recode_data.records import Environment, Release
from recode_data.releases.metadata import parse_metadata
from recode_data.sandbox import SandboxPool
from recode_data.surface.touch import access_paths
from recode_data.workspace import Workspace

logger = logging.getLogger(__name__)

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]")
_MISSING = re.compile(r"No module named '([A-Za-z_][A-Za-z0-9_]*)")

WELL_KNOWN = {
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "jinja2": "jinja2",
    "lxml": "lxml",
    "matplotlib": "matplotlib",
    "mpl_toolkits": "matplotlib",
    "networkx": "networkx",
    "numpy": "numpy",
    "packaging": "packaging",
    "pandas": "pandas",
    "pkg_resources": "setuptools",
    "pyarrow": "pyarrow",
    "pytz": "pytz",
    "requests": "requests",
    "scipy": "scipy",
    "setuptools": "setuptools",
    "six": "six",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "statsmodels": "statsmodels",
    "tqdm": "tqdm",
    "typing_extensions": "typing-extensions",
    "yaml": "pyyaml",
}
"""Module → its distribution. Only these are installed for the sake of a mere import: a name made up
by mined code could be anybody's package."""


def find_companions(
    workspace: Workspace, release: Release, environment: Environment, sandboxes: SandboxPool
) -> tuple[str, ...]:
    """Requirements that the release's import asks for; empty where it imports, or asks for none.

    A name in the error counts where the release lists it among its optional requirements, where it
    begins with the library's own name, or where it is a well-known module: an error may name
    anything. One error names one module: what is imported after it shows when that one is there.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    top = release.import_names[0]
    access = access_paths([top], environment, sandboxes).get(top)
    if access is None or access.resolves or access.error_type is None:
        return ()
    if "ImportError" not in access.error_type and "ModuleNotFound" not in access.error_type:
        return ()
    named = {canonicalize_name(word) for word in _WORD.findall(access.message)}
    own = canonicalize_name(release.library)
    optional = _optional(workspace, release)
    known = {WELL_KNOWN[name] for name in _MISSING.findall(access.message) if name in WELL_KNOWN}
    found = sorted(
        name
        for name in {*named, *known}
        if name != own
        and (name in known or name in optional or (name.startswith(own) and "." not in name))
    )
    if found:
        logger.warning("%s does not import without %s", release.pin, ", ".join(found))
    return tuple(found)


def _optional(workspace: Workspace, release: Release) -> frozenset[str]:
    """Names of what the release requires for its extras."""
    if release.wheel is None:
        return frozenset()
    root = workspace.unpacked(release.wheel)
    return frozenset(_names(root.glob("*.dist-info/METADATA")))


def _names(files: Iterable[Path]) -> Iterable[str]:
    for file in files:
        for text in parse_metadata(file.read_text(encoding="utf-8", errors="replace")).requires:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is not None and "extra" in str(requirement.marker):
                yield canonicalize_name(requirement.name)
