"""The fixture library as wheels and sdists: what a package index would serve.

The archives are written by hand (a wheel is a zip with a RECORD, an sdist a tar with PKG-INFO), so
that tests need neither a network nor a build backend, and the same tree gives the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

TOYLIB = Path(__file__).parent / "fixtures" / "toylib"
VERSIONS = ("1.0", "2.0")
_ZIP_EPOCH = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ExpectedChange:
    """One row of EXPECTED.json; `effect` is what an old usage does on 2.0."""

    kind: str
    old_api: str
    parameter: str | None
    new_api: str | None
    effect: str
    new_parameter: str | None = None


def expected_changes() -> tuple[ExpectedChange, ...]:
    """Every change between toylib 1.0 and 2.0: each kind once."""
    document = json.loads((TOYLIB / "EXPECTED.json").read_text(encoding="utf-8"))
    return tuple(ExpectedChange(**row) for row in document["changes"])


def expected_decoys() -> dict[str, str]:
    """Dotted paths that must not be reported, with the reason."""
    document = json.loads((TOYLIB / "EXPECTED.json").read_text(encoding="utf-8"))
    return {row["api"]: row["why"] for row in document["decoys"]}


def toylib_source(version: str) -> Path:
    """The folder of one version as its sdist has it: package, docs, examples, tests."""
    return TOYLIB / version


def build_toy_index(folder: Path) -> Path:
    """Write wheel and sdist of both versions into `folder` and return it.

    The folder works as a flat find-links location (`--no-index --find-links FOLDER`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    for version in VERSIONS:
        write_wheel(toylib_source(version), version, folder)
        write_sdist(toylib_source(version), version, folder)
    return folder


def write_wheel(source: Path, version: str, folder: Path) -> Path:
    """`toylib-VERSION-py3-none-any.whl` in `folder`."""
    info = f"toylib-{version}.dist-info"
    files = {
        str(path.relative_to(source)): path.read_bytes() for path in _sources(source / "toylib")
    }
    files[f"{info}/METADATA"] = _metadata(version).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/licenses/LICENSE"] = (source / "LICENSE").read_bytes()
    record = [f"{name},{_record_hash(raw)},{len(raw)}" for name, raw in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"toylib-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), raw)
    return wheel


def write_sdist(source: Path, version: str, folder: Path) -> Path:
    """`toylib-VERSION.tar.gz` in `folder`, with docs, examples and tests."""
    root = f"toylib-{version}"
    files = {str(path.relative_to(source)): path.read_bytes() for path in _sources(source)}
    files["PKG-INFO"] = _metadata(version).encode()
    raw_tar = io.BytesIO()
    with tarfile.open(fileobj=raw_tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, raw in sorted(files.items()):
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    sdist = folder / f"{root}.tar.gz"
    sdist.write_bytes(gzip.compress(raw_tar.getvalue(), mtime=0))
    return sdist


def _sources(root: Path) -> list[Path]:
    return sorted(
        path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _metadata(version: str) -> str:
    return (
        f"Metadata-Version: 2.1\nName: toylib\nVersion: {version}\n"
        "Summary: Tables of measurements: read them, describe them, convert their units.\n"
        "License: MIT\nRequires-Python: >=3.8\n"
    )


def _record_hash(raw: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"
