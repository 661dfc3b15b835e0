from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.errors import EnvironmentLacksError, IndexUnreachableError
from recode_data.releases.index import IndexSettings
from recode_data.releases.session import ATTEMPTS, IndexSession
from tests.loopback_index import ToyIndex


def session(settings: IndexSettings | None = None) -> IndexSession:
    return IndexSession(settings or IndexSettings(), backoff_s=0.001)


def test_a_failure_that_passes_is_not_seen() -> None:
    index = ToyIndex()
    index.offer("alpha", "1.0")
    with index.serving(), session() as client:
        index.failures["/simple/alpha/"] = ATTEMPTS - 1
        assert client.get(f"{index.url}alpha/").status_code == 200
        assert index.count("/simple/alpha/") == ATTEMPTS


def test_a_failure_that_stays_is_told_without_credentials() -> None:
    index = ToyIndex()
    with index.serving(), session() as client:
        index.failures["/simple/alpha/"] = 100
        url = index.url.replace("://", "://me:secret@")
        with pytest.raises(IndexUnreachableError, match="503") as caught:
            client.get(f"{url}alpha/")
        assert index.count("/simple/alpha/") == ATTEMPTS
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_missing_page_is_an_answer() -> None:
    index = ToyIndex()
    with index.serving(), session() as client:
        assert client.get(f"{index.url}nothing/").status_code == 404
        assert index.count("/simple/nothing/") == 1


def test_nobody_listens() -> None:
    index = ToyIndex()
    with index.serving():
        url = index.url
    with session() as client, pytest.raises(IndexUnreachableError, match="to fix: check the net"):
        client.get(url)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacksError, match=r"no\.pem cannot be read"):
        session(IndexSettings(cert=str(tmp_path / "no.pem")))
