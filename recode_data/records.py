"""The records that flow through the toolkit; each frozen, hashable and JSON-serialisable.

They cross processes and are hashed into cache keys, so they hold only values: tuples rather than
lists, no live objects, no absolute path of this machine in anything that is published. `encode`
and `decode` are the one way in and out of JSON.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias, TypeVar

import msgspec

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

RecordT = TypeVar("RecordT")


def encode(record: object) -> bytes:
    """The record as JSON bytes: same record, same bytes."""
    return msgspec.json.encode(record, order="deterministic")


def decode(text: bytes | str, record_type: type[RecordT]) -> RecordT:
    """The record that `encode` wrote.

    Raises:
        msgspec.ValidationError: the JSON does not have the type's fields.
        msgspec.DecodeError: not JSON at all, for example a torn line.
    """
    return msgspec.json.decode(text, type=record_type)


def content_id(*parts: str | bytes, length: int = 20) -> str:
    """Hex digest of the parts, unambiguous about where one ends and the next begins."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:length]


# --- releases -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Artifact:
    """One downloaded file of a release; `sha256` is hex, `size` in bytes."""

    filename: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Release:
    """One published version of a library."""

    library: str
    """Distribution name as the index spells it, e.g. `scikit-learn`."""
    version: str
    import_names: tuple[str, ...]
    """Top-level import names, most important first, e.g. `("sklearn",)`."""
    released: str | None
    """Upload date `YYYY-MM-DD`, where the index tells it."""
    requires_python: str | None
    licence: str
    """SPDX expression or the metadata's own words; empty where the release says nothing."""
    wheel: Artifact | None
    sdist: Artifact | None

    @property
    def pin(self) -> str:
        """`name==version`."""
        return f"{self.library}=={self.version}"


@dataclass(frozen=True, slots=True)
class VersionStep:
    """Two versions of one library, `old` before `new`."""

    library: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.library}:{self.old}:{self.new}"


@dataclass(frozen=True, slots=True)
class Environment:
    """One isolated virtual environment on this machine (paths: never published)."""

    key: str
    """Content hash of interpreter and exact pins."""
    python: str
    """Absolute path of the interpreter to run."""
    root: str
    """Absolute path of the environment's folder."""
    python_version: str
    """Full version of the interpreter, e.g. `3.11.7`."""
    requirements: tuple[str, ...]
    """Sorted exact pins of everything installed, `name==version`."""


# --- surface --------------------------------------------------------------------------------------


class ObjectKind(str, Enum):
    """What a public name is."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"
    PROPERTY = "property"
    ATTRIBUTE = "attribute"


class ParameterKind(str, Enum):
    """How an argument may be passed, in the words of `inspect`."""

    POSITIONAL_ONLY = "positional_only"
    POSITIONAL_OR_KEYWORD = "positional_or_keyword"
    VAR_POSITIONAL = "var_positional"
    KEYWORD_ONLY = "keyword_only"
    VAR_KEYWORD = "var_keyword"


class Origin(str, Enum):
    """Where a fact about the surface was seen."""

    STATIC = "static"
    RUNTIME = "runtime"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` and `annotation` are source text, None where there is none."""

    name: str
    kind: ParameterKind
    default: str | None = None
    annotation: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters in order (without a bound `self`) and the return annotation as source text."""

    parameters: tuple[Parameter, ...]
    returns: str | None = None

    def __str__(self) -> str:
        parts: list[str] = []
        star_seen = False
        for index, parameter in enumerate(self.parameters):
            if parameter.kind is ParameterKind.KEYWORD_ONLY and not star_seen:
                parts.append("*")
                star_seen = True
            prefix = {
                ParameterKind.VAR_POSITIONAL: "*",
                ParameterKind.VAR_KEYWORD: "**",
            }.get(parameter.kind, "")
            star_seen = star_seen or prefix == "*"
            default = "" if parameter.default is None else f"={parameter.default}"
            parts.append(f"{prefix}{parameter.name}{default}")
            following = self.parameters[index + 1 : index + 2]
            if parameter.kind is ParameterKind.POSITIONAL_ONLY and (
                not following or following[0].kind is not ParameterKind.POSITIONAL_ONLY
            ):
                parts.append("/")
        return f"({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A deprecation mark on an object or on one of its parameters."""

    message: str
    parameter: str | None = None
    since: str | None = None
    removal: str | None = None
    """Version in which removal is announced."""
    new_api: str | None = None
    """What the mark itself names as successor: a dotted path, or a parameter name."""


@dataclass(frozen=True, slots=True)
class ApiObject:
    """One public name of a release, at the dotted path that users write."""

    path: str
    kind: ObjectKind
    canonical: str
    """Dotted path where it is defined; equals `path` where that is the public one too."""
    signature: Signature | None = None
    """None: not callable, or no way to know the signature."""
    doc: str = ""
    """First paragraph of the docstring."""
    deprecations: tuple[Deprecation, ...] = ()
    origins: tuple[Origin, ...] = (Origin.STATIC,)
    type_name: str | None = None
    """Qualified run-time type of the object, where it was seen."""
    identity: str | None = None
    """Run-time identity class: two paths with the same mark are the same object."""
    value: str | None = None
    """Source text or canonical repr of a constant (numbers, strings, bools, None)."""
    source_file: str | None = None
    """Relative to the release's root."""
    line: int | None = None
    inherited_from: str | None = None
    """Canonical path of the base that defines it, for members shown on a subclass."""
    alias_of: str | None = None
    """The preferred public path of the same object, where this is a further one."""
    bases: tuple[str, ...] = ()
    """Classes: canonical paths of the bases inside the release, in method resolution order."""
    forwards_to: str | None = None
    """What its body hands all arguments to: a dotted path, or `self.name` for members."""
    on_instances: bool = False
    """Set by the constructor: exists on instances, not on the class."""
    outside: tuple[str, ...] = ()
    """Classes: names inherited from classes of other packages, where a run showed them."""
    body: str | None = None
    """Mark of a function's statements: equal marks, equal bodies; None: too short to say much."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The public API of one release; `objects` is sorted by path."""

    library: str
    version: str
    objects: tuple[ApiObject, ...]
    failures: tuple[tuple[str, str], ...] = ()
    """(module, why) for modules that could not be parsed or imported."""


# --- changes --------------------------------------------------------------------------------------


class ChangeKind(str, Enum):
    """What happened to a public name between two versions."""

    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    PARAMETER_REMOVED = "parameter_removed"
    PARAMETER_RENAMED = "parameter_renamed"
    PARAMETER_ADDED_REQUIRED = "parameter_added_required"
    PARAMETER_REORDERED = "parameter_reordered"
    KEYWORD_ONLY = "keyword_only"
    DEFAULT_CHANGED = "default_changed"
    KIND_CHANGED = "kind_changed"
    RETURN_CHANGED = "return_changed"
    DEPRECATED = "deprecated"
    UNDEPRECATED = "undeprecated"
    BEHAVIOUR = "behaviour"
    ADDED = "added"
    PARAMETER_ADDED = "parameter_added"


class EvidenceKind(str, Enum):
    """What a replacement proposal, or a change, rests on."""

    SURFACE = "surface"
    IDENTITY = "identity"
    ERROR_MESSAGE = "error_message"
    WARNING_MESSAGE = "warning_message"
    DEPRECATION = "deprecation"
    FORWARDING = "forwarding"
    RELEASE_NOTES = "release_notes"
    EVOLUTION = "evolution"
    SIMILARITY = "similarity"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observed reason; `detail` is for people."""

    kind: EvidenceKind
    detail: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A proposal of what to write instead; never a fact until a pair that uses it verifies."""

    new_api: str
    """Public dotted path in the new version (may lie outside the library, `ast.literal_eval`)."""
    evidence: tuple[Evidence, ...]
    score: float
    """Confidence in [0, 1]; orders the proposals of one change."""
    new_parameter: str | None = None
    """For parameter changes: the parameter to use instead."""
    was_there: bool = False
    """Whether the old version had it as well: then nothing was renamed or moved to it."""


@dataclass(frozen=True, slots=True)
class ApiChange:
    """One difference between two surfaces."""

    kind: ChangeKind
    old_api: str
    """Public dotted path in the old version (in the new one for additions)."""
    parameter: str | None = None
    new_api: str | None = None
    """Best replacement's path; None where nothing was found."""
    replacements: tuple[Replacement, ...] = ()
    """Best first."""
    evidence: tuple[Evidence, ...] = ()
    object_kind: ObjectKind | None = None
    old_signature: Signature | None = None
    new_signature: Signature | None = None
    message: str = ""
    """What the library itself says when the old way is used, where it says anything."""
    old_value: str | None = None
    new_value: str | None = None
    alias_of: str | None = None
    """`old_api` of the change that this one repeats at another public path or on a subclass."""

    @property
    def key(self) -> str:
        """Identity of the change within its version step."""
        return f"{self.kind.value}|{self.old_api}|{self.parameter or ''}"


# --- usages and candidates ------------------------------------------------------------------------


class UsageOrigin(str, Enum):
    """What kind of text a usage was taken from."""

    DOCSTRING = "docstring"
    DOCS = "docs"
    GALLERY = "gallery"
    TEST = "test"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Usage:
    """A self-contained snippet of a release that touches its API."""

    code: str
    apis: tuple[str, ...]
    """Public dotted paths that static resolution finds in it, sorted."""
    origin: UsageOrigin
    release: str
    """`name==version` of the release that it was taken from."""
    source_file: str
    """Relative to the root of the wheel or sdist."""
    source_line: int
    """1-based."""

    @property
    def key(self) -> str:
        """Content id."""
        return content_id(self.release, self.source_file, str(self.source_line), self.code)


class Producer(str, Enum):
    """How a candidate was made."""

    EVOLVED = "evolved"
    FORWARD = "forward"
    BACKWARD = "backward"
    COMPOSED = "composed"
    CONTROL = "control"
    IMPORTED = "imported"
    """From somebody else's file of pairs."""


@dataclass(frozen=True, slots=True)
class FurtherChange:
    """One more change that a composed program meets, with what replaces it."""

    change: ApiChange
    replacement: Replacement | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Old and new code that may be a migration pair; only the verifier decides."""

    change: ApiChange
    old_code: str
    new_code: str
    producer: Producer
    usage: Usage
    """Where the snippet comes from."""
    replacement: Replacement | None = None
    further: tuple[FurtherChange, ...] = ()
    """Composed programs: the changes that the code meets besides `change`."""

    @property
    def key(self) -> str:
        """Content id: same codes for the same change are the same candidate."""
        return content_id(self.change.key, self.old_code, self.new_code)

    def once_proved(self, works_on_old: bool) -> Candidate:
        """The candidate with what the proof has shown of its replacements: where the new code works on
        the old version too, they were there already. Of a control row, that shows nothing."""
        if not works_on_old or self.producer is Producer.CONTROL:
            return self
        first, *further = (
            replace(item, replacement=replace(item.replacement, was_there=True))
            if item.replacement is not None
            else item
            for item in (FurtherChange(self.change, self.replacement), *self.further)
        )
        return replace(self, replacement=first.replacement, further=tuple(further))


# --- verification ---------------------------------------------------------------------------------


class Effect(str, Enum):
    """What the old code does under the new version."""

    BREAK = "break"
    WARN = "warn"
    DRIFT = "drift"
    NONE = "none"


class DropReason(str, Enum):
    """Why a candidate did not become a pair."""

    UNPARSABLE = "unparsable"
    OLD_FAILS_ON_OLD = "old_fails_on_old"
    NEEDS_NETWORK = "needs_network"
    NEW_FAILS_ON_NEW = "new_fails_on_new"
    NEW_WARNS_ON_NEW = "new_warns_on_new"
    NOTHING_CHANGED = "nothing_changed"
    NOT_AT_THE_CHANGE = "not_at_the_change"
    RESULTS_DIFFER = "results_differ"
    UNOBSERVABLE = "unobservable"
    UNEXPLAINED = "unexplained"
    NONDETERMINISTIC = "nondeterministic"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    OVER_CAP = "over_cap"
    CONTAMINATED = "contaminated"
    LICENCE = "licence"
    EMPTY_FIELD = "empty_field"
    NO_EDIT = "no_edit"
    UNBOUND_NAME = "unbound_name"
    UNKNOWN_VERSION = "unknown_version"
    ENVIRONMENT_UNAVAILABLE = "environment_unavailable"
    SANDBOX_FAILED = "sandbox_failed"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that was not admitted."""

    candidate: Candidate
    reason: DropReason
    detail: str
    """For people; code branches on `reason` only."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the verifier saw; enough to explain the pair to a reader."""

    effect: Effect
    error_type: str | None
    """Exception type of the old code under the new version (break)."""
    warning_category: str | None
    """Category of the new warning (warn)."""
    message: str
    """Message of that error or warning; what drifted, for drift."""
    line: int | None
    """1-based line of old_code at which it happened."""
    observed: int
    """Number of values that were compared."""


@dataclass(frozen=True, slots=True)
class MigrationPair:
    """One proved row of the dataset; fields as in the published schema."""

    id: str
    dependency: str
    old_version: str
    new_version: str
    old_release_date: str | None
    new_release_date: str | None
    kind: ChangeKind
    effect: Effect
    old_api: str
    new_api: str | None
    parameter: str | None
    description: str
    update_info: str
    old_code: str
    new_code: str
    checks: str
    """JSON: what `recode_data.verify.checks` reads; expected observations and hidden inputs."""
    evidence: str
    """JSON: the proof and the evidence of change and replacement."""
    works_on_old: bool
    producer: Producer
    source_file: str
    source_line: int
    source_release: str
    licence: str
    old_python: str
    new_python: str
    old_requirements: tuple[str, ...] = field(default=())
    new_requirements: tuple[str, ...] = field(default=())
    split: str = "train"


@dataclass(frozen=True, slots=True)
class Verified:
    """An admitted candidate with the row that it became."""

    candidate: Candidate
    pair: MigrationPair

    @property
    def explained(self) -> Candidate:
        """The candidate, with what the proof has shown of its replacements."""
        return self.candidate.once_proved(self.pair.works_on_old)


Outcome: TypeAlias = Verified | Dropped
"""What every candidate ends as, exactly once."""


@dataclass(frozen=True, slots=True)
class StepContext:
    """A version step with all that is fixed for it: releases and environments."""

    step: VersionStep
    old: Release
    new: Release
    old_environment: Environment
    new_environment: Environment


@dataclass(frozen=True, slots=True)
class BenchmarkFile:
    """A file of benchmark tasks; `path` is of this machine and never published."""

    name: str
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a build may be told; part of its identity, but for `allow_weak`."""

    producers: tuple[Producer, ...] = ()
    """Only these; empty means all."""
    limit: int | None = None
    """At most this many candidates per step, for a quick look."""
    since: str | None = None
    """`YYYY-MM-DD`: pairs whose new release is from that day on form the test split."""
    split_by: str = "change"
    """`change` or `library`: what the test split has that training never saw."""
    licence: str | None = None
    """`permissive`: only rows whose licence is; None: any."""
    decontaminate: tuple[BenchmarkFile, ...] = ()
    """Rows that overlap with these are dropped."""
    allow_weak: bool = False
    """Run without isolation where there is none: for libraries that one trusts."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """All that one version step gave; `outcomes` has each candidate exactly once."""

    context: StepContext
    changes: tuple[ApiChange, ...]
    old_usages: int
    new_usages: int
    probed: int
    """Old usages that the probe ran."""
    outcomes: tuple[Outcome, ...]
