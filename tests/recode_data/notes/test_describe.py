from __future__ import annotations

from dataclasses import replace

import pytest

from recode_data.notes import describe, update_note
from recode_data.records import (
    ApiChange,
    ChangeKind,
    Effect,
    Evidence,
    EvidenceKind,
    FurtherChange,
    ObjectKind,
    Parameter,
    ParameterKind,
    Proof,
    Replacement,
    Signature,
    VersionStep,
)
from tests.making import make_candidate, make_change

STEP = VersionStep("toy", "1.0", "2.0")
BREAK = Proof(Effect.BREAK, "AttributeError", None, "module 'toy' has no attribute 'load'", 2, 1)
WARN = Proof(Effect.WARN, None, "DeprecationWarning", "use read", 2, 1)
DRIFT = Proof(Effect.DRIFT, None, None, "x differs", None, 1)
READ = Replacement("toy.read", (), 1.0)
KEYWORD = ParameterKind.POSITIONAL_OR_KEYWORD


def signature(*names: str) -> Signature:
    return Signature(tuple(Parameter(name, KEYWORD) for name in names))


@pytest.mark.parametrize("kind", ChangeKind, ids=lambda kind: kind.value)
def test_every_kind_has_a_true_sentence(kind: ChangeKind) -> None:
    about_one = kind.value.startswith(("parameter_r", "parameter_a", "default", "keyword"))
    parameter = "mode" if about_one and kind is not ChangeKind.PARAMETER_REORDERED else None
    change = make_change(kind=kind, parameter=parameter)
    text = describe(make_candidate(change=change), BREAK, STEP)
    assert "toy.load" in text
    assert text.endswith((" in toy 2.0.", " between toy 1.0 and 2.0."))
    assert text.endswith(" in toy 2.0.") == (" is " in text or " must " in text)
    assert (parameter or "") in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("change", "replacement", "proof", "expected"),
    [
        (
            make_change(),
            READ,
            BREAK,
            "The function `toy.load` was removed between toy 1.0 and 2.0.\n"
            "Write `toy.read` instead.\n"
            "Under 2.0 the old way raises AttributeError: module 'toy' has no attribute 'load'",
        ),
        (
            make_change(kind=ChangeKind.RENAMED, new_api="toy.read"),
            READ,
            WARN,
            "The function `toy.load` is deprecated in toy 2.0 (up to 1.0 it works without a warning).\n"
            "Write `toy.read` instead.\n"
            "Under 2.0 the old way warns, DeprecationWarning: use read",
        ),
        (
            make_change(
                kind=ChangeKind.PARAMETER_RENAMED,
                parameter="a",
                old_signature=signature("a"),
                new_signature=signature("b"),
            ),
            Replacement("toy.load", (), 1.0, new_parameter="b"),
            BREAK,
            "The parameter `a` of `toy.load` was renamed to `b` between toy 1.0 and 2.0.\n"
            "Pass `b` instead of `a`.\n"
            "Signature before: `load(a)`.\nSignature now: `load(b)`.\n"
            "Under 2.0 the old way raises AttributeError: module 'toy' has no attribute 'load'",
        ),
        (
            make_change(
                kind=ChangeKind.DEFAULT_CHANGED, parameter="a", old_value="1", new_value="2"
            ),
            None,
            DRIFT,
            "The default of the parameter `a` of `toy.load` changed from `1` to `2` between toy 1.0 and 2.0.\n"
            "Pass `a=1` to get what the old version gave by default.\nUnder 2.0 the old way runs, but gives another result.",
        ),
        (
            make_change(
                kind=ChangeKind.DEFAULT_CHANGED, parameter="a", old_value="'warn'", new_value="2"
            ),
            None,
            DRIFT,
            "The default of the parameter `a` of `toy.load` changed from `'warn'` to `2` between toy 1.0 and 2.0.\n"
            "Under 2.0 the old way runs, but gives another result.",
        ),
    ],
    ids=["removed", "renamed", "parameter", "default", "default that nobody passes"],
)
def test_the_note_says_all_that_is_needed(
    change: ApiChange, replacement: Replacement | None, proof: Proof, expected: str
) -> None:
    new_code = (
        "import toy\nx = toy.load(1)\n" if change.parameter else "import toy\nx = toy.read(1)\n"
    )
    candidate = make_candidate(new_code=new_code, change=change, replacement=replacement)
    assert update_note(candidate, proof, STEP) == expected


NOTE = "Under 2.0 the old way warns, DeprecationWarning: use read"


@pytest.mark.parametrize(
    ("change", "replacement", "expected"),
    [
        (
            make_change(kind=ChangeKind.PARAMETER_REMOVED, parameter="a"),
            None,
            "Leave it out of the call.",
        ),
        (
            make_change(
                kind=ChangeKind.PARAMETER_REMOVED,
                parameter="a",
                old_signature=Signature((Parameter("a", KEYWORD, default="False"),)),
            ),
            None,
            "Leave it out of the call; its default was `False`.",
        ),
        (
            make_change(kind=ChangeKind.KEYWORD_ONLY, parameter="a"),
            None,
            "Write `a=...` where it was given by position.",
        ),
        (
            make_change(kind=ChangeKind.KEYWORD_ONLY, parameter="a"),
            Replacement("toy.load", (), 1.0, new_parameter="a"),
            "Write `a=...` where it was given by position.",
        ),
        (
            make_change(
                kind=ChangeKind.DEPRECATED,
                old_signature=signature("a", "b"),
                new_signature=signature("args"),
            ),
            READ,
            "Write `toy.read` instead.",
        ),
        (
            make_change(
                "toy.Table.size",
                kind=ChangeKind.KIND_CHANGED,
                object_kind=ObjectKind.METHOD,
                old_value="method",
                new_value="property",
            ),
            None,
            "Read `.size` without calling it.",
        ),
        (
            make_change("toy.Table.ptp", object_kind=ObjectKind.METHOD),
            Replacement("toy.ptp", (), 1.0),
            "Call `toy.ptp` with the object as its first argument. Where it was `a.ptp()`, write `toy.ptp(a)`.",
        ),
        (make_change(), None, "Where it was `toy.load`, write `toy.read`."),
    ],
    ids=[
        "parameter removed",
        "its default",
        "keyword only",
        "same name",
        "deprecated wrapper",
        "read",
        "function",
        "one expression",
    ],
)
def test_what_to_write_instead(
    change: ApiChange, replacement: Replacement | None, expected: str
) -> None:
    edits = {
        "toy.Table.size": ("toy.load(1).size()", "toy.read(1).size"),
        "toy.Table.ptp": ("t.ptp()", "toy.ptp(t)"),
    }
    by_default = ("toy.load(1, a=False)", "toy.load(1)") if change.parameter == "a" else None
    edit = edits.get(change.old_api, by_default or ("toy.load(1)", "toy.read(1)"))
    codes = (f"import toy\nx = {code}\n" for code in edit)
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    lines = update_note(candidate, WARN, STEP).split("\n")
    assert (lines[1], lines[-1]) == (expected, NOTE)


LIB = make_change("toy.lib", object_kind=ObjectKind.MODULE)
SIZE = make_change(
    "toy.Table.size",
    kind=ChangeKind.KIND_CHANGED,
    object_kind=ObjectKind.METHOD,
    old_value="method",
    new_value="property",
)


@pytest.mark.parametrize(
    ("change", "new_api", "old", "new", "said"),
    [
        (SIZE, None, "x = toy.load(1).size()", "x = len(toy.load(1))", ""),
        (make_change(kind=ChangeKind.BEHAVIOUR), "toy.int8", "x = toy.add(toy.load(1), 2)", "x = toy.add(toy.load(1), toy.int8(2))", ""),
        (make_change(kind=ChangeKind.BEHAVIOUR), "toy.read", "x = toy.load(1)", "x = toy.read(1)", "Write `toy.read` instead."),
        (LIB, "toy.other", "from toy.lib import a", "from toy.other import a", "Write `toy.other` instead."),
        (LIB, "toy.other", "import toy.lib as t\nt.a()", "import toy.other as t\nt.a()", "Write `toy.other` instead."),
        (LIB, "toy.a", "import toy.lib as t\nt.a()", "toy.a()", "What was taken from it is `toy.a` now, in place of `toy.lib.a`."),
    ],
    ids=["neither read nor called", "goes on being used", "replaced", "module", "whole module", "what a module held"],
)  # fmt: skip
def test_no_sentence_that_the_new_code_gives_the_lie_to(
    change: ApiChange, new_api: str | None, old: str, new: str, said: str
) -> None:
    replacement = Replacement(new_api, (), 1.0) if new_api else None
    codes = (f"import toy\n{old}\n", f"import toy\n{new}\n")
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    note = update_note(candidate, WARN, STEP)
    assert (said in note) if said else ("Read `" not in note and "Write `toy.int8`" not in note)


def test_what_the_new_way_uses_where_no_one_edit_tells_it() -> None:
    candidate = make_candidate(
        new_code="import toy\nwith toy.open(1) as f:\n    x = toy.read(f)\n", replacement=None
    )
    note = update_note(candidate, WARN, STEP)
    assert "The new way uses `toy.open` and `toy.read` in place of `toy.load`." in note
    elsewhere = make_candidate(
        "from toy import pickle\nx = pickle.dumps(1)\n",
        "import pickle\nx = pickle.dumps(1)\n",
        replacement=None,
        change=make_change("toy.pickle"),
    )
    note = update_note(elsewhere, WARN, STEP)
    assert "The new way uses `pickle.dumps` in place of `toy.pickle.dumps`." in note


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("toy.load(1)", "toy.read(1, kind='a')", "Write `toy.read` instead, with `kind='a'`."),
        ("toy.load(1, kind='a')", "toy.read(1, kind='a')", "Write `toy.read` instead."),
        ("toy.load(1) + toy.load(2)", "toy.read(1, kind='a') + toy.read(2)", "Write `toy.read` instead."),
        ("toy.load(1)", "toy.read(1, kind=other(kind='b'))", "Write `toy.read` instead, with `kind=other(kind='b')`."),
        ("toy.load(1)", f"toy.read(1, kind={'a' * 120!r})", "Write `toy.read` instead."),
        ("toy.load(1)", "toy.read(1, **{'kind': 1})", "Write `toy.read` instead."),
    ],
    ids=["added", "was there", "not in all", "in an argument", "too long", "starred"],
)  # fmt: skip
def test_the_note_names_arguments_that_every_new_call_got(
    old: str, new: str, expected: str
) -> None:
    codes = [f"import toy\nx = {code}\n" for code in (old, new)]
    candidate = make_candidate(*codes, replacement=READ)
    assert update_note(candidate, WARN, STEP).splitlines()[1] == expected


def test_what_authors_wrote_for_a_renamed_parameter_is_named() -> None:
    known = Replacement("toy.load", (), 0.9, new_parameter="b")
    change = make_change(kind=ChangeKind.PARAMETER_RENAMED, parameter="a", replacements=(known,))
    note = update_note(make_candidate(change=change, replacement=None), BREAK, STEP)
    assert "was renamed to `b` between" in note
    assert "Pass `b` instead of `a`." in note


@pytest.mark.parametrize("kind", [ChangeKind.PARAMETER_RENAMED, ChangeKind.PARAMETER_REMOVED])
@pytest.mark.parametrize("was_there", [False, True])
def test_a_parameter_that_is_still_taken_is_deprecated(kind: ChangeKind, was_there: bool) -> None:
    successor = Replacement("toy.load", (), 0.9, new_parameter="b", was_there=was_there)
    change = make_change(kind=kind, parameter="a")
    note = update_note(make_candidate(change=change, replacement=successor), WARN, STEP)
    assert note.startswith(
        "The parameter `a` of `toy.load` is deprecated in toy 2.0 (up to 1.0 it works without a warning)."
    )
    assert "Pass `b` instead of `a`." in note


def test_a_new_order_is_told_of_all_arguments() -> None:
    change = make_change(kind=ChangeKind.PARAMETER_REORDERED, parameter="key")
    note = update_note(make_candidate(change=change, replacement=None), WARN, STEP)
    assert "Pass the arguments by name, or at their new places." in note


def test_composed_rows_tell_of_each_change() -> None:
    second = make_change("toy.scale")
    candidate = make_candidate(
        replacement=READ, further=(FurtherChange(second, Replacement("toy.resize", (), 1.0)),)
    )
    assert update_note(candidate, WARN, STEP).split("\n") == [
        "The function `toy.load` was removed between toy 1.0 and 2.0.",
        "Write `toy.read` instead.",
        "The function `toy.scale` was removed between toy 1.0 and 2.0.",
        "Write `toy.resize` instead.",
        NOTE,
    ]
    assert describe(candidate, BREAK, STEP).count(" was removed between toy 1.0 and 2.0.") == 2


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("cannot import name 'a' from 'toy' (<environment>/lib/toy/__init__.py)", ": cannot import name 'a' from 'toy'"),
        ("load(a) is gone (use read)", ": load(a) is gone (use read)"),
        ("", "."),
        ("Use read. " + "It is better in many ways " * 4 + "than load. " + "And more of it " * 20, ": Use read. " + "It is better in many ways " * 4 + "than load."),
        ("No end of words " * 30, ": " + ("No end of words " * 30)[:297].rpartition(" ")[0] + "..."),
        ("It is 1.5 " * 40, ": " + ("It is 1.5 " * 40)[:297].rpartition(" ")[0] + "..."),
    ],
    ids=["place", "parentheses", "nothing said", "whole sentences", "first words", "no sentence end"],
)  # fmt: skip
def test_what_the_old_way_says_is_shown_as_far_as_it_tells(message: str, shown: str) -> None:
    proof = Proof(Effect.BREAK, "ImportError", None, message, 2, 1)
    note = update_note(make_candidate(), proof, STEP)
    assert note.split("\n")[-1] == f"Under 2.0 the old way raises ImportError{shown}"


def test_what_breaks_is_not_called_deprecated_alone() -> None:
    change = make_change(kind=ChangeKind.DEPRECATED)
    broke = replace(WARN, effect=Effect.BREAK, error_type="AttributeError", warning_category=None)
    note = update_note(make_candidate(change=change), broke, STEP)
    first = "The function `toy.load` no longer works this way in toy 2.0 (up to 1.0 it works)."
    assert note.splitlines()[0] == first


@pytest.mark.parametrize(
    ("kind", "new_api", "detail", "expected"),
    [
        (ChangeKind.RENAMED, "toy.read", "the same object in 1.0", "The function `toy.load`, another name of `toy.read`, is no longer offered in toy 2.0 (up to 1.0 it works)."),
        (ChangeKind.MOVED, "toy.io.load", "same object as toy.io.load in 1.0", "The function `toy.load`, another path of `toy.io.load`, is no longer offered in toy 2.0 (up to 1.0 it works)."),
        (ChangeKind.RENAMED, "toy.read", "same object as toy.part.load in 1.0", "The function `toy.load` was removed between toy 1.0 and 2.0."),
        (ChangeKind.RENAMED, "toy.load", "the object calls itself toy.load", "The function `toy.load` changed between toy 1.0 and 2.0."),
        (ChangeKind.MOVED, "toy.io.load", "the object calls itself toy.io.load", "The function `toy.load` was moved to `toy.io.load` between toy 1.0 and 2.0."),
    ],
)  # fmt: skip
def test_what_was_there_before_was_not_moved(
    kind: ChangeKind, new_api: str, detail: str, expected: str
) -> None:
    evidence = (Evidence(EvidenceKind.IDENTITY, detail),)
    of_proposal = evidence if detail.startswith("the ") else ()
    change = make_change(kind=kind, new_api=new_api, evidence=() if of_proposal else evidence)
    candidate = make_candidate(change=change, replacement=Replacement(new_api, of_proposal, 1.0))
    assert update_note(candidate, BREAK, STEP).splitlines()[0] == expected


@pytest.mark.parametrize("kind", [ChangeKind.REMOVED, ChangeKind.RENAMED])
def test_a_builtin_is_written_as_it_is(kind: ChangeKind) -> None:
    change = make_change("toy.float", kind=kind, object_kind=ObjectKind.CLASS)
    old, new = (f"import toy\nx = toy.load([1], {name})\n" for name in ("toy.float", "float"))
    candidate = make_candidate(
        old, new, change=change, replacement=Replacement("builtins.float", (), 1.0)
    )
    assert update_note(candidate, BREAK, STEP).splitlines()[:2] == [
        "The class `toy.float`, another name of the builtin `float`, is no longer offered in toy 2.0 "
        "(up to 1.0 it works).",
        "Write `float` instead.",
    ]


def test_a_sign_is_part_of_what_to_write() -> None:
    change = make_change("toy.NINF", message="`toy.NINF` was removed. Use `-toy.inf` instead.")
    candidate = make_candidate(
        "import toy\nx = toy.NINF\n",
        "import toy\nx = -toy.inf\n",
        change=change,
        replacement=Replacement("toy.inf", (), 0.9),
    )
    assert "Write `-toy.inf` instead." in update_note(candidate, WARN, STEP)
    plain = replace(change, message="Use `toy.inf` instead, non-toy.inf is gone.")
    candidate = replace(candidate, change=plain)
    assert "Write `toy.inf` instead." in update_note(candidate, WARN, STEP)


@pytest.mark.parametrize(
    ("kind", "parameter", "was_there", "expected"),
    [
        (ChangeKind.MOVED, None, False, "The function `toy.load` was moved to `toy.io.load` between"),
        (ChangeKind.MOVED, None, True, "The function `toy.load` was removed between"),
        (ChangeKind.PARAMETER_RENAMED, "op", False, "The parameter `op` of `toy.load` was renamed to `by`"),
        (ChangeKind.PARAMETER_RENAMED, "op", True, "The parameter `op` of `toy.load` was removed between"),
    ],
)  # fmt: skip
def test_nothing_became_what_the_old_version_had_as_well(
    kind: ChangeKind, parameter: str | None, was_there: bool, expected: str
) -> None:
    new_api = "toy.load" if parameter else "toy.io.load"
    new_parameter = "by" if parameter else None
    replacement = Replacement(new_api, (), 0.9, new_parameter, was_there)
    change = make_change(kind=kind, parameter=parameter, new_api=new_api)
    note = update_note(make_candidate(change=change, replacement=replacement), BREAK, STEP)
    assert note.startswith(expected)
    assert "Pass `by` instead of `op`." in note or "Write `toy.io.load` instead." in note


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        (BREAK, "must be passed by keyword in toy 2.0 (up to 1.0 it works)."),
        (WARN, "is to be passed by keyword in toy 2.0 (up to 1.0 it works without a warning)."),
    ],
)
def test_a_warning_is_no_must(proof: Proof, expected: str) -> None:
    change = make_change(kind=ChangeKind.KEYWORD_ONLY, parameter="mode")
    note = update_note(make_candidate(change=change), proof, STEP)
    assert note.splitlines()[0].endswith(expected)
    further = (FurtherChange(make_change("toy.scale")),)
    note = update_note(make_candidate(change=change, further=further), proof, STEP)
    told = "is to be passed by keyword in toy 2.0 (up to 1.0 it need not be)."
    assert note.splitlines()[0].endswith(told)


@pytest.mark.parametrize(
    ("new", "replacement", "is_shown"),
    [
        (signature("a", "b"), None, True),
        (signature("args", "kwargs"), None, False),
        (signature("a", "b"), Replacement("toy.other", (), 0.9), False),
    ],
    ids=["of the API itself", "of a wrapper", "of another API"],
)
def test_signatures_that_tell_something(
    new: Signature, replacement: Replacement | None, is_shown: bool
) -> None:
    change = make_change(
        kind=ChangeKind.KIND_CHANGED, old_signature=signature("a"), new_signature=new
    )
    candidate = make_candidate(change=change, replacement=replacement)
    note = update_note(candidate, BREAK, STEP)
    assert ("Signature now" in note) is is_shown


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("toy.load(1, b=2)", "Pass `b` instead of `op`."),
        ("toy.load(1, **more)", "Pass `**more` instead of `op`."),
        ("toy.load(1)", "Leave it out of the call."),
    ],
)
def test_an_argument_that_another_takes_the_place_of_is_not_left_out(
    new: str, expected: str
) -> None:
    change = make_change(kind=ChangeKind.PARAMETER_REMOVED, parameter="op")
    candidate = make_candidate(
        "import toy\ntoy.load(1, op=2)\n", f"import toy\n{new}\n", change=change
    )
    assert expected in update_note(candidate, BREAK, STEP)


@pytest.mark.parametrize(
    ("old", "new", "change", "proof", "expected"),
    [
        ("toy.load(1)", "toy.load(2)", make_change(), WARN, "A way of using the function `toy.load` is deprecated"),
        ("toy.load(1)", "toy.read(1)", make_change(), WARN, "The function `toy.load` is deprecated"),
        ("toy.load(1)", "toy.load(2)", make_change(), BREAK, "The function `toy.load` no longer works this way"),
        ("toy.load(1)", "toy.load(2)", make_change(parameter="a"), WARN, "The parameter `a` of `toy.load` is deprecated"),
        ("toy.load(1)", "toy.load(a=1)", make_change(parameter="a", new_value="a"), WARN, "Passing the parameter `a` of `toy.load` by position is deprecated"),
        ("t.load(1)", "t.load(2)", make_change("toy.T.load", object_kind=ObjectKind.METHOD), WARN, "A way of using the method `toy.T.load` is deprecated"),
        ("t.load(1)", "t.read(1)", make_change("toy.T.load", object_kind=ObjectKind.METHOD), WARN, "The method `toy.T.load` is deprecated"),
    ],
    ids=["goes on", "replaced", "breaks", "parameter", "position", "member goes on", "member replaced"],
)  # fmt: skip
def test_what_goes_on_being_used_is_not_deprecated_as_a_whole(
    old: str, new: str, change: ApiChange, proof: Proof, expected: str
) -> None:
    codes = (f"import toy\nt = toy.make()\nx = {code}\n" for code in (old, new))
    candidate = make_candidate(
        *codes, change=replace(change, kind=ChangeKind.DEPRECATED), replacement=None
    )
    note = update_note(candidate, proof, STEP)
    assert note.startswith(f"{expected} in toy 2.0 (up to 1.0 it works"), note


TABLE = make_change("toy.Table.ptp", object_kind=ObjectKind.METHOD)


@pytest.mark.parametrize(
    ("change", "new_api", "old", "new", "expected"),
    [
        (make_change(), "toy.read", "toy.load(a, 2)", "toy.read(a, 2)", "Write `toy.read` instead."),
        (make_change(), "toy.read", "toy.load(toy.load(1))", "toy.read(toy.read(1))", "Write `toy.read` instead."),
        (make_change(), "toy.read", "toy.load([1, 2], [])", "toy.read(1, 2)", "Write `toy.read` instead. Where it was `toy.load([a, b], [])`, write `toy.read(a, b)`."),
        (TABLE, "toy.ptp", "t.ptp()", "toy.ptp(t)", "Call `toy.ptp` with the object as its first argument. Where it was `a.ptp()`, write `toy.ptp(a)`."),
        (TABLE, "toy.Kind", "t.ptp('a')", "t.cast(toy.Kind('a'))", "Where it was `a.ptp(b)`, write `a.cast(toy.Kind(b))`."),
    ],
    ids=["alike", "within another", "unpacked", "as a function", "not of the object"],
)  # fmt: skip
def test_another_way_of_calling_is_shown(
    change: ApiChange, new_api: str, old: str, new: str, expected: str
) -> None:
    codes = (f"import toy\nt = make()\nx = {code}\n" for code in (old, new))
    candidate = make_candidate(*codes, change=change, replacement=Replacement(new_api, (), 1.0))
    assert update_note(candidate, WARN, STEP).splitlines()[1] == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("a", "b"), ("b", "a"), "The parameters of `toy.load` changed their order between"),
        (("a", "b"), ("a", "c", "b"), "Parameters of `toy.load` have another place between"),
        (("a", "b"), ("b",), "Parameters of `toy.load` have another place between"),
    ],
    ids=["permuted", "one more", "one less"],
)
def test_an_order_that_stayed_is_not_another_one(
    old: tuple[str, ...], new: tuple[str, ...], expected: str
) -> None:
    change = make_change(
        kind=ChangeKind.PARAMETER_REORDERED,
        old_signature=signature(*old),
        new_signature=signature(*new),
    )
    assert describe(make_candidate(change=change), BREAK, STEP).startswith(expected)


def test_a_signature_has_no_addresses() -> None:
    odd = Signature((Parameter("a", KEYWORD, default="'<object object at 0x7f2ad774ce40>'"),))
    change = make_change(
        kind=ChangeKind.BEHAVIOUR, old_signature=odd, new_signature=signature("a", "b")
    )
    note = update_note(make_candidate(change=change, replacement=None), BREAK, STEP)
    assert "Signature before: `load(a='<object object>')`." in note


def test_signatures_of_what_a_wrapper_wraps_are_not_shown() -> None:
    change = make_change(
        kind=ChangeKind.PARAMETER_REMOVED,
        parameter="max_iter",
        old_signature=signature("image", "max_num_iter", "multichannel"),
        new_signature=signature("image", "max_num_iter"),
    )
    codes = (f"import toy\nx = {code}\n" for code in ("toy.load(1, max_iter=2)", "toy.load(1)"))
    note = update_note(make_candidate(*codes, change=change, replacement=None), BREAK, STEP)
    assert "Signature" not in note


@pytest.mark.parametrize(
    ("before", "new", "happened", "told"),
    [
        ("a", "x = toy.load(1, a=3)", "became required", "Pass `a=3` in every call."),
        ("x", "x = toy.load(1, a=3)", "was added as a required one", "Pass `a=3` in every call."),
        ("x", "x = toy.load(toy.load(1, a=3), a=4)", "was added as a required one", "Pass `a` in every call."),
        ("x", "x = toy.load(1, 3)", "was added as a required one", "Pass `a` in every call."),
        ("x", f"x = toy.load(1, a={'3' * 200})", "was added as a required one", "Pass `a` in every call."),
    ],
    ids=["was there", "was not", "several values", "by position", "a long one"],
)  # fmt: skip
def test_what_every_call_must_pass(before: str, new: str, happened: str, told: str) -> None:
    change = make_change(
        kind=ChangeKind.PARAMETER_ADDED_REQUIRED, parameter="a", old_signature=signature(before)
    )
    candidate = make_candidate(
        "import toy\nx = toy.load(1)\n", f"import toy\n{new}\n", change=change
    )
    first, second, *_ = update_note(candidate, BREAK, STEP).splitlines()
    assert first == f"The parameter `a` of `toy.load` {happened} between toy 1.0 and 2.0."
    assert second == told
