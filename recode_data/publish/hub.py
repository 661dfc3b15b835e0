"""Push a built folder to the Hugging Face Hub: one commit, then a tag for the build.

Large files go up before the commit and are known by their hash, so a push that was cut off goes on
where it was when the command is repeated, and readers see the old state or the new one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recode_data.errors import EnvironmentLacksError, MalformedInputError, RecodeError, UsageError
from recode_data.publish.manifest import mapping, read_manifest
from recode_data.records import JsonValue

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

STALE = "data/*.parquet"
"""Files of an earlier push that this one does not have are removed by the same commit."""

_PART = r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?:{_PART}/)?{_PART}(?<!\.git)", re.ASCII)
"""The Hub's rule: no `--`, no `..`, no dot or dash at either end, at most 96 characters a part."""

PUBLISHED = ("README.md", "manifest.json", "changes.parquet", "dropped.parquet")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file that a push sends; `path` is relative to the repository's root."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PushPlan:
    """All that a push would do."""

    repo_id: str
    private: bool
    tag: str
    files: tuple[PlannedFile, ...]

    @property
    def title(self) -> str:
        """Title of the commit."""
        return f"Dataset {self.tag}"

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def plan_push(folder: Path, repo_id: str, private: bool) -> PushPlan:
    """What a push of this folder would send; reads every file, sends nothing.

    Raises:
        MalformedInputError: the folder is no finished build, or a file differs from its manifest.
        UsageError: `repo_id` is not `NAME` or `OWNER/NAME`.
    """
    if not _REPO_ID.fullmatch(repo_id):
        raise UsageError(f"{repo_id!r} is no repository; write OWNER/NAME")
    listed = {
        name: mapping(entry) for name, entry in mapping(read_manifest(folder).get("files")).items()
    }
    if not listed:
        raise MalformedInputError(f"the manifest of {folder} lists no files; build it again")
    files = [
        _planned(folder, name) for name in sorted({*listed, "manifest.json"}) if _is_public(name)
    ]
    _check_against(listed, files, folder)
    digest = hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
    return PushPlan(repo_id, private, f"build-{digest[:12]}", tuple(files))


def _is_public(name: str) -> bool:
    return name in PUBLISHED or (name.startswith("data/") and name.endswith(".parquet"))


def _planned(folder: Path, name: str) -> PlannedFile:
    path = folder / name
    if not path.is_file():
        raise MalformedInputError(f"{path} is listed in the manifest but missing; build it again")
    content = path.read_bytes()
    return PlannedFile(name, len(content), hashlib.sha256(content).hexdigest())


def _check_against(
    listed: Mapping[str, Mapping[str, JsonValue]], files: list[PlannedFile], folder: Path
) -> None:
    for file in files:
        if file.path in listed and listed[file.path].get("sha256") != file.sha256:
            raise MalformedInputError(
                f"{folder / file.path} is not what the manifest says; build it again"
            )


def push(folder: Path, plan: PushPlan, api: HfApi | None = None) -> str:
    """Carry the plan out; returns the address of the dataset.

    Args:
        folder: what was planned.
        plan: what `plan_push` gave.
        api: the Hub; None for the one of the environment (HF_ENDPOINT, HF_TOKEN, `hf auth login`).

    Raises:
        EnvironmentLacksError: no token, a refused one, or no connection.
        UsageError: the repository is public, and a private one was asked for.
        RecodeError: the Hub refused otherwise; repeat the command to go on.
    """
    from httpx2 import HTTPError
    from huggingface_hub import HfApi

    api = api or HfApi()
    try:
        _check_visibility(plan, api)
        url = api.create_repo(
            plan.repo_id, repo_type="dataset", private=plan.private, exist_ok=True
        )
        head = api.dataset_info(plan.repo_id).sha
        commit = _upload(api, folder, plan, head)
        api.create_tag(
            plan.repo_id, repo_type="dataset", tag=plan.tag, revision=commit.oid, exist_ok=True
        )
    except (HTTPError, OSError, RuntimeError, ValueError) as error:
        # `from None`: the client's own messages quote what the server said, which may be a token.
        raise _explained(error, plan.repo_id) from None
    return str(url)


def _upload(api: HfApi, folder: Path, plan: PushPlan, head: str | None) -> CommitInfo:
    """Send what the server lacks, then commit all of it on top of `head`."""
    from huggingface_hub import constants

    def send() -> CommitInfo:
        return api.upload_folder(
            repo_id=plan.repo_id,
            repo_type="dataset",
            folder_path=folder,
            allow_patterns=[file.path for file in plan.files],
            delete_patterns=[STALE],
            commit_message=plan.title,
            parent_commit=head,
        )

    try:
        return send()
    except ConnectionError as error:
        # A server of one's own may speak LFS only, where the client asks for Xet first.
        if "404" not in str(error) or "xet-write-token" not in str(error):
            raise
    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = True
    try:
        return send()
    finally:
        constants.HF_HUB_DISABLE_XET = before


def _check_visibility(plan: PushPlan, api: HfApi) -> None:
    """A private push must not end in the open because somebody made the repository before."""
    if not plan.private or not api.repo_exists(plan.repo_id, repo_type="dataset"):
        return
    if api.dataset_info(plan.repo_id).private is False:
        raise UsageError(
            f"{plan.repo_id} exists and is public: make it private in its settings, choose another "
            "OWNER/NAME, or push without --private"
        )


def _explained(error: BaseException, repo_id: str) -> RecodeError:
    """The failure in our own words, without headers, addresses or token, and what to do next."""
    from huggingface_hub.errors import LocalTokenNotFoundError

    if isinstance(error, LocalTokenNotFoundError):
        return _no_token("there is no token")
    status = _status(error)
    if status is None:
        lost = _network_error(error)
        if lost is None:
            return RecodeError(
                f"the Hub's client failed ({type(error).__name__}); what was sent is kept, repeat "
                "the command to go on"
            )
        return EnvironmentLacksError(
            f"the connection to the Hub was lost or refused ({lost})",
            "check the connection and repeat the command; what was sent is kept",
        )
    if status == 400:
        return RecodeError("the Hub refused card or files as malformed (400): please report it")
    if status == 401:
        return _no_token("the Hub does not accept the token, or there is none (401)")
    if status in (403, 404):
        return EnvironmentLacksError(
            f"the token may not write to {repo_id} ({status})",
            "use a token with write access to it, or another OWNER/NAME",
        )
    if status in (409, 412):
        return RecodeError(
            f"{repo_id} was changed at the same time ({status}); repeat the command to go on"
        )
    return RecodeError(
        f"the Hub failed (status {status}); what was sent is kept, repeat the command to go on"
    )


def _no_token(what: str) -> EnvironmentLacksError:
    return EnvironmentLacksError(
        what, "set HF_TOKEN, or run `hf auth login`, with a token that may write"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it: an upload's failure comes wrapped in a RuntimeError."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _status(error: BaseException) -> int | None:
    for item in _chain(error):
        status = getattr(getattr(item, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _network_error(error: BaseException) -> str | None:
    """Type name of the outermost network error; None where the network is not to blame."""
    from httpx2 import TransportError

    for item in _chain(error):
        if isinstance(item, (TransportError, ConnectionError, TimeoutError)):
            return type(item).__name__
    return None
