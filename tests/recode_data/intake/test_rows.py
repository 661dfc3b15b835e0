from __future__ import annotations

import json
from pathlib import Path

import pytest

from recode_data.intake import ForeignRow, read_foreign_rows
from recode_data.intake.rows import defect_of, mended, unbound_in
from recode_data.records import DropReason

OLD = "import toy\nx = toy.load(1)\n"
NEW = "import toy\nx = toy.read(1)\n"


def row(old_code: str = OLD, new_code: str = NEW, **fields: object) -> ForeignRow:
    values = {"number": 0, "library": "toy", "version": "2.0", "update_info": "n", "description": "d"}  # fmt: skip
    return ForeignRow(old_code=old_code, new_code=new_code, **{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "library", "version"),
    [
        (("PyTorch", "==2.2.0"), "torch", "2.2.0"),
        (("Pandas", "0.17"), "pandas", "0.17"),
        (("scikit_learn", ">= 1.1.x"), "scikit-learn", "1.1.x"),
        ((None, None), "", ""),
    ],
)
def test_library_and_version_as_the_index_has_them(
    tmp_path: Path, written: tuple[object, object], library: str, version: str
) -> None:
    file = tmp_path / "rows.jsonl"
    document = {"dependency": written[0], "new_version": written[1], "old_code": None, "new_code": "x"}  # fmt: skip
    file.write_text(json.dumps(document))
    (found,) = read_foreign_rows(file)
    assert (found.library, found.version, found.old_code) == (library, version, "")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (row(), None),
        (row(old_code=" "), DropReason.EMPTY_FIELD),
        (row(new_code=""), DropReason.EMPTY_FIELD),
        (row(update_info=""), None),
        (row(new_code="x = ("), DropReason.UNPARSABLE),
        (row(old_code="print 'x'"), DropReason.UNPARSABLE),
        (row(new_code="import toy  # why\nx = toy.load( 1 )\n"), DropReason.NO_EDIT),
    ],
)
def test_defects_that_need_no_run(found: ForeignRow, reason: DropReason | None) -> None:
    defect = defect_of(found, set())
    assert (defect[0] if defect else None) is reason


def test_the_second_of_two_equal_rows_is_the_duplicate() -> None:
    seen: set[tuple[str, str]] = set()
    assert defect_of(row(), seen) is None
    assert defect_of(row(number=1), seen) == (
        DropReason.DUPLICATE,
        "both codes stand in an earlier row",
    )


@pytest.mark.parametrize(
    ("old_code", "new_code", "repairs"),
    [
        (OLD, NEW, ()),
        ("x = np.zeros(3)", "import numpy as np\nx = np.ones(3)", ("old: import numpy as np",)),
        ("import toy as t\nt.a()", "t.b()", ("new: import toy as t",)),
        ("from toy import a\na()", "a(1)", ("new: from toy import a",)),
        ("x = math.pi", "x = 3", ("old: import math",)),
        ("x = df.sum()", "x = df.mean()", ()),
        ("import numpy\nnp = numpy\nnp.a", "from numpy import *\nzeros(1)", ()),
    ],
)
def test_only_imports_are_mended(old_code: str, new_code: str, repairs: tuple[str, ...]) -> None:
    better = mended(row(old_code, new_code))
    assert better.repairs == repairs
    assert mended(better).repairs == ()
    if not repairs:
        assert (better.old_code, better.new_code) == (old_code, new_code)


def test_a_name_without_a_value_stays_unbound() -> None:
    found = mended(row("x = df.sum()", "y = pd.DataFrame(data)"))
    assert unbound_in(found) == (DropReason.UNBOUND_NAME, "old code: df")
    assert unbound_in(row()) is None
