"""Values of libraries' types: equal where two versions agree, different where their data differ."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import attr
import networkx as nx
import numpy as np
import pandas as pd
import pydantic
import pytest
import sympy
import torch

import recode_data.verify.values as values_package
from recode_data.verify.compare import is_informative, same_value
from recode_data.verify.values import READERS
from tests.canonical import canonical


class Point(pydantic.BaseModel):
    x: int
    y: float = 0.5


@attr.s
class Size:
    width = attr.ib()
    _hidden = attr.ib(default=None)


X = sympy.Symbol("x")

CASES: dict[str, tuple[Any, Any, Any]] = {
    "series": (pd.Series([1, 2]), pd.Series([1, 2]), pd.Series([1, 3])),
    "unsigned": (pd.Series([1], dtype="uint8"), pd.Series([1], dtype="uint64"), pd.Series([1])),
    "unsigned index": (pd.Index([1], dtype="uint8"), pd.Index([1], dtype="uint64"), pd.Index([1])),
    "index": (pd.Index(["a"]), pd.Index(["a"]), pd.Index(["b"])),
    "tensor": (torch.arange(3), torch.tensor([0, 1, 2]), torch.tensor([0, 1, 3])),
    "half tensor": (torch.ones(2).half(), torch.ones(2).half(), torch.zeros(2).half()),
    "graph": (
        nx.Graph([(1, 2), (2, 3)]),
        nx.Graph([(3, 2), (2, 1)]),
        nx.Graph([(1, 2), (1, 3)]),
    ),
    "graph's data": (
        nx.Graph([(1, 2, {"w": 1})]),
        nx.Graph([(1, 2, {"w": 1})]),
        nx.Graph([(1, 2, {"w": 2})]),
    ),
    "direction": (nx.DiGraph([(1, 2)]), nx.DiGraph([(1, 2)]), nx.DiGraph([(2, 1)])),
    "view of nodes": (nx.path_graph(2).nodes, nx.path_graph(2).nodes, nx.path_graph(3).nodes),
    "expression": (X + 1, 1 + X, X + 2),
    "matrix": (sympy.Matrix([[X]]), sympy.Matrix([[X]]), sympy.Matrix([[2]])),
    "model": (Point(x=1), Point(x=1, y=0.5), Point(x=2)),
    "attrs": (Size(1, "a"), Size(1, "b"), Size(2, "a")),
}


@pytest.mark.parametrize("name", CASES)
def test_value(name: str) -> None:
    value, same, other = (canonical(item) for item in CASES[name])
    assert is_informative(value)
    assert same_value(value, same)
    assert not same_value(value, other)


def module(monkeypatch: pytest.MonkeyPatch, name: str, **members: object) -> types.ModuleType:
    made = types.ModuleType(name)
    vars(made).update(members)
    monkeypatch.setitem(sys.modules, name, made)
    return made


def of(library: str, name: str, /, **members: object) -> type:
    """A class that looks as if it came from the library."""
    return type(name, (), {"__module__": library, **members})


class TestStandIns:
    """Libraries that are not installed here, by classes of the same shape."""

    def test_sparse(self, monkeypatch: pytest.MonkeyPatch) -> None:
        dense = np.eye(2)
        matrix = of("scipy", "csr_matrix", shape=(2, 2), toarray=lambda self: dense)
        module(monkeypatch, "scipy.sparse", issparse=lambda value: isinstance(value, matrix))
        assert canonical(matrix()) == [
            "o",
            "sparse",
            [["shape", canonical([2, 2])], ["values", canonical(dense)]],
        ]

    def test_estimator(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module(monkeypatch, "sklearn")
        made = of("sklearn.svm", "SVC", get_params=lambda self, deep: {"C": 1.0})()
        made.coef_ = [2]
        made.random = object()
        assert canonical(made) == [
            "o",
            "SVC",
            [["fitted coef_", ["l", [["i", "2"]]]], ["C", ["f", "1.0"]]],
        ]

    def test_mapped_object_shows_what_is_loaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module(monkeypatch, "sqlalchemy")
        mapper = types.SimpleNamespace(
            column_attrs=[types.SimpleNamespace(key="id"), types.SimpleNamespace(key="name")]
        )
        user = of("app", "User", __mapper__=mapper)()
        user.id = 7
        assert canonical(user) == ["o", "User", [["id", ["i", "7"]]]]

    def test_row_is_a_tuple(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module(monkeypatch, "sqlalchemy")
        row = of("sqlalchemy.engine.row", "Row", __iter__=lambda self: iter((1, "a")))()
        assert canonical(row) == canonical((1, "a"))

    def test_response(self) -> None:
        made = of("werkzeug.wrappers", "Response", status_code=404, data=b"no")()
        made.headers = {"content-type": "text/plain"}
        assert canonical(made) == [
            "o",
            "Response",
            [
                ["status", ["i", "404"]],
                ["content-type", ["s", "text/plain"]],
                ["body", ["y", "6e6f"]],
            ],
        ]

    def test_image(self, monkeypatch: pytest.MonkeyPatch) -> None:
        image = of("PIL.Image", "Image", mode="L", size=(1, 2), tobytes=lambda self: b"ab")
        module(monkeypatch, "PIL.Image", Image=image)
        assert canonical(image())[2][2] == ["pixels", ["y", "6162"]]

    def test_figure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        artist = of("matplotlib.artist", "Artist")
        line = type(
            "Line2D",
            (artist,),
            {"get_xydata": lambda self: [[0.0, 1.0]], "get_label": lambda self: "_child0"},
        )
        module(monkeypatch, "matplotlib")
        module(monkeypatch, "matplotlib.artist", Artist=artist)
        module(monkeypatch, "matplotlib.figure", Figure=of("matplotlib.figure", "Figure"))
        assert canonical(line()) == ["o", "Line2D", [["xy", canonical([[0.0, 1.0]])]]]

    def test_labelled_array(self, monkeypatch: pytest.MonkeyPatch) -> None:
        array = of("xarray", "DataArray", name="t", dims=("x",), coords={}, values=np.arange(2))
        other = type("Other", (), {})
        module(monkeypatch, "xarray", DataArray=array, Variable=other, Dataset=other)
        assert [name for name, _ in canonical(array())[2]] == ["name", "dims", "values", "coords"]

    def test_lazy_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        promise = of("django.utils.functional", "Promise", __str__=lambda self: "name")
        module(monkeypatch, "django.utils.functional", Promise=promise)
        assert canonical(promise()) == ["o", "LazyText", [["text", ["s", "name"]]]]
        assert not same_value(canonical(promise()), canonical("name"))


def test_every_reader_is_listed_and_reads_nothing_that_it_does_not_know() -> None:
    folder = Path(str(values_package.__file__)).parent
    assert {path.stem for path in folder.glob("*.py")} == {*READERS, "__init__"}
    for value in (object(), len, pytest, int):
        assert canonical(value)[0] in ("x", "type")
