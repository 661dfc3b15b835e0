"""A package index of a few files, on loopback, that can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wheel_bytes(
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    requires: Sequence[str] = (),
    requires_python: str = "",
    headers: Sequence[str] = (),
    tag: str = "py3-none-any",
) -> bytes:
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers]
    metadata += [f"Requires-Dist: {text}" for text in requires]
    if requires_python:
        metadata.append(f"Requires-Python: {requires_python}")
    members = {path: text.encode() for path, text in files.items()}
    members[f"{info}/METADATA"] = "\n".join([*metadata, "", ""]).encode()
    pure = "true" if tag.endswith("any") else "false"
    members[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tag}\n".encode()
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip('=')},{len(text)}"
        for path, text in members.items()
    ]
    members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


def sdist_bytes(stem: str, files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{stem}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@dataclass
class OfferedFile:
    name: str
    content: bytes
    uploaded: str | None = None
    yanked: str | bool = False
    requires_python: str | None = None
    sha256: str | None = None
    """What the index claims; None: the truth."""

    def listed(self) -> dict[str, object]:
        entry: dict[str, object] = {
            "filename": self.name,
            "url": f"/files/{self.name}",
            "hashes": {"sha256": self.sha256 or hashlib.sha256(self.content).hexdigest()},
            "yanked": self.yanked,
            "size": len(self.content),
        }
        if self.uploaded:
            entry["upload-time"] = f"{self.uploaded}T12:00:00Z"
        if self.requires_python:
            entry["requires-python"] = self.requires_python
        return entry


@dataclass
class ToyIndex:
    """Serves `files`; `url` is what goes into the settings."""

    files: dict[str, list[OfferedFile]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    """Path → how many requests for it still get status 503."""
    altered: dict[str, int] = field(default_factory=dict)
    """File name → how many downloads of it still come damaged."""
    cut_short: dict[str, int] = field(default_factory=dict)
    """File name → how many downloads of it still break off midway."""
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def offer(
        self,
        name: str,
        version: str,
        files: Mapping[str, str] | None = None,
        *,
        tag: str = "py3-none-any",
        uploaded: str | None = None,
        yanked: str | bool = False,
        requires: Sequence[str] = (),
        requires_python: str = "",
        sha256: str | None = None,
    ) -> OfferedFile:
        module = name.replace("-", "_")
        content = wheel_bytes(
            name,
            version,
            files or {f"{module}/__init__.py": f"__version__ = {version!r}\n"},
            requires=requires,
            requires_python=requires_python,
            tag=tag,
        )
        wheel = OfferedFile(
            f"{module}-{version}-{tag}.whl",
            content,
            uploaded,
            yanked,
            requires_python or None,
            sha256,
        )
        self.files.setdefault(name, []).append(wheel)
        return wheel

    def offer_sdist(
        self, name: str, version: str, files: Mapping[str, str], *, uploaded: str | None = None
    ) -> OfferedFile:
        stem = f"{name}-{version}"
        sdist = OfferedFile(f"{stem}.tar.gz", sdist_bytes(stem, files), uploaded)
        self.files.setdefault(name, []).append(sdist)
        return sdist

    def count(self, ending: str) -> int:
        return sum(path.endswith(ending) for path in self.requests)

    @contextmanager
    def serving(self) -> Iterator[ToyIndex]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/simple/"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(index: ToyIndex) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            index.requests.append(self.path)
            if index.failures.get(self.path, 0) > 0:
                index.failures[self.path] -= 1
                self._answer(503, b"", "text/plain")
                return
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "simple" and name in index.files:
                listed = [file.listed() for file in index.files[name]]
                page = {"meta": {"api-version": "1.1"}, "name": name, "files": listed}
                self._answer(200, json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json")
                return
            for offered in index.files.values():
                for file in offered:
                    if kind == "files" and file.name == name:
                        self._send_file(file)
                        return
            self._answer(404, b"", "text/plain")

        def _send_file(self, file: OfferedFile) -> None:
            content = file.content
            if index.altered.get(file.name, 0) > 0:
                index.altered[file.name] -= 1
                content = content[:-1] + bytes([content[-1] ^ 1])
            cut = index.cut_short.get(file.name, 0) > 0
            if cut:
                index.cut_short[file.name] -= 1
            self._answer(200, content, "application/octet-stream", cut=cut)

        def _answer(self, status: int, body: bytes, kind: str, *, cut: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body[: len(body) // 2] if cut else body)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler
