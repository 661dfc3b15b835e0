from __future__ import annotations

import pytest

from recode_data.records import Deprecation
from recode_data.surface.deprecations import PENDING, REMOVED_NOW, says_going
from tests.surfaces import objects, surface_of


def marks(source: str, path: str = "toy.f") -> tuple[Deprecation, ...]:
    return objects(surface_of(source))[path].deprecations


def in_short(mark: Deprecation) -> tuple[str | None, str | None]:
    """(parameter, successor)."""
    return mark.parameter, mark.new_api


@pytest.mark.parametrize(
    ("decorator", "since", "removal", "new_api"),
    [
        pytest.param("@deprecated('Use `toy.g` instead.')", None, None, "toy.g", id="message"),
        pytest.param("@deprecated", None, None, None, id="bare"),
        pytest.param("@deprecate(since='1.2', removal='2.0', alternative='g')", "1.2", "2.0", "g", id="keywords"),
        pytest.param("@_api.deprecated('3.7', alternative='`.Axes.text`')", "3.7", None, "Axes.text", id="role"),
        pytest.param("@deprecated('f', 'g')", None, None, "g", id="own-name-first"),
        pytest.param("@deprecated_alias(new='g()')", None, None, "g", id="call-form"),
        pytest.param("@deprecated(g)", None, None, "g", id="object"),
        pytest.param("@util.became_legacy_20('f', alternative='g')", None, None, "g", id="legacy"),
    ],
)  # fmt: skip
def test_decorators_of_objects(
    decorator: str, since: str | None, removal: str | None, new_api: str | None
) -> None:
    (mark,) = marks(f"{decorator}\ndef f(a): ...")
    assert (mark.parameter, mark.since, mark.removal, mark.new_api) == (
        None,
        since,
        removal,
        new_api,
    )


@pytest.mark.parametrize(
    ("decorator", "expect"),
    [
        pytest.param("@deprecate_kwarg('x', 'a')", ("x", "a"), id="old-and-new"),
        pytest.param("@_api.rename_parameter('3.5', 'x', 'a')", ("x", "a"), id="after-a-version"),
        pytest.param("@rename_arg(new='a', old='x')", ("x", "a"), id="by-keyword"),
        pytest.param("@deprecate_kwarg(old_arg_name='x', new_arg_name=None)", ("x", None), id="no-successor"),
        pytest.param("@deprecated_params(threshold='a')", ("threshold", "a"), id="old-is-the-keyword"),
        pytest.param("@rename_kwargs({'x': 'a'})", ("x", "a"), id="table"),
        pytest.param("@_api.delete_parameter('3.3', 'b')", ("b", None), id="deleted"),
        pytest.param("@renamed_keyword('x', 'b')", ("x", "b"), id="renamed"),
        pytest.param("@make_keyword_only('3.6', 'b')", ("b", "b"), id="keyword-only"),
        pytest.param("@deprecate_nonkeyword_arguments(version=None, allowed_args=['self', 'a'])", ("b", "b"), id="allowed"),
    ],
)  # fmt: skip
def test_decorators_of_parameters(decorator: str, expect: tuple[str, str | None]) -> None:
    (mark,) = marks(f"{decorator}\ndef f(a, b=None, c=None): ...")
    assert in_short(mark) == expect


@pytest.mark.parametrize(
    "decorator",
    [
        "@lru_cache",
        "@functools.wraps(deprecated_thing)",
        "@validate_params({'a': [int]}, prefer_skip_nested_validation=True)",
        "@filterwarnings('ignore:deprecated')",
        "@property",
    ],
)
def test_other_decorators(decorator: str) -> None:
    assert marks(f"{decorator}\ndef f(a): ...") == ()


@pytest.mark.parametrize(
    ("statement", "new_api"),
    [
        ("f = deprecated('use `g`')(g)", "g"),
        ("f = deprecate(g, 'f', 'g')", "g"),
        ("f = np.deprecate(g, old_name='f', new_name='g')", "g"),
    ],
)
def test_deprecating_assignments(statement: str, new_api: str) -> None:
    (mark,) = marks(f"def g(a): ...\n{statement}")
    assert in_short(mark) == (None, new_api)


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        pytest.param("warnings.warn('f is deprecated; use `g` instead.', DeprecationWarning)", (None, "g"), id="always"),
        pytest.param("warn(DeprecationWarning('f is deprecated in favor of `g`'))", (None, "g"), id="instance"),
        pytest.param("text = 'f goes, use `g`'\n    warnings.warn(text, FutureWarning)", (None, "g"), id="text-in-a-name"),
        pytest.param("_api.warn_deprecated('3.8', name='f', alternative='g')", (None, "g"), id="own-helper"),
        pytest.param("if a is not None:\n        warnings.warn('a is deprecated', FutureWarning)", ("a", None), id="parameter-given"),
        pytest.param("if a != 'deprecated':\n        warnings.warn('a is deprecated', FutureWarning)", ("a", None), id="sentinel"),
        pytest.param("if 'x' in kw:\n        warnings.warn('x is deprecated, use `a`', FutureWarning)", ("x", "a"), id="in-kwargs"),
        pytest.param("x = kw.pop('x', None)\n    if x is not None:\n        warnings.warn('x is deprecated, use `a`', FutureWarning)", ("x", "a"), id="out-of-kwargs"),
        pytest.param("try:\n        import b\n    except* ImportError:\n        pass\n    warnings.warn('f is deprecated', FutureWarning)", (None, None), id="after-try"),
        pytest.param("with quiet():\n        warnings.warn('f is deprecated', FutureWarning)", (None, None), id="within-with"),
    ],
)  # fmt: skip
def test_warnings_in_bodies(body: str, expect: tuple[str | None, str | None]) -> None:
    (mark,) = marks(f"def f(a=None, b=None, **kw):\n    {body}")
    assert in_short(mark) == expect


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("warnings.warn('careful', UserWarning)", id="another-warning"),
        pytest.param("if a == 'y':\n        warnings.warn(\"kind y is deprecated\", FutureWarning)", id="one-value"),
        pytest.param("if a < 0:\n        warnings.warn('negative numbers are deprecated', FutureWarning)", id="some-values"),
        pytest.param("if state.old:\n        warnings.warn('old state is deprecated', FutureWarning)", id="some-state"),
        pytest.param("def inner():\n        warnings.warn('deprecated', DeprecationWarning)", id="inner-function"),
        pytest.param("warnings.warn('passing b as positional argument is deprecated, use a keyword', FutureWarning)", id="positional"),
        pytest.param("raise ValueError('bad input')", id="raises-otherwise"),
        pytest.param("raise LookupError", id="raises-without-words"),
        pytest.param("warnings.simplefilter('ignore', DeprecationWarning)", id="filter"),
    ],
)  # fmt: skip
def test_bodies_that_say_nothing_about_the_function(body: str) -> None:
    assert marks(f"def f(a=None, b=None, **kw):\n    {body}") == ()


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ("raise RuntimeError('f was removed in 2.0, use `g`')", None),
        ("'''Doc.'''\n    raise AttributeError('f has been removed, use `g`')", None),
        ("if a is not None:\n        raise TypeError('a was removed in 2.0, use `g`')", "a"),
    ],
)
def test_stubs_that_only_raise_are_removed(body: str, parameter: str | None) -> None:
    (mark,) = marks(f"def f(a=None):\n    {body}")
    assert (mark.parameter, mark.removal) == (parameter, REMOVED_NOW)


DIRECTIVE = """
    '''Do it.

    .. deprecated:: 1.4
       Use :func:`toy.g` instead.

    Parameters
    ----------
    a : int
        First.
    b : int
        Second.

        .. deprecated:: 1.5
           This parameter is ignored.
    c : {'x', 'y'}
        Third.

        .. deprecated:: 1.6
           The value 'x' is slow.
    '''
"""


def test_directives_in_docstrings_belong_to_the_object_or_to_a_parameter() -> None:
    found = marks(f"def f(a, b=None, c='x'):{DIRECTIVE}")
    assert [(mark.since, *in_short(mark)) for mark in found] == [
        ("1.4", None, "toy.g"),
        ("1.5", "b", None),
    ]


@pytest.mark.parametrize(
    ("doc", "count"),
    [
        ("Deprecated: use g_fast instead.", 1),
        ("[Deprecated] Old.", 1),
        ("This function is deprecated.", 1),
        ("Not deprecated at all.", 0),
        ("Warn about deprecated things.", 0),
    ],
)
def test_first_words_of_docstrings(doc: str, count: int) -> None:
    assert len(marks(f"def f():\n    '''{doc}'''")) == count


def test_marks_on_members_and_constructors() -> None:
    source = """
class C:
    @property
    def p(self):
        warnings.warn("`p` is deprecated, use `q`", DeprecationWarning)
        return self.q
    def __init__(self, a=None):
        if a is not None:
            warnings.warn("`a` is deprecated", DeprecationWarning)
    def _hidden(self):
        '''.. deprecated:: 2.0 Use :meth:`n`.'''
"""
    assert in_short(marks(source, "toy.C.p")[0]) == (None, "q")
    assert [in_short(mark) for mark in marks(source, "toy.C")] == [("a", None)]
    assert in_short(marks(source, "toy.C._hidden")[0]) == (None, "n")  # marked: someone used it


@pytest.mark.parametrize(
    ("source", "new_api"),
    [
        ("import warnings\nwarnings.warn('toy.sub is deprecated, use `joy`', DeprecationWarning)", "joy"),
        ("'''Sub.\n\n.. deprecated:: 1.0\n   Use `joy`.\n'''", "joy"),
    ],
    ids=["warning", "directive"],
)  # fmt: skip
def test_modules(source: str, new_api: str) -> None:
    found = objects(surface_of({"toy/__init__.py": "", "toy/sub.py": source}))
    assert [in_short(mark) for mark in found["toy.sub"].deprecations] == [(None, new_api)]


@pytest.mark.parametrize(
    "source",
    [
        "import warnings\nwarnings.filterwarnings('ignore', category=DeprecationWarning)",
        "import warnings\nwarnings.warn('slow', ImportWarning)",
    ],
)
def test_modules_that_only_talk_of_warnings(source: str) -> None:
    found = objects(surface_of({"toy/__init__.py": "", "toy/sub.py": source}))
    assert found["toy.sub"].deprecations == ()


def test_message_put_together_at_run_time_is_a_mark() -> None:
    assert len(marks("def f(a):\n    warnings.warn(TEXT.format('f'), FutureWarning)")) == 1


def test_pending_is_not_yet_deprecated() -> None:
    body = "def f(a):\n    warnings.warn('use `g`', PendingDeprecationWarning)"
    assert [mark.removal for mark in marks(body)] == [PENDING]
    assert [mark.removal for mark in marks("@deprecated('3.1', pending=True)\ndef f(a): ...")] == [
        PENDING
    ]


@pytest.mark.parametrize(
    ("source", "expect"),
    [
        ("def f(a, b='x'):\n    a = _deprecate_b(a, b)", ("b", "a")),
        ("def f(a=None, b='x'):\n    a = plot._b_backcompat(b)", ("b", "a")),
        ("def f(a, b=1):\n    \"\"\"Read.\n\n    ``b`` is renamed to ``a``.\n    \"\"\"", ("b", "a")),
        ("def f(a, b=1):\n    \"\"\"Read.\n\n    ``a`` replaces the ``b`` parameter.\n    \"\"\"", ("b", "a")),
        ("def f(a):\n    deprecate('f', 10, 'getbbox or getlength')", (None, "getbbox")),
    ],
    ids=["taken-over", "back-compatibility", "docstring", "replaces", "own-name-first"],
)  # fmt: skip
def test_other_ways_to_say_it(source: str, expect: tuple[str | None, str]) -> None:
    assert [in_short(mark) for mark in marks(source)] == [expect]


@pytest.mark.parametrize(
    "source",
    [
        "def f(a, b):\n    a = combine(a, b)",
        "def f(a, b):\n    c = _deprecate_b(a, b)",
        "def f(a):\n    warnings.warn('f will return a list instead of a tuple', FutureWarning)",
        "def f(a):\n    warnings.filterwarnings('ignore', category=DeprecationWarning)",
        'def f(a, b=1):\n    """``x`` is renamed to ``a``."""',
    ],
    ids=["plain-call", "other-target", "another-result", "filter", "unknown-parameter"],
)
def test_what_only_looks_like_it(source: str) -> None:
    assert marks(source) == ()


@pytest.mark.parametrize(
    ("category", "text", "expect"),
    [
        ("DeprecationWarning", "", True),
        ("UserWarning", "`toy:f` has been moved to `toy.a:f`.", True),
        ("UserWarning", "this is slow", False),
        ("RuntimeWarning", "moved by hand", False),
    ],
)
def test_warnings_on_access(category: str, text: str, expect: bool) -> None:
    assert says_going(category, text) is expect
