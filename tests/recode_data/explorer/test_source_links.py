from __future__ import annotations

import pytest

from recode_data.errors import UsageError
from recode_data.explorer.articles import pair_article
from recode_data.explorer.source_links import parse_source_links, source_address
from tests.making import make_pair

TEMPLATE = "https://code.example/toy/v{version}/{file}#L{line}"


def test_the_address_names_release_file_and_line() -> None:
    links = parse_source_links([f"Toy={TEMPLATE}"])
    assert source_address(make_pair(), links) == "https://code.example/toy/v1.0/docs/guide.rst#L12"
    assert source_address(make_pair(source_release="other==1.0"), links) is None


def test_a_hostile_file_name_stays_within_the_address() -> None:
    links = parse_source_links([f"toy={TEMPLATE}"])
    pair = make_pair(source_file='a"b/{line}/<c>?d#e', source_release="toy==1.0/../x")
    assert source_address(pair, links) == (
        "https://code.example/toy/v1.0%2F..%2Fx/a%22b/%7Bline%7D/%3Cc%3E%3Fd%23e#L12"
    )


@pytest.mark.parametrize("text", ["toy", "toy=javascript:alert(1)", "toy=file.html", "toy=https://x/{path}"])  # fmt: skip
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="toy"):
        parse_source_links([text])


def test_the_row_links_its_line() -> None:
    article = pair_article(make_pair(), [], source="https://code.example/x#L12")
    assert '<a href="https://code.example/x#L12" rel="noreferrer"><code>docs/guide.rst:12</code></a>' in article  # fmt: skip
    assert "href" not in pair_article(make_pair(), [])
