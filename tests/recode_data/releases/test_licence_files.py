from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.releases.licence_files import licence_in
from recode_data.step_licences import is_exact

MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this"
BSD = "Redistribution and use in source and binary forms, with or without\nmodification"
GPL = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007"
LGPL = "GNU LESSER GENERAL PUBLIC LICENSE\n Version 3 ... the terms of\n GNU GENERAL PUBLIC LICENSE Version 3"  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expect"),
    [
        ({"LICENSE": MIT}, "MIT"),
        ({"COPYING.txt": GPL}, "GPL-3.0-only"),
        ({"LICENSE": LGPL}, "LGPL-3.0-only"),
        ({"toy-1.0.dist-info/licenses/LICENSE.md": MIT}, "MIT"),
        ({"toy-1.0.dist-info/LICENCE": f"{BSD} ... Neither the name of"}, "BSD-3-Clause"),
        ({"LICENSE": BSD}, ""),
        ({"LICENSE": "ask me", "licence.rst": MIT}, "MIT"),
        ({"toy/vendored/LICENSE": MIT}, ""),
        ({"README": MIT}, ""),
        ({}, ""),
    ],
)
def test_the_first_text_that_leaves_no_doubt(
    tmp_path: Path, files: dict[str, str], expect: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert licence_in([tmp_path]) == expect


@pytest.mark.parametrize(
    ("licence", "exact"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD", True),
        ("(MIT OR Apache-2.0) AND Zlib", True),
        ("BSD", False),
        ("", False),
        ("see the file", False),
        ("Apache Software License", False),
    ],
)
def test_words_that_may_mean_several_are_not_exact(licence: str, exact: bool) -> None:
    assert is_exact(licence) is exact
