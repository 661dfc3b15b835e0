"""HTML that escapes by construction."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.explorer.markup import Markup, arrow, dotted, fragment, prose, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", {}, "<b>", Markup("<i>x</i>")) == "<p>&lt;b&gt;<i>x</i></p>"


def test_attributes_are_escaped() -> None:
    assert tag("a", {"href": '"><script>'}, "x") == '<a href="&quot;&gt;&lt;script&gt;">x</a>'


def test_absent_attributes_are_left_out() -> None:
    made = tag("details", {"open": True, "id": None, "hidden": False, "data-n": 3})
    assert made == '<details open data-n="3"></details>'


def test_numbers_get_separators_and_none_is_nothing() -> None:
    assert fragment(12345, None, ["a", ["b"]]) == "12,345ab"


def test_void_elements_are_not_closed() -> None:
    assert tag("br") == "<br>"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("write `a.b` now", "write <code>a.b</code> now"),
        ("a lone ` says nothing", "a lone ` says nothing"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
    ],
)
def test_backquotes_set_code(text: str, expect: str) -> None:
    assert prose(text) == expect


def test_direction_and_control_characters_are_written_out() -> None:
    assert fragment("a\u202eb\x07\u200b\n\t") == "a⟨U+202E⟩b␇⟨U+200B⟩\n\t"


def test_a_path_may_break_after_its_dots() -> None:
    assert dotted("a.b") == '<code class="path">a.<wbr>b</code>'


def test_an_arrow_only_where_the_name_is_another() -> None:
    assert "→" in arrow("a.b", None, "a.c")
    assert "→" not in arrow("a.b", "x", "a.b")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_any_text_comes_back_as_text(text: str) -> None:
    parser = _Texts()
    parser.feed(tag("p", {"title": text}, text))
    parser.close()
    assert parser.tags == ["p"]
    assert "".join(parser.texts) == text
