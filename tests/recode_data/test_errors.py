"""Errors on their way from a worker process to its parent."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from recode_data.errors import EnvironmentLacksError, RecodeError


def kinds(root: type[RecodeError] = RecodeError) -> Iterator[type[RecodeError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == "recode_data.errors":
            yield from kinds(kind)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__))
def test_an_error_arrives_whole(kind: type[RecodeError]) -> None:
    arguments = ("what", "remedy") if issubclass(kind, EnvironmentLacksError) else ("what",)
    error = kind(*arguments)
    found = pickle.loads(pickle.dumps(error))
    assert type(found) is kind
    assert (str(found), vars(found)) == (str(error), vars(error))
