"""Whether the training libraries are here, asked before any of them is imported."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from packaging.version import Version

from recode_data.errors import EnvironmentLacksError

LEAST_TRL = Version("1.16")
"""The first version with every setting that the presets name."""

REMEDY = "pip install 'recode-toolkit[train]' (Python 3.11 or later)"


def require_training_libraries() -> None:
    """Refuse to go on without a TRL that the presets fit.

    Raises:
        EnvironmentLacksError: a library is missing, or TRL is too old.
    """
    for name in ("trl", "torch", "transformers", "accelerate", "peft", "datasets"):
        try:
            found = Version(version(name))
        except PackageNotFoundError as error:
            raise EnvironmentLacksError(
                f"training needs {name}, which is missing", REMEDY
            ) from error
        if name == "trl" and found < LEAST_TRL:
            raise EnvironmentLacksError(
                f"this is TRL {found}; {LEAST_TRL} or later is needed", REMEDY
            )
