"""A release's licence: SPDX where the metadata leaves no doubt, its own words otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORDS_SHOWN = 120
HEAD_CHARACTERS = 4000
"""Licence texts of wheels go on with those of bundled libraries; the first one is the release's."""

SPDX_BY_WORDS = {
    "mit": "MIT",
    "mit license": "MIT",
    "the mit license": "MIT",
    "expat": "MIT",
    "isc": "ISC",
    "isc license": "ISC",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "apache-2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "mpl-2.0": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "gpl-3.0-only": "GPL-3.0-only",
    "gpl-3.0-or-later": "GPL-3.0-or-later",
    "gplv3+": "GPL-3.0-or-later",
    "lgpl-3.0-or-later": "LGPL-3.0-or-later",
    "psf-2.0": "PSF-2.0",
    "hpnd": "HPND",
    "mit-cmu": "MIT-CMU",
    "unlicense": "Unlicense",
    "zlib": "Zlib",
}
"""No entry for a bare `BSD`, `Apache` or `GPL`: they do not say which."""

SPDX_BY_CLASSIFIER = {
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}

TEXTS = (
    (
        "permission is hereby granted, free of charge, to any person obtaining a copy",
        "MIT",
    ),
    (
        "permission to use, copy, modify, and/or distribute this software for any purpose with or "
        "without fee is hereby granted",
        "ISC",
    ),
    ("mozilla public license version 2.0", "MPL-2.0"),
    ("gnu affero general public license version 3", "AGPL-3.0-only"),
    ("gnu lesser general public license version 3", "LGPL-3.0-only"),
    ("gnu general public license version 3", "GPL-3.0-only"),
    ("gnu general public license version 2", "GPL-2.0-only"),
)
"""Sentences that only one licence has, in one line and in lower case."""


def licence_of(expression: str, words: str, classifiers: Sequence[str]) -> str:
    """The licence by what is most exact: SPDX expression, known words or text, classifier.

    Args:
        expression: `License-Expression`.
        words: `License`: a name, or a whole text.
        classifiers: All classifiers of the release.

    Returns:
        SPDX where certain; otherwise the metadata's words, at most `WORDS_SHOWN` characters; empty
        where the release says nothing.
    """
    if expression:
        return expression
    words = "" if words.strip() == "UNKNOWN" else words.strip()
    known = SPDX_BY_WORDS.get(" ".join(words.lower().split()))
    if known or (known := licence_by_text(words)):
        return known
    named = [item.split(" :: ")[-1] for item in classifiers if item.startswith("License :: ")]
    named = [item for item in named if item != "OSI Approved"]
    if len(named) == 1 and named[0] in SPDX_BY_CLASSIFIER:
        return SPDX_BY_CLASSIFIER[named[0]]
    first_line = words.splitlines()[0].strip() if words else ""
    if len(words.splitlines()) > 1 and named:
        return ", ".join(named)
    return first_line[:WORDS_SHOWN] or ", ".join(named)


def licence_by_text(words: str) -> str | None:
    """A licence known by the sentences that only it has; None where they are not there."""
    text = " ".join(words[:HEAD_CHARACTERS].lower().split())
    if "redistribution and use in source and binary forms" in text:
        third = re.search(r"neither the names? of|may not be used to endorse", text)
        return "BSD-3-Clause" if third else None
    for sentence, licence in TEXTS:
        if sentence in text:
            return licence
    if "apache license" in text and "version 2.0, january 2004" in text:
        return "Apache-2.0"
    return None
