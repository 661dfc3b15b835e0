"""What findings of the probe become; the runs themselves are the verifier's business."""

from __future__ import annotations

import pytest

from recode_data.records import ChangeKind, EvidenceKind
from recode_data.verify.probe import SHOWN_OFTEN, Finding, blamed_api, changes_from, worth_probing
from tests.making import make_change, make_usage
from tests.surfaces import surface_of

SURFACE = surface_of("def load(a): ...\ndef read(a): ...\nclass Frame:\n    def head(self): ...\n")
PATHS = {item.path for item in SURFACE.objects}


def finding(code: str, message: str = "no", line: int = 2, *, is_break: bool = True) -> Finding:
    category = "ValueError" if is_break else "FutureWarning"
    return Finding(make_usage(f"import toy\n{code}\n"), is_break, category, message, line)


@pytest.mark.parametrize(
    ("code", "message", "expect"),
    [
        pytest.param("x = toy.load(1)", "no", "toy.load", id="only-one"),
        pytest.param(
            "x = toy.load(toy.read(1))", "load() takes no numbers", "toy.load", id="named"
        ),
        pytest.param("x = toy.load(toy.read(1))", "no", None, id="one-of-two"),
        pytest.param("x = toy.load(toy.read(1))", "load and read", None, id="both-named"),
        pytest.param("x = 1", "load", None, id="not-in-the-statement"),
        pytest.param("x = toy.absent(1)", "absent", None, id="unknown-name"),
        pytest.param("x = toy.load(\n    1,\n)", "no", "toy.load", id="several-lines"),
    ],
)
def test_blame_needs_certainty(code: str, message: str, expect: str | None) -> None:
    assert blamed_api(finding(code, message), PATHS) == expect


def test_only_the_statement_that_failed_counts() -> None:
    code = "x = toy.load(1)\ny = toy.read(x)"
    assert blamed_api(finding(code, line=2), PATHS) == "toy.load"
    assert blamed_api(finding(code, line=3), PATHS) == "toy.read"


def test_break_is_a_change_of_behaviour_and_warning_a_deprecation() -> None:
    found = changes_from(
        [finding("toy.load(1)"), finding("toy.read(1)", "soon", is_break=False)], (), SURFACE
    )
    assert [(change.kind, change.old_api, change.message) for change in found] == [
        (ChangeKind.BEHAVIOUR, "toy.load", "no"),
        (ChangeKind.DEPRECATED, "toy.read", "soon"),
    ]
    assert [(item.kind, item.detail) for item in found[0].evidence] == [
        (EvidenceKind.PROBE, "ValueError: no")
    ]
    assert str(found[0].old_signature) == "(a)"


def test_break_hides_the_warning_of_the_same_api() -> None:
    warned = finding("toy.load(2)", "soon", is_break=False)
    found = changes_from([warned, finding("toy.load(1)")], (), SURFACE)
    assert [change.kind for change in found] == [ChangeKind.BEHAVIOUR]


@pytest.mark.parametrize("path", ["toy.load", "toy"])
def test_what_is_known_is_no_news(path: str) -> None:
    assert changes_from([finding("toy.load(1)")], [make_change(path)], SURFACE) == ()


def test_a_statement_that_uses_a_member_known_to_have_changed_blames_nothing_else() -> None:
    known = [make_change("toy.Frame.head")]
    assert changes_from([finding("toy.Frame().head()", "no tuple")], known, SURFACE) == ()
    assert changes_from([finding("toy.Frame().tail()", "no tuple")], known, SURFACE) != ()


def test_findings_of_one_api_are_one_change_whatever_their_order() -> None:
    findings = [finding(f"toy.load({number})", f"no {number}") for number in range(3)]
    (first,) = changes_from(findings, (), SURFACE)
    assert first.message == "no 0\nno 1\nno 2"
    assert changes_from(findings[::-1], (), SURFACE) == (first,)


def test_what_many_usages_show_is_probed_a_few_times() -> None:
    plain = [make_usage(f"import toy\nx = toy.load({n})\n", source_line=n) for n in range(9)]
    member = make_usage("import toy\nx = toy.load(1).head()\n")
    other = make_usage("import toy\nx = toy.read(1)\n", apis=("toy.read",))
    assert worth_probing([*plain, member, other]) == (
        plain[0],
        member,
        other,
        *plain[1:SHOWN_OFTEN],
    )
