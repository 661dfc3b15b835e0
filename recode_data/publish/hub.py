"""Push a built folder to the Hugging Face Hub: one commit, then a tag for the build.

Large files go up before the commit and are known by their hash, so a push that was cut off goes on
where it was when the command is repeated, and readers see the old state or the new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recode_data.errors import EnvironmentLacksError, MalformedInputError, RecodeError, UsageError

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
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def plan_push(folder: Path, repo_id: str, private: bool) -> PushPlan:
    """What a push of this folder would send; reads every file, sends nothing.

    Raises:
        MalformedInputError: the folder is no finished build, or a file differs from its manifest.
        UsageError: `repo_id` is not `NAME` or `OWNER/NAME`.
    """
    if not repo_id or repo_id.count("/") > 1 or any(not part for part in repo_id.split("/")):
        raise UsageError(f"{repo_id!r} is no repository; write OWNER/NAME")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        listed = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MalformedInputError(
            f"{folder} holds no finished build: its manifest.json is missing or torn; run "
            "`recode-data build … --out` to the end first"
        ) from error
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
    listed: Mapping[str, Mapping[str, str]], files: list[PlannedFile], folder: Path
) -> None:
    for file in files:
        if file.path in listed and listed[file.path].get("sha256") != file.sha256:
            raise MalformedInputError(
                f"{folder / file.path} is not what the manifest says; build it again"
            )


def push(folder: Path, plan: PushPlan) -> str:
    """Carry the plan out; returns the address of the dataset.

    Raises:
        EnvironmentLacksError: no token, a refused one, or no connection.
        RecodeError: the Hub refused otherwise; repeat the command to go on.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi()
    try:
        url = api.create_repo(
            plan.repo_id, repo_type="dataset", private=plan.private, exist_ok=True
        )
        api.upload_folder(
            repo_id=plan.repo_id,
            repo_type="dataset",
            folder_path=folder,
            allow_patterns=[file.path for file in plan.files],
            delete_patterns=["data/*.parquet"],
            commit_message=f"Dataset {plan.tag}",
        )
        api.create_tag(plan.repo_id, repo_type="dataset", tag=plan.tag, exist_ok=True)
    except HfHubHTTPError as error:
        raise _explained(error, plan.repo_id) from None
    except OSError as error:
        raise EnvironmentLacksError(
            f"the Hub cannot be reached ({type(error).__name__})",
            "check the connection and repeat the command; what was sent is kept",
        ) from None
    return str(url)


def _explained(error: Exception, repo_id: str) -> RecodeError:
    """The Hub's refusal without headers or token, with what to do next."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401:
        return EnvironmentLacksError(
            "the Hub does not accept the token, or there is none (401)",
            "set HF_TOKEN, or run `hf auth login`, with a token that may write",
        )
    if status == 403:
        return EnvironmentLacksError(
            f"the token may not write to {repo_id} (403)",
            "use a token with write access to it, or another OWNER/NAME",
        )
    if status == 409:
        return RecodeError(f"{repo_id} was changed at the same time (409); repeat the command")
    return RecodeError(
        f"the Hub refused (status {status}); what was sent is kept, repeat the command"
    )
