"""Proved rows whose note and edit do not belong together are no rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from recode_data.notes.faithful import (
    agrees_by_chance,
    is_asked_for_otherwise,
    misleads_alone,
    unexplained,
    warns_of_what_holds_it,
)
from recode_data.notes.instead import instead
from recode_data.notes.noting import noted
from recode_data.records import (
    ChangeKind,
    Dropped,
    DropReason,
    Effect,
    Evidence,
    EvidenceKind,
    FurtherChange,
    ObjectKind,
    Producer,
    Proof,
    Replacement,
    Verified,
    encode,
)
from tests.making import make_candidate, make_change, make_verified

OLD = "import toy\nx = toy.load(1)\n"


@pytest.mark.parametrize(
    ("kind", "new", "producer", "expected"),
    [
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, False),
        (ChangeKind.BEHAVIOUR, "x = toy.load(toy.int8(1))", Producer.EVOLVED, True),
        (ChangeKind.REMOVED, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, False),
        (ChangeKind.REMOVED, "x = toy.read(1)", Producer.EVOLVED, True),
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)", Producer.CONTROL, True),
        (ChangeKind.DEPRECATED, "x = toy.load(1)", Producer.FORWARD, False),
        (ChangeKind.KIND_CHANGED, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, False),
        (ChangeKind.DEPRECATED, "x = toy.load(1)", Producer.CONTROL, False),
        (ChangeKind.DEPRECATED, "x = toy.read(1)", Producer.CONTROL, True),
    ],
)
def test_a_reader_knows_what_to_write(
    kind: ChangeKind, new: str, producer: Producer, expected: bool
) -> None:
    change = make_change(kind=kind)
    new_code = f"import toy\n{new}\n"
    candidate = make_candidate(OLD, new_code, change=change, replacement=None, producer=producer)
    assert unexplained(candidate) == (None if expected else change.key)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("toy.load(1)", "toy.load(1, mode=2)", True),
        ("toy.load(1)", "toy.get(1)", False),
        ("toy.load(1, mode=2)", "toy.load(1, how=2)", True),
    ],
    ids=["passed", "never named", "another argument"],
)
def test_a_changed_default_is_to_be_passed(old: str, new: str, expected: bool) -> None:
    change = make_change(kind=ChangeKind.DEFAULT_CHANGED, parameter="mode", old_value="2")
    codes = (f"import toy\nx = {code}\n" for code in (old, new))
    found = unexplained(make_candidate(*codes, change=change, replacement=None))
    assert found == (None if expected else change.key)


def test_a_row_gets_its_notes_or_is_dropped() -> None:
    made = make_verified(make_candidate(), description="", update_info="")
    found = noted([made])[0]
    assert isinstance(found, Verified)
    assert found.pair.description.startswith("The function `toy.load` was removed between toy ")
    assert found.pair.update_info.splitlines()[1] == "Write `toy.read` instead."
    unexplained = make_candidate(OLD, OLD + "y = 2\n", change=make_change(kind=ChangeKind.BEHAVIOUR), replacement=None)  # fmt: skip
    dropped = noted([make_verified(unexplained)])[0]
    assert isinstance(dropped, Dropped)
    assert dropped.reason is DropReason.UNEXPLAINED
    assert noted([dropped]) == (dropped,)


@pytest.mark.parametrize(
    ("old", "is_row"),
    [
        ("x = toy.load(toy.int8(1))", True),
        ("def int8(n):\n    return toy.load(n)\nx = toy.load(int8(1))", False),
        ("from toy import int8\nx = toy.load(int8(1))", True),
    ],
    ids=["of the library", "of the program", "imported"],
)
def test_another_behaviour_is_not_told_by_what_the_program_defines(old: str, is_row: bool) -> None:
    change = make_change(kind=ChangeKind.BEHAVIOUR)
    new = old.replace("int8(1)", "int8(0)")
    candidate = make_candidate(f"import toy\n{old}\n", f"import toy\n{new}\n", change=change, producer=Producer.EVOLVED, replacement=None)  # fmt: skip
    assert unexplained(candidate) == (None if is_row else change.key)


@pytest.mark.parametrize(
    ("kind", "message", "is_row"),
    [
        (ChangeKind.DEPRECATED, "module 'toy' has no attribute 'load'", True),
        (ChangeKind.DEPRECATED, "no node {}", False),
        (ChangeKind.REMOVED, "no node {}", True),
    ],
)
def test_what_is_deprecated_fails_by_name_or_not_at_all(
    kind: ChangeKind, message: str, is_row: bool
) -> None:
    proof = Proof(Effect.BREAK, "ValueError", None, message, 2, 1)
    evidence = encode({"proof": proof}).decode()
    (found,) = noted([make_verified(make_candidate(change=make_change(kind=kind)), evidence=evidence)])  # fmt: skip
    assert isinstance(found, Verified) is is_row


@pytest.mark.parametrize(
    ("old_api", "new_api", "expected"),
    [
        ("toy.load", "toy.read", True),
        ("toy.load", "toy.read.__name__", False),
        ("toy.__version__", "toy.meta.__version__", True),
    ],
)
def test_what_python_tells_of_an_api_is_no_successor(
    old_api: str, new_api: str, expected: bool
) -> None:
    codes = [f"import toy, toy.meta\nx = {path}\n" for path in (old_api, new_api)]
    candidate = make_candidate(
        *codes, change=make_change(old_api), replacement=Replacement(new_api, (), 0.8)
    )
    assert (unexplained(candidate) is None) is expected


def checks(*values: Any, printed: bool = False) -> str:
    events = [["shown", value] for value in values]
    events += [["print", [], "text"]] if printed else []
    return json.dumps({"expected": {"events": events, "names": {"x": ["b", True]}}})


LIKE, SAID = (
    Replacement("toy.get_legend", (Evidence(kind, ""),), 0.5)
    for kind in (EvidenceKind.SIMILARITY, EvidenceKind.WARNING_MESSAGE)
)
THERE = replace(LIKE, was_there=True)


@pytest.mark.parametrize(
    ("old_api", "replacement", "producer", "found", "expected"),
    [
        ("toy.get_cache", LIKE, Producer.FORWARD, checks(["n"], ["b", False]), True),
        ("toy.get_cache", LIKE, Producer.COMPOSED, checks(), True),
        ("toy.get_cache", LIKE, Producer.FORWARD, checks(["i", "3"]), False),
        ("toy.get_cache", LIKE, Producer.FORWARD, checks(printed=True), False),
        ("toy.get_cache", SAID, Producer.FORWARD, checks(), False),
        ("toy.getLegend", LIKE, Producer.FORWARD, checks(), False),
        ("toy.old.get_legend", THERE, Producer.FORWARD, checks(), True),
        ("toy.old.get_legend", THERE, Producer.FORWARD, checks(["i", "3"]), False),
        ("toy.get_cache", LIKE, Producer.EVOLVED, checks(), False),
        ("toy.get_cache", None, Producer.FORWARD, checks(), False),
    ],
    ids=["booleans", "composed", "a number", "printed", "named", "another spelling", "was there", "which shows", "authors", "none"],
)  # fmt: skip
def test_booleans_do_not_prove_what_is_only_alike(
    old_api: str, replacement: Replacement | None, producer: Producer, found: str, expected: bool
) -> None:
    candidate = make_candidate(
        f"import toy\nx = {old_api}()\n",
        "import toy\nx = toy.get_legend()\n",
        change=make_change(old_api),
        replacement=replacement,
        producer=producer,
    )
    made = make_verified(candidate, checks=found)
    assert agrees_by_chance(made) is expected
    assert isinstance(noted([made])[0], Dropped) is expected


def saying(message: str) -> str:
    proof = {"effect": "warn", "error_type": None, "warning_category": "W", "message": message, "line": 2, "observed": 1}  # fmt: skip
    return json.dumps({"proof": proof})


@pytest.mark.parametrize(
    ("message", "new_api", "producer", "dropped"),
    [
        ("load is deprecated, use toy.other instead", "toy.read", Producer.FORWARD, True),
        ("load is deprecated, use toy.read instead", "toy.read", Producer.FORWARD, False),
        ("load is deprecated, use toy.other instead", "toy.read", Producer.EVOLVED, True),
    ],
    ids=["another", "the same", "authors"],
)
def test_the_library_has_the_last_word(
    message: str, new_api: str, producer: Producer, dropped: bool
) -> None:
    change = make_change(kind=ChangeKind.RENAMED)
    codes = (OLD, OLD.replace("load", "read"))
    replacement = Replacement(new_api, (), 1.0)
    candidate = make_candidate(*codes, change=change, replacement=replacement, producer=producer)
    found = noted([make_verified(candidate, evidence=saying(message))])[0]
    assert isinstance(found, Dropped) is dropped
    proof = Proof(Effect.WARN, None, "W", message, 2, 1)
    assert misleads_alone(candidate, proof) == (
        found.detail if isinstance(found, Dropped) else None
    )


@pytest.mark.parametrize(
    ("new", "message", "is_explained"),
    [
        ("toy.load(1, sep=' ')", r"'blank' is deprecated, use ``sep='\s+'`` instead", False),
        (r"toy.load(1, sep=r'\s+')", r"'blank' is deprecated, use ``sep='\s+'`` instead", True),
        ("toy.load(1, sep=None)", "blank=None is deprecated, specify `sep=False`", False),
        ("toy.load(1, sep=False)", "blank=None is deprecated, specify `sep=False`", True),
        ("toy.load(1, sep=first)", "blank=None is deprecated, specify `sep=False`", False),
        ("toy.load(1, sep=None)", "blank is deprecated, specify sep", True),
        ("toy.load(1, sep=None)", "blank=None is deprecated, specify sep; see xsep=False", True),
    ],
)
def test_where_the_library_names_a_value_it_is_passed(
    new: str, message: str, is_explained: bool
) -> None:
    change = make_change(kind=ChangeKind.DEPRECATED, parameter="blank")
    replacement = Replacement("toy.load", (), 1.0, new_parameter="sep")
    codes = (f"import toy\nfirst = 1\nx = {code}\n" for code in ("toy.load(1, blank=' ')", new))
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    found = unexplained(candidate, {change.key: message})
    assert found == (None if is_explained else change.key)


def test_what_is_to_be_passed_by_keyword_may_be_written_otherwise() -> None:
    change = make_change(kind=ChangeKind.KEYWORD_ONLY, parameter="blank")
    replacement = Replacement("toy.load", (), 1.0, new_parameter="blank")
    codes = (f"import toy\nx = toy.load({code})\n" for code in ("1, toy.nan", "1, blank=toy.nan"))
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    said = {change.key: "Pass blank=nan as keyword args. From version 3 on this is an error"}
    assert unexplained(candidate, said) is None


@pytest.mark.parametrize(
    ("new", "is_explained"),
    [("toy.load(1)", True), ("toy.Text(1).value", False), ("toy.Text(toy.load(1))", True)],
)
def test_an_argument_is_not_left_out_of_a_call_that_is_gone(new: str, is_explained: bool) -> None:
    change = make_change(kind=ChangeKind.PARAMETER_REMOVED, parameter="how")
    codes = (f"import toy\nx = {code}\n" for code in ("toy.load(1, how=2)", new))
    candidate = make_candidate(*codes, change=change, replacement=None, producer=Producer.EVOLVED)
    assert (unexplained(candidate) is None) is is_explained


@pytest.mark.parametrize(
    ("old", "message", "effect", "is_row"),
    [
        ("x = frame.agg(toy.load(1, min))", "the callable min is Series.min", Effect.WARN, False),
        ("x = frame.agg(toy.load(1, min))", "load is changed", Effect.WARN, True),
        ("x = frame.agg(toy.load(1, min))", "the callable min is Series.min", Effect.BREAK, True),
        ("print(toy.load(1, min))", "the callable min is Series.min", Effect.WARN, True),
        ("x = frame.agg(1)", "the callable min is Series.min", Effect.WARN, True),
    ],
    ids=["handed to", "named", "an error", "handed to a builtin", "not handed"],
)
def test_a_warning_is_not_told_of_what_is_handed_to_a_call(
    old: str, message: str, effect: Effect, is_row: bool
) -> None:
    change = make_change(kind=ChangeKind.BEHAVIOUR)
    candidate = make_candidate(old, f"{old}.x", change=change, producer=Producer.EVOLVED)
    proof = Proof(effect, None, "W", message, 1, 1)
    assert warns_of_what_holds_it(candidate, proof) is not is_row


@pytest.mark.parametrize(
    ("old", "new", "kind", "is_row"),
    [
        ("isinstance(x, toy.Load)", "x.dtype == object", ObjectKind.CLASS, False),
        ("isinstance(x, toy.Load)", "isinstance(x, toy.Read)", ObjectKind.CLASS, True),
        ("isinstance(x, int)", "x == 1", ObjectKind.CLASS, True),
        ("isinstance(toy.Load(1), int)", "toy.Read(1) == 1", ObjectKind.CLASS, True),
        ("isinstance(x, toy.Load)", "x.dtype == object", ObjectKind.FUNCTION, True),
    ],
)
def test_what_is_of_a_class_is_not_asked_for_otherwise(
    old: str, new: str, kind: ObjectKind, is_row: bool
) -> None:
    change = make_change("toy.Load", object_kind=kind)
    assert is_asked_for_otherwise(make_candidate(old, new, change=change)) is not is_row


@pytest.mark.parametrize(
    ("names", "old_api", "by_chance"),
    [
        ({"x": ["b", True]}, "toy.Load", True),
        ({"x": ["i", "1"]}, "toy.Load", False),
        ({"x": ["b", True]}, "toy.old.Read", False),
    ],
    ids=["booleans", "values", "moved"],
)
def test_another_class_is_proved_by_more_than_booleans(
    names: dict[str, Any], old_api: str, by_chance: bool
) -> None:
    change = make_change(old_api, object_kind=ObjectKind.CLASS)
    codes = ("x = Load(1) == 1\n", "x = Read(1) == 1\n")
    candidate = make_candidate(*codes, change=change, producer=Producer.EVOLVED, replacement=None)
    checks = json.dumps({"expected": {"names": names, "events": []}})
    assert agrees_by_chance(make_verified(candidate, checks=checks)) is by_chance


@pytest.mark.parametrize(
    ("fields", "message", "is_refused"),
    [
        ({}, "load is deprecated, use toy.other instead", True),
        ({}, "", False),
        (
            {"further": (FurtherChange(make_change("toy.size"), None),)},
            "use toy.other instead",
            False,
        ),
        ({"producer": Producer.CONTROL}, "use toy.other instead", False),
    ],
    ids=["alone", "nothing is said", "of several changes", "control"],
)
def test_what_misleads_is_known_early_of_programs_that_meet_one_change(
    fields: dict[str, Any], message: str, is_refused: bool
) -> None:
    replacement = Replacement("toy.read", (), 1.0)
    codes = (OLD, OLD.replace("load", "read"))
    candidate = make_candidate(
        *codes, change=make_change(kind=ChangeKind.RENAMED), replacement=replacement, **fields
    )
    found = misleads_alone(candidate, Proof(Effect.WARN, None, "W", message, 2, 1))
    assert (found is not None) is is_refused


@pytest.mark.parametrize(
    ("new", "known", "expected"),
    [
        ("toy.read(1)", ("toy.get", "toy.read"), "toy.read"),
        ("toy.get(1)", ("toy.get", "toy.read"), "toy.get"),
        ("toy.fetch(1)", ("toy.get", "toy.read"), "toy.fetch"),
        ("toy.fetch(toy.path(1))", ("toy.get",), None),
    ],
    ids=["known", "best known", "unknown", "which of two"],
)
def test_the_successor_is_what_the_authors_wrote(
    new: str, known: tuple[str, ...], expected: str | None
) -> None:
    change = make_change(
        new_api="toy.get", replacements=tuple(Replacement(path, (), 0.5) for path in known)
    )
    candidate = make_candidate(
        OLD, f"import toy\nx = {new}\n", change=change, replacement=None, producer=Producer.EVOLVED
    )
    found = noted([make_verified(candidate, new_api="toy.get")])[0]
    assert isinstance(found, Verified)
    assert found.pair.new_api == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("toy.load(a, mode=2)", "toy.load(a)", "Leave it out of the call."),
        ("toy.load(a, mode=2)", "toy.load(a, how=2)", "Pass `how` instead of `mode`."),
        ("toy.load(a, mode=2)", "toy.load(other(a, how=2))", "Leave it out of the call."),
        ("toy.load(a, mode=2)", "toy.load(a, 2)", None),
        ("toy.load(a, b)", "toy.load(a, **b)", None),
    ],
    ids=["left out", "another argument", "of another call", "by position", "unpacked"],
)
def test_what_is_passed_in_another_way_is_not_left_out(
    old: str, new: str, expected: str | None
) -> None:
    change = make_change(kind=ChangeKind.PARAMETER_REMOVED, parameter="mode")
    codes = (f"import toy\nx = {code}\n" for code in (old, new))
    found = noted([make_verified(make_candidate(*codes, change=change, replacement=None))])[0]
    if expected is None:
        assert isinstance(found, Dropped)
    else:
        assert isinstance(found, Verified)
        assert expected in found.pair.update_info.splitlines()


def test_an_edit_that_the_change_does_not_call_for_is_no_row() -> None:
    old, new = OLD + "check(x)\n", OLD.replace("load", "read")
    stray = make_candidate(old, new, producer=Producer.EVOLVED)
    found = noted([make_verified(stray)])[0]
    assert isinstance(found, Dropped)
    assert found.reason is DropReason.UNEXPLAINED


def test_each_change_of_a_program_has_its_sentence() -> None:
    other = make_change("toy.old", replacements=(Replacement("toy.new", (), 0.5),))
    composed = make_candidate(
        OLD + "y = toy.old(2)\n",
        OLD.replace("load", "read") + "y = toy.new(2)\n",
        producer=Producer.COMPOSED,
        further=(FurtherChange(other, None),),
    )
    found = noted([make_verified(composed)])[0]
    assert isinstance(found, Verified)
    assert "Write `toy.new` instead." in found.pair.update_info.splitlines()
    unknown = replace(composed, further=(FurtherChange(make_change("toy.old"), None),))
    assert isinstance(noted([make_verified(unknown)])[0], Dropped)


def test_the_message_says_that_a_way_of_using_is_deprecated() -> None:
    said = saying("passing a list to `load` is deprecated, use `read`")
    candidate = make_candidate(change=make_change(kind=ChangeKind.DEPRECATED))
    found = noted([make_verified(candidate, evidence=said)])[0]
    assert isinstance(found, Verified)
    assert found.pair.description.startswith("A way of using the function `toy.load` is deprecated")


def test_a_control_row_shows_nothing_of_a_successor() -> None:
    candidate = make_candidate(OLD, OLD, producer=Producer.CONTROL)
    assert not candidate.once_proved(True).replacement.was_there  # type: ignore[union-attr]
    assert make_candidate().once_proved(True).replacement.was_there  # type: ignore[union-attr]
    assert not make_candidate().once_proved(False).replacement.was_there  # type: ignore[union-attr]


def test_a_control_row_has_the_notes_of_a_row_that_its_change_concerns() -> None:
    said = saying("load is deprecated, use read")
    change = make_change(kind=ChangeKind.DEPRECATED)
    other = "import toy\nx = toy.read(1, label='mine')\n"
    row = make_verified(make_candidate(change=change), evidence=said)
    longer = make_verified(
        make_candidate(OLD + "y = 2\n", OLD.replace("load", "read") + "y = 2\n", change=change),
        evidence=saying("load is deprecated, use read, or whatever else there is"),
    )
    control = make_verified(
        make_candidate(other, other, change=change, producer=Producer.CONTROL), evidence=said
    )
    shorter = make_verified(
        make_candidate(OLD, OLD.replace("load", "read").replace("1", "toy.a"), change=change),
        evidence=saying(""),
    )
    shown, _, _, found = noted([row, longer, shorter, control])
    assert isinstance(shown, Verified)
    assert isinstance(found, Verified)
    assert (found.pair.description, found.pair.update_info) == (
        shown.pair.description,
        shown.pair.update_info,
    )
    alone = noted([control])[0]
    assert isinstance(alone, Dropped)
    assert alone.reason is DropReason.UNEXPLAINED


def test_of_several_changes_each_has_the_message_that_it_alone_gives() -> None:
    change = make_change(kind=ChangeKind.DEPRECATED)
    single = make_verified(
        make_candidate(change=change), evidence=saying("passing a list to load is deprecated")
    )
    other = FurtherChange(make_change("toy.old"), Replacement("toy.new", (), 1.0))
    codes = (OLD + "y = toy.old(2)\n", OLD.replace("load", "read") + "y = toy.new(2)\n")
    composed = make_verified(
        make_candidate(*codes, change=change, producer=Producer.COMPOSED, further=(other,)),
        evidence=saying("no old in toy"),
    )
    _, found = noted([single, composed])
    assert isinstance(found, Verified)
    assert "A way of using the function `toy.load` is deprecated" in found.pair.update_info


def test_a_renamed_parameter_is_one_that_the_program_passes() -> None:
    change = make_change(kind=ChangeKind.PARAMETER_RENAMED, parameter="mode", new_value="how")
    for old, is_row in (("toy.load(1, mode=2)", True), ("toy.load(1)", False)):
        codes = (f"import toy\nx = {code}\n" for code in (old, "toy.load(1, how=2)"))
        replacement = Replacement("toy.load", (), 1.0, new_parameter="how")
        found = noted(
            [make_verified(make_candidate(*codes, change=change, replacement=replacement))]
        )
        assert isinstance(found[0], Verified) is is_row


def test_a_keyword_that_the_message_replaces_is_not_just_left_out() -> None:
    change = make_change(kind=ChangeKind.DEPRECATED, parameter="mode")
    codes = (f"import toy\nx = {code}\n" for code in ("toy.load(1, mode=2)", "toy.load(1)"))
    candidate = make_candidate(*codes, change=change, replacement=None)
    for message, is_row in (("mode is deprecated", True), ("mode: use `how` instead", False)):
        found = noted([make_verified(candidate, evidence=saying(message))])
        assert isinstance(found[0], Verified) is is_row


@pytest.mark.parametrize(
    ("message", "is_row"),
    [
        ("mode is deprecated, use how", True),
        ("the old way of loading is deprecated, specify how=2", False),
        ("passing this by position is deprecated", True),
        ("the argument `mode(s)` is deprecated", False),
        ("Non-keyword arguments are deprecated", True),
        ("'2' is deprecated, please use 'two' instead", True),
        ("load() takes 1 argument", True),
    ],
)
def test_a_warning_that_does_not_name_the_parameter_is_about_something_else(
    message: str, is_row: bool
) -> None:
    change = make_change(kind=ChangeKind.DEPRECATED, parameter="mode")
    codes = (f"import toy\nx = {code}\n" for code in ("toy.load(1, mode=2)", "toy.load(1, how=2)"))
    replacement = Replacement("toy.load", (), 1.0, new_parameter="how")
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    assert (unexplained(candidate, {change.key: message}) is None) is is_row


@pytest.mark.parametrize(("new", "is_told"), [("(1).get()", True), ("toy.Number.get(1)", False)])
def test_a_method_of_the_first_argument_is_called_on_it(new: str, is_told: bool) -> None:
    item = FurtherChange(make_change(), Replacement("toy.Number.get", (), 1.0))
    candidate = make_candidate(OLD, f"import toy\nx = {new}\n", change=item.change)
    told = "Call the method `toy.Number.get` of the first argument"
    assert (told in instead(item, candidate)) is is_told


def test_a_value_that_became_a_method() -> None:
    change = make_change(
        "toy.Table.fill",
        kind=ChangeKind.DEPRECATED,
        parameter="way",
        object_kind=ObjectKind.METHOD,
        message="Table.fill with 'way' is deprecated, use obj.up() or obj.down() instead",
    )
    codes = (f"import toy\nx = toy.load(1).{call}\n" for call in ('fill(way="up")', "up()"))
    replacement = Replacement("toy.Table.up", (), 1.0)
    candidate = make_candidate(*codes, change=change, replacement=replacement)
    item = FurtherChange(change, replacement)
    assert instead(item, candidate) == 'Call `.up()` where `way="up"` was passed.'
    assert unexplained(candidate, {change.key: change.message}) is None


@pytest.mark.parametrize(
    ("old_api", "is_row"),
    [("toy.Table.__div__", False), ("toy.Table.div", True), ("toy.__file__", True)],
)
def test_slots_of_the_language_are_not_what_users_write(old_api: str, is_row: bool) -> None:
    kind = ObjectKind.METHOD if "Table" in old_api else ObjectKind.ATTRIBUTE
    leaf = old_api.rpartition(".")[2]
    codes = (f"import toy\nx = {code}\n" for code in (f"toy.{leaf}", "toy.read"))
    candidate = make_candidate(*codes, change=make_change(old_api, object_kind=kind))
    assert (unexplained(candidate) is None) is is_row


def test_a_list_of_names_does_not_explain_another_behaviour() -> None:
    change = make_change(kind=ChangeKind.BEHAVIOUR)
    new = "import toy\nwith toy.open(1) as f:\n    x = toy.load(f)\n"
    candidate = make_candidate(OLD, new, change=change, replacement=None)
    assert instead(FurtherChange(change), candidate)
    assert unexplained(candidate) == change.key


def test_each_program_has_its_own_message() -> None:
    change = make_change(kind=ChangeKind.DEPRECATED)
    messages = ("passing a list to load is deprecated", "load is deprecated", "")
    rows = [
        make_verified(
            make_candidate(
                OLD.replace("1", str(number)),
                OLD.replace("load(1)", f"read({number})"),
                change=change,
            ),
            evidence=saying(message),
            id=str(number),
        )
        for number, message in enumerate(messages)
    ]
    firsts = [
        item.pair.update_info.splitlines()[0].partition(" is ")[0]
        for item in noted(rows)
        if isinstance(item, Verified)
    ]
    whole = "The function `toy.load`"
    assert firsts == ["A way of using the function `toy.load`", whole, whole]


def test_code_that_is_nested_too_deeply_has_no_notes() -> None:
    deep = "+".join("1" * 3000)
    candidate = make_candidate(
        f"import toy\nx = toy.load(a={deep})\n", "import toy\nx = toy.read()\n"
    )
    assert isinstance(noted([make_verified(candidate)])[0], Dropped)
