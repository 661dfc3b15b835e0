"""What one source file says about the names it binds, before any import is followed.

Facts cross processes and are cached by content, so they hold only values. They are not public:
`assemble.py` turns the facts of all files of a release into a `Surface`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from recode_data.records import Deprecation, Signature

EXTRACTOR_VERSION = "13"
"""Part of every cache key: raise it with any change of what extraction finds."""


class DefinitionKind(str, Enum):
    """How a name is bound."""

    FUNCTION = "function"
    CLASS = "class"
    ATTRIBUTE = "attribute"
    IMPORT = "import"
    ALIAS = "alias"
    """`new = old`: `target` is a dotted expression in the scope of the binding."""
    LAZY = "lazy"
    """Served by the module's `__getattr__`; `target` is set where a table names one."""


class Flavour(str, Enum):
    """What kind of member or function it is, where it is not plain."""

    PLAIN = ""
    PROPERTY = "property"
    CLASSMETHOD = "classmethod"
    STATICMETHOD = "staticmethod"
    OVERLOAD = "overload"
    INSTANCE = "instance"
    """Set on `self` in `__init__`: no attribute of the class."""


@dataclass(slots=True)
class Definition:
    """One binding of a name in a module or class body."""

    name: str
    kind: DefinitionKind
    line: int = 0
    flavour: Flavour = Flavour.PLAIN
    target: str | None = None
    """IMPORT: absolute dotted path; ALIAS: dotted expression."""
    explicit: bool = False
    """`import x as x`: the author marks a re-export."""
    from_import: bool = False
    """Bound by `from a import b`, not by `import a`."""
    typing_only: bool = False
    signature: Signature | None = None
    doc: str = ""
    deprecations: tuple[Deprecation, ...] = ()
    value: str | None = None
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    members: dict[str, Definition] = field(default_factory=dict)
    forwards: str | None = None
    """Dotted expression that the whole body hands its arguments to."""
    runtime: bool = False
    """Seen at run time only."""
    type_name: str | None = None
    otherwise: Definition | None = None
    """What an import that fails is replaced by: `except ImportError: def f(): …`."""
    computed: bool = False
    """Bound by an expression: what it is was learnt at run time."""
    outside: tuple[str, ...] = ()
    """Classes: names inherited from other packages' classes, as a run showed."""
    body: str | None = None
    """Mark of a function's statements."""


@dataclass(slots=True)
class ExportPart:
    """One operation on `__all__`: literal names, another module's `__all__`, or a removal."""

    names: tuple[str, ...] = ()
    module: str | None = None
    """Dotted expression whose `__all__` is added."""
    removes: bool = False


@dataclass(slots=True)
class FileFacts:
    """Everything one module binds."""

    module: str
    is_package: bool
    source_file: str
    doc: str = ""
    names: dict[str, Definition] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    """Absolute dotted modules of `from m import *`, in order."""
    exports: tuple[ExportPart, ...] | None = None
    """None: the module has no `__all__`."""
    has_getattr: bool = False
    lazy_strings: tuple[str, ...] = ()
    """Identifiers that occur as strings near `__getattr__`: names worth trying at run time."""
    deprecations: tuple[Deprecation, ...] = ()
    """Warnings raised when the module is imported."""
    failure: str | None = None
