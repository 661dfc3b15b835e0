"""A Hub on loopback: as much of the dataset protocol as pushing and loading use, state in memory.

Selected by `HF_ENDPOINT`, or by the `endpoint` of an `HfApi`. It can be told to refuse requests and
to lose the connection after so many bytes, before or after it has acted on a request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN, READ_ONLY_TOKEN = "hf_mayWriteInThisTest", "hf_mayOnlyReadInThisTest"
BLOCK_BYTES = 8192
_RESET = struct.pack("ii", 1, 0)  # close at once, without a farewell


@dataclass(frozen=True)
class Commit:
    """State of a branch; the number makes two commits of the same files two commits."""

    number: int
    title: str
    files: Mapping[str, bytes]

    @property
    def oid(self) -> str:
        listed = sorted((path, hashlib.sha256(raw).hexdigest()) for path, raw in self.files.items())
        return hashlib.sha1(f"{self.number} {self.title} {listed}".encode()).hexdigest()


@dataclass
class Repository:
    private: bool
    commits: list[Commit] = field(default_factory=lambda: [Commit(0, "initial commit", {})])
    tags: dict[str, str] = field(default_factory=dict)

    def at(self, revision: str) -> Commit | None:
        if revision == "main":
            return self.commits[-1]
        oid = self.tags.get(revision, revision)
        return next((commit for commit in self.commits if commit.oid == oid), None)

    def content(self) -> dict[str, object]:
        """What a reader can see, whatever it took to get there."""
        tags = {tag: dict(self.at(oid).files) for tag, oid in self.tags.items()}  # type: ignore[union-attr]
        return {"private": self.private, "files": dict(self.commits[-1].files), "tags": tags}


@dataclass
class Refusal:
    """Answer requests whose `METHOD path` matches with a status, so many times."""

    pattern: str
    status: int
    times: int = 1_000_000


class Lost(Exception):
    """The connection is gone; the handler stops without an answer."""


@dataclass
class ToyHub:
    """The server's state; `url` is its endpoint."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """`METHOD path`, without what stands after `?`."""
    uploaded: list[str] = field(default_factory=list)
    """SHA-256 of each large file that was sent, in order of arrival."""
    passed_bytes: int = 0
    cut_at: int | None = None
    """Bytes in either direction after which the line is dead until it is set to None again."""
    outage: bool = True
    """Whether the line stays dead after the cut."""
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def serving(self) -> Iterator[ToyHub]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def passes(self, amount: int) -> bool:
        """Count bytes on the line; False where they do not arrive any more."""
        with self.lock:
            self.passed_bytes += amount
            if self.cut_at is None or self.passed_bytes < self.cut_at:
                return True
            if not self.outage:
                self.cut_at = None
            return False


Answer = tuple[int, object, dict[str, str]]


def _handler(hub: ToyHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            try:
                self._pass(len(self.raw_requestline) + len(bytes(self.headers)))
                body = self._body()
                status, content, headers = self._route(body)
                self._send(status, content, headers)
            except Lost:
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

        def _pass(self, amount: int) -> None:
            if not hub.passes(amount):
                raise Lost

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                return b"".join(self._chunks())
            left, blocks = int(self.headers.get("Content-Length") or 0), []
            while left:
                block = self.rfile.read(min(left, BLOCK_BYTES))
                self._pass(len(block))
                if not block:
                    raise Lost
                blocks.append(block)
                left -= len(block)
            return b"".join(blocks)

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline().strip() or b"0", 16):
                block = self.rfile.read(size)
                self._pass(size)
                self.rfile.readline()
                yield block
            self.rfile.readline()

        def _route(self, body: bytes) -> Answer:
            parts = urlsplit(self.path)
            request = f"{self.command} {unquote(parts.path)}"
            with hub.lock:
                hub.requests.append(request)
                for refusal in hub.refusals:
                    if refusal.times > 0 and re.search(refusal.pattern, request):
                        refusal.times -= 1
                        return refusal.status, {"error": "refused as told"}, {}
                token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                call = Call(hub, self.command, parse_qs(parts.query), token, body)
                for pattern, act in ROUTES:
                    match = re.fullmatch(pattern, request)
                    if match:
                        return act(call, *match.groups())
            return 404, {"error": "no such address"}, {}

        def _send(self, status: int, content: object, headers: Mapping[str, str]) -> None:
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            if self.headers.get("Range") and status == 200 and isinstance(content, bytes):
                first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
                end = min(int(last or len(raw) - 1), len(raw) - 1)
                headers = {**headers, "Content-Range": f"bytes {first}-{end}/{len(raw)}"}
                status, raw = 206, raw[int(first) : end + 1]
            self._pass(200 + len(raw))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(raw)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


# --- what is answered -----------------------------------------------------------------------------


@dataclass
class Call:
    hub: ToyHub
    method: str
    query: dict[str, list[str]]
    token: str
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        return dict(json.loads(self.body))

    def refused(self, *, writing: bool) -> Answer | None:
        if self.token == TOKEN or (self.token == READ_ONLY_TOKEN and not writing):
            return None
        if self.token == READ_ONLY_TOKEN:
            return 403, {"error": "this token may not write"}, {}
        if writing or self.token:
            return 401, {"error": f"Invalid credentials {self.token}"}, {}
        return None

    def found(self, name: str) -> Repository | None:
        repository = self.hub.repositories.get(name)
        return None if repository is None or (repository.private and not self.token) else repository


def _missing(code: str) -> Answer:
    return 404, {"error": code}, {"X-Error-Code": code}


def _create(call: Call) -> Answer:
    wanted = call.document
    name = f"{wanted.get('organization') or 'somebody'}/{wanted['name']}"
    if refused := call.refused(writing=True):
        return refused
    if name in call.hub.repositories:
        return 409, {"error": "exists", "url": f"{call.hub.url}/datasets/{name}"}, {}
    call.hub.repositories[name] = Repository(private=wanted.get("visibility") == "private")
    return 200, {"url": f"{call.hub.url}/datasets/{name}"}, {}


def _validate(call: Call) -> Answer:
    return 200, {"errors": [], "warnings": []}, {}


def _info(call: Call, name: str, revision: str | None = None) -> Answer:
    if refused := call.refused(writing=False):
        return refused
    repository = call.found(name)
    if repository is None:
        return _missing("RepoNotFound")
    commit = repository.at(revision or "main")
    if commit is None:
        return _missing("RevisionNotFound")
    siblings = [{"rfilename": path} for path in sorted(commit.files)]
    about = {"id": name, "sha": commit.oid, "private": repository.private, "tags": []}
    return 200, {**about, "siblings": siblings, "gated": False, "disabled": False}, {}


def _git_blob(raw: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(raw) + raw).hexdigest()


def _is_large(path: str) -> bool:
    return path.endswith(".parquet")


def _preupload(call: Call, name: str, revision: str) -> Answer:
    if refused := call.refused(writing=True):
        return refused
    repository = call.found(name)
    if repository is None:
        return _missing("RepoNotFound")
    head = repository.commits[-1].files
    files = []
    for entry in json.loads(call.body)["files"]:
        path, known = entry["path"], head.get(entry["path"])
        large = _is_large(path)
        oid = known and (hashlib.sha256(known).hexdigest() if large else _git_blob(known))
        mode = "lfs" if large else "regular"
        files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
    return 200, {"files": files}, {}


def _lfs_batch(call: Call, name: str) -> Answer:
    if refused := call.refused(writing=True):
        return refused
    objects = []
    for entry in json.loads(call.body)["objects"]:
        oid = entry["oid"]
        actions = {
            "upload": {"href": f"{call.hub.url}/lfs/{oid}?signature=of-the-storage", "header": {}},
            "verify": {"href": f"{call.hub.url}/lfs-verify", "header": {}},
        }
        objects.append(entry if oid in call.hub.blobs else {**entry, "actions": actions})
    return 200, {"transfer": "basic", "objects": objects}, {}


def _lfs_put(call: Call, oid: str) -> Answer:
    if hashlib.sha256(call.body).hexdigest() != oid:
        return 400, {"error": "other content than announced"}, {}
    call.hub.blobs[oid] = call.body
    call.hub.uploaded.append(oid)
    return 200, b"", {}


def _lfs_verify(call: Call) -> Answer:
    return (200 if call.document["oid"] in call.hub.blobs else 404), {}, {}


def _commit(call: Call, name: str, revision: str) -> Answer:
    if refused := call.refused(writing=True):
        return refused
    repository = call.found(name)
    if repository is None:
        return _missing("RepoNotFound")
    head = repository.commits[-1]
    files, title = dict(head.files), ""
    for line in call.body.splitlines():
        key, value = (entry := json.loads(line))["key"], entry["value"]
        if key == "header":
            title = value["summary"]
            if value.get("parentCommit") not in (None, head.oid):
                return 412, {"error": "A commit has happened since. Please refresh."}, {}
        elif key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "lfsFile" and value["oid"] in call.hub.blobs:
            files[value["path"]] = call.hub.blobs[value["oid"]]
        elif key == "deletedFile":
            files.pop(value["path"], None)
        else:
            return 400, {"error": f"cannot take {key} {value}"}, {}
    commit = Commit(head.number + 1, title, files)
    repository.commits.append(commit)
    url = f"{call.hub.url}/datasets/{name}/commit/{commit.oid}"
    return 200, {"success": True, "commitOid": commit.oid, "commitUrl": url, "hookOutput": ""}, {}


def _tag(call: Call, name: str, revision: str) -> Answer:
    if refused := call.refused(writing=True):
        return refused
    repository, tag = call.hub.repositories[name], str(call.document["tag"])
    commit = repository.at(revision)
    if commit is None:
        return _missing("RevisionNotFound")
    if tag in repository.tags:
        return 409, {"error": "exists"}, {}
    repository.tags[tag] = commit.oid
    return 200, {}, {}


def _entry(path: str, raw: bytes) -> dict[str, object]:
    entry: dict[str, object] = {"type": "file", "path": path, "size": len(raw)}
    entry["oid"] = _git_blob(raw)
    if _is_large(path):
        sha256 = hashlib.sha256(raw).hexdigest()
        entry["lfs"] = {"oid": sha256, "size": len(raw), "pointerSize": 130}
    return entry


def _tree(call: Call, name: str, revision: str, folder: str | None) -> Answer:
    repository = call.found(name)
    commit = repository.at(revision) if repository else None
    if commit is None:
        return _missing("RevisionNotFound" if repository else "RepoNotFound")
    prefix = f"{folder.strip('/')}/" if folder else ""
    below = {path: raw for path, raw in sorted(commit.files.items()) if path.startswith(prefix)}
    if prefix and not below:
        return _missing("EntryNotFound")
    deep = call.query.get("recursive", ["False"])[0].lower() in {"true", "1"}
    entries: dict[str, dict[str, object]] = {}
    for path, raw in below.items():
        head, slash, _ = path[len(prefix) :].partition("/")
        if slash:
            inner = {"type": "directory", "path": prefix + head, "size": 0, "oid": _git_blob(b"")}
            entries.setdefault(prefix + head, inner)
        if deep or not slash:
            entries[path] = _entry(path, raw)
    return 200, list(entries.values()), {}


def _paths(call: Call, name: str, revision: str) -> Answer:
    repository = call.found(name)
    commit = repository.at(revision) if repository else None
    if commit is None:
        return _missing("RevisionNotFound" if repository else "RepoNotFound")
    form = call.body.decode()
    wanted = parse_qs(form).get("paths", []) if "=" in form else json.loads(form)["paths"]
    return 200, [_entry(path, commit.files[path]) for path in wanted if path in commit.files], {}


def _resolve(call: Call, name: str, revision: str, path: str) -> Answer:
    if refused := call.refused(writing=False):
        return refused
    repository = call.found(name)
    commit = repository.at(revision) if repository else None
    if commit is None:
        return _missing("RevisionNotFound" if repository else "RepoNotFound")
    if path not in commit.files:
        return _missing("EntryNotFound")
    raw = commit.files[path]
    etag = hashlib.sha256(raw).hexdigest() if _is_large(path) else _git_blob(raw)
    return 200, raw, {"ETag": f'"{etag}"', "X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes"}


_NAME = r"([\w.-]+/[\w.-]+)"
ROUTES = (
    (r"POST /api/repos/create", _create),
    (r"POST /api/validate-yaml", _validate),
    (rf"GET /api/datasets/{_NAME}", _info),
    (rf"GET /api/datasets/{_NAME}/revision/([^/]+)", _info),
    (rf"POST /api/datasets/{_NAME}/preupload/([^/]+)", _preupload),
    (rf"POST /datasets/{_NAME}\.git/info/lfs/objects/batch", _lfs_batch),
    (r"PUT /lfs/([0-9a-f]{64})", _lfs_put),
    (r"POST /lfs-verify", _lfs_verify),
    (rf"POST /api/datasets/{_NAME}/commit/([^/]+)", _commit),
    (rf"POST /api/datasets/{_NAME}/tag/([^/]+)", _tag),
    (rf"GET /api/datasets/{_NAME}/tree/([^/]+)(?:/(.*))?", _tree),
    (rf"POST /api/datasets/{_NAME}/paths-info/([^/]+)", _paths),
    (rf"(?:GET|HEAD) /datasets/{_NAME}/resolve/([^/]+)/(.+)", _resolve),
)
