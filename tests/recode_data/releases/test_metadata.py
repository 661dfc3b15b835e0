from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.errors import CorruptArtifactError
from recode_data.releases.metadata import import_names, parse_metadata, wheel_metadata
from tests.loopback_index import wheel_bytes


@pytest.mark.parametrize(
    ("distribution", "paths", "top_level", "names"),
    [
        pytest.param("toylib", ["toylib/__init__.py", "toylib/a.py"], [], ("toylib",), id="plain"),
        pytest.param(
            "scikit-learn", ["sklearn/__init__.py"], ["sklearn"], ("sklearn",), id="other name"
        ),
        pytest.param("six", ["six.py"], [], ("six",), id="one module"),
        pytest.param("fast", ["fast.cpython-311-x86_64-linux-gnu.so"], [], ("fast",), id="C only"),
        pytest.param(
            "google-cloud-storage",
            ["google/cloud/storage/__init__.py", "google/cloud/storage/blob.py"],
            ["google"],
            ("google.cloud.storage",),
            id="a namespace is not owned",
        ),
        pytest.param(
            "lib", ["tests/__init__.py", "lib/__init__.py"], [], ("lib",), id="stray tests"
        ),
        pytest.param("tests", ["tests/__init__.py"], [], ("tests",), id="nothing but tests"),
        pytest.param(
            "lib", ["_lib.so", "lib/__init__.py"], [], ("lib",), id="a private accelerator"
        ),
        pytest.param(
            "two", ["zeta/__init__.py", "two/__init__.py"], [], ("two", "zeta"), id="its name first"
        ),
        pytest.param(
            "none",
            ["none-1.0.dist-info/a.py", "none.libs/x.so", "none-1.0.data/purelib/y.py"],
            [],
            (),
            id="metadata folders hold no modules",
        ),
        pytest.param("odd", ["no-identifier/__init__.py"], [], (), id="no identifier"),
    ],
)
def test_import_names(
    distribution: str, paths: list[str], top_level: list[str], names: tuple[str, ...]
) -> None:
    assert import_names(paths, distribution, top_level) == names


def test_metadata_of_a_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "alpha-1.0-py3-none-any.whl"
    wheel.write_bytes(
        wheel_bytes(
            "alpha",
            "1.0",
            {"alpha/__init__.py": ""},
            requires=["beta>=1; python_version < '3.9'"],
            requires_python=">=3.8",
            headers=["License: MIT"],
        )
    )
    metadata, names = wheel_metadata(wheel)
    assert (metadata.name, metadata.version, names) == ("alpha", "1.0", ("alpha",))
    assert (metadata.requires_python, metadata.licence) == (">=3.8", "MIT")
    assert metadata.requires == ("beta>=1; python_version < '3.9'",)


def test_unknown_is_nothing() -> None:
    metadata = parse_metadata("Name: UNKNOWN\nVersion: 1\nLicense: UNKNOWN\n\nbody")
    assert (metadata.name, metadata.licence, metadata.requires_python) == ("", "", None)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_wheel_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "alpha-1.0-py3-none-any.whl"
    path.write_bytes(content)
    with pytest.raises(CorruptArtifactError, match=r"alpha-1\.0"):
        wheel_metadata(path)
