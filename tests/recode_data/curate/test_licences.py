from __future__ import annotations

import pytest

from recode_data.curate.licences import is_permissive


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "BSD-3-Clause",
        "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "GPL-2.0-only OR MIT",
        "(GPL-3.0-only AND MIT) OR Apache-2.0",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
        "Apache-2.0 WITH LLVM-exception",
        "BSD",
        "BSD License",
        "new BSD, see the file",
        "Apache Software License",
        "MIT License, Apache Software License",
    ],
)
def test_permissive(licence: str) -> None:
    assert is_permissive(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        " ",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "MIT AND (GPL-3.0-only OR MPL-2.0)",
        "LGPL-3.0-or-later",
        "GPL-3.0-only WITH Classpath-exception-2.0",
        "MPL-2.0",
        "Mozilla Public License, with parts under MIT",
        "GNU General Public License (GPL)",
        "Proprietary",
        "see the website",
        "BSD, or GPL if you like",
        "LimitedMIT",
    ],
)
def test_not_permissive(licence: str) -> None:
    assert not is_permissive(licence)


@pytest.mark.parametrize("torn", ["MIT AND", "AND MIT", "(MIT", "MIT)", "OR", "MIT WITH", "((("])
def test_a_torn_expression_does_no_harm(torn: str) -> None:
    assert is_permissive(torn) in {True, False}
