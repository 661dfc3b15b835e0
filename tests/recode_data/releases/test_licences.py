from __future__ import annotations

import pytest

from recode_data.releases.licences import WORDS_SHOWN, licence_of

BSD_HEAD = "Redistribution and use in source and binary forms, with or without\nmodification"


@pytest.mark.parametrize(
    ("expression", "words", "classifiers", "licence"),
    [
        pytest.param("MIT OR Apache-2.0", "BSD", [], "MIT OR Apache-2.0", id="expression wins"),
        pytest.param("", "The MIT  License", [], "MIT", id="known words"),
        pytest.param("", "BSD", [], "BSD", id="a bare BSD does not say which"),
        pytest.param("", "UNKNOWN", [], "", id="unknown is nothing"),
        pytest.param("", "", [], "", id="nothing"),
        pytest.param(
            "", "", ["License :: OSI Approved :: MIT License"], "MIT", id="certain classifier"
        ),
        pytest.param(
            "",
            "",
            ["License :: OSI Approved :: BSD License"],
            "BSD License",
            id="uncertain classifier in its own words",
        ),
        pytest.param("", "", ["License :: OSI Approved"], "", id="classifier that says nothing"),
        pytest.param(
            "",
            "",
            ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License"],
            "MIT License, BSD License",
            id="two classifiers leave a doubt",
        ),
        pytest.param(
            "",
            f"Copyright\n{BSD_HEAD}\nNeither the name of the owner nor",
            [],
            "BSD-3-Clause",
            id="text with the third clause",
        ),
        pytest.param(
            "",
            f"Copyright\n{BSD_HEAD}",
            ["License :: OSI Approved :: BSD License"],
            "BSD License",
            id="text without it is not called three-clause",
        ),
        pytest.param("", "My own licence\nDo no harm.", [], "My own licence", id="first line"),
        pytest.param("", "x" * 500, [], "x" * WORDS_SHOWN, id="long words are cut"),
        pytest.param(
            "",
            "Apache License\n  Version 2.0, January 2004\n http",
            [],
            "Apache-2.0",
            id="apache text",
        ),
        pytest.param(
            "",
            "Our licence\n" + "x " * 3000 + BSD_HEAD + " neither the name of",
            [],
            "Our licence",
            id="licences of bundled libraries further down do not count",
        ),
    ],
)
def test_licence(expression: str, words: str, classifiers: list[str], licence: str) -> None:
    assert licence_of(expression, words, classifiers) == licence
