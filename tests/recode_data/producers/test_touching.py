from __future__ import annotations

import pytest

from recode_data.producers.touching import UsageIndex, diverse, names_after_dots
from recode_data.records import Usage
from recode_data.references import attribute_names
from tests.making import make_usage


@pytest.mark.parametrize(
    "code",
    [
        "x.size\n",
        "x . size\n",
        "x.\\\n  size\n",
        "(x.\n  size)\n",
        "(x.  # its size; see y.z\n # or not\n  size)\n",
        "1..real\n1.5.imag\n",
        "f'{x.size:{y.width}}'\n",
        "x.ﬁt\n",
        "x.größe\n",
        "x.size = 1\ndel x.width\n",
    ],
)
def test_no_name_of_a_member_is_missed(code: str) -> None:
    assert {name for name, _ in attribute_names(code)} <= names_after_dots(code)


def test_long_comments_take_no_time() -> None:
    assert names_after_dots("# End.  " + "# " * 5000 + "\n(x)\n") == frozenset()


def usage(code: str, file: str, *apis: str) -> Usage:
    return make_usage(f"{code}\n", source_file=file, apis=apis)


USAGES = (
    usage("import toy\nt = toy.Table(1)", "a.py", "toy.Table"),
    usage("x = y.load(12)", "a.py"),
    usage("# one.load\nx = 1", "b.py"),
    usage("x = y.load(3) + 5", "b.py"),
    usage("import load\nx = load.load", "c.py", "load.load"),
)


@pytest.mark.parametrize(
    ("path", "is_member", "expected"),
    [
        ("toy.Table", False, [0]),
        ("toy", False, [0]),
        ("toy.Table.load", False, []),
        ("toy.Table.load", True, [1, 3]),
        ("load.load", True, [1, 3, 4]),
        ("toy.Table.size", True, []),
    ],
)
def test_members_are_found_on_values(path: str, is_member: bool, expected: list[int]) -> None:
    index = UsageIndex(USAGES)
    found = index.touching(path, is_member=is_member)
    assert {*found} == {USAGES[number] for number in expected}
    telling = index.telling(path, is_member=is_member)
    assert [*telling.first(1)] == [*diverse(found)][:1]
    assert tuple(telling.first(9)) == diverse(found)


def test_only_usages_with_one_of_the_texts_are_told() -> None:
    telling = UsageIndex(USAGES).telling("toy.Table.load", is_member=True, any_of=("12", "13"))
    assert list(telling.first(9)) == [USAGES[1]]


def test_files_take_turns() -> None:
    codes = ["x = 1234", "x = 123", "x = 12"]  # longer ones are nearer to a good length
    one, two, three = (usage(code, "a.py") for code in codes)
    other = usage("x = 1", "b.py")
    assert diverse((three, other, two, one)) == (one, other, two, three)
