"""Canonical values as the sandbox's driver gives them, in this process."""

from __future__ import annotations

import importlib

from recode_data.verify import canonical_values
from recode_data.verify.values import READERS

if not canonical_values.READERS:
    canonical_values.READERS.extend(
        importlib.import_module(f"recode_data.verify.values.{name}").read for name in READERS
    )

canonical = canonical_values.canonical
