"""Names that a sentence offers instead of something: "use `np.isin` instead".

Warnings, errors, deprecation directives and release notes share these few phrasings. What comes
out are candidates in the order of trust; whoever uses them checks that they exist.
"""

from __future__ import annotations

import re

_FORWARD = re.compile(
    r"\b(?:us(?:e|ing)|replaced? (?:it |this |them )?(?:by|with)|renamed (?:as|to)|moved (?:in)?to"
    r"|in favou?r of|prefer|superseded by|switch(?:ing)? to|migrate to|call|instead"
    r"|(?:is|are) now|available (?:as|in|from|through|via|under)|alias (?:of|for|to)"
    r"|equivalent to|succeeded by|changed to|see|refer to|via|import(?:ed)? (?:it |them )?from|access)\b:?\s+",
    re.IGNORECASE,
)
_BACKWARD = re.compile(
    r"\b(?:should|must|can|may|could) be used|\binstead\b|\bis preferred\b|\bis recommended\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|\n\s*\n")
_IMPORT = re.compile(r"\bfrom ([A-Za-z_][\w.]*) import ([A-Za-z_]\w*)")
_QUOTED = re.compile(
    r"(?::[\w:+.-]+:)?(?P<q>``|`|''|'|\"|\u2018|\u201c)\s*~?[!.]?(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"(?:\s*<[^>`]*>)?(?P<call>[(\[={ ,][^`'\"\n]*)?(?:``|`|''|'|\"|\u2019|\u201d)"
)
_TARGET = re.compile(r"`[^`<]*<\s*~?[!.]?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)\s*>`")
"""`Title <.Class.method>`: the target of a reference says more than its title."""
_EITHER = re.compile(r"\b([A-Za-z_]\w*)/([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
"""`DataFrame/Series.shift`."""
_TEMPLATE = re.compile(r"(?<![\w.}])\{[^{}]*\}\.(?=[A-Za-z_])")
"""`{}.transpose`, `{type(self).__name__}.transpose`: the name of the class, before it is put in."""
_BARE = re.compile(r"(?<![\w.`'\"/-])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\(|(?![\w/-]))")
_STOP_WORDS = """
the a an it its this that these those and or not for from with without by to of in on as at
is are be been was will should can may must instead use using used please function functions
method methods class classes module modules attribute attributes argument arguments keyword
keywords parameter parameters option options value values version versions release new old
deprecated removed future warning warnings error python import imports code you your we our one
another other alternative equivalent following same if when all any directly explicitly set
setting pass passing call calling both either only also more instance object objects property
see more information details note documentation default behavior behaviour
"""
_STOP = frozenset(_STOP_WORDS.split())
_SORTS = frozenset(
    ("function", "method", "class", "attribute", "property", "module", "argument", "keyword")
)
_WINDOW_CHARS = 220


def named_successors(text: str) -> tuple[str, ...]:
    """Dotted names or identifiers offered by `text` as successors, most trusted first."""
    text = _EITHER.sub(r"\1.\3 or \2.\3", _TEMPLATE.sub("", text))
    strong: list[str] = [f"{module}.{name}" for module, name in _IMPORT.findall(text)]
    dotted: list[str] = []
    weak: list[str] = []
    for window in _windows(text):
        strong.extend(match[1] for match in _TARGET.finditer(window))
        strong.extend(match["name"] for match in _QUOTED.finditer(window))
        bare = _QUOTED.sub(" ", window)
        for match in _BARE.finditer(bare):
            name, call = match.groups()
            if call or "." in name.strip("."):
                dotted.append(name)
            elif "_" in name:
                weak.insert(0, name)
            elif name.lower() not in _STOP and len(name) > 1 and _is_offered(match, bare):
                weak.append(name)
    return tuple(dict.fromkeys([*strong, *dotted, *weak]))


def _is_offered(match: re.Match[str], window: str) -> bool:
    """Whether a plain word stands where a name would: first, in capitals, or "the isin function"."""
    if not window[: match.start()].strip() or match[1][:1].isupper():
        return True
    around = (
        (window[match.end() :].split(None, 1) or [""])[0],
        (window[: match.start()].split() or [""])[-1],
    )
    return any(word.strip(",.;:").lower() in _SORTS for word in around)


def quoted_names(text: str) -> tuple[str, ...]:
    """Every quoted identifier or dotted name, in order."""
    return tuple(dict.fromkeys(match["name"] for match in _QUOTED.finditer(text)))


def _windows(text: str) -> list[str]:
    forward: list[str] = []
    backward: list[str] = []
    for match in _FORWARD.finditer(text):
        rest = text[match.end() : match.end() + _WINDOW_CHARS]
        end = _SENTENCE_END.search(rest)
        forward.append(rest[: end.start()] if end else rest)
    for match in _BACKWARD.finditer(text):
        before = text[max(0, match.start() - _WINDOW_CHARS) : match.start()]
        ends = list(_SENTENCE_END.finditer(before))
        sentence = before[ends[-1].end() :] if ends else before
        backward.append(sentence.rsplit(",", 1)[-1])
    return [*forward, *backward]


def import_conventions() -> dict[str, str]:
    """Short names that documentation uses without importing them."""
    return dict(_CONVENTIONS)


_CONVENTIONS = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sp": "scipy",
    "nx": "networkx",
    "jnp": "jax.numpy",
    "sns": "seaborn",
    "xr": "xarray",
    "pl": "polars",
    "sa": "sqlalchemy",
    "pa": "pyarrow",
    "tf": "tensorflow",
    "da": "dask.array",
    "dd": "dask.dataframe",
}
