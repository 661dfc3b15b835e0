"""What counts as the answer's code, as a table of completions."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recode_bench.extract import extract_code

CODE = "import numpy as np\nx = np.prod([1, 2])"
FENCED = f"```python\n{CODE}\n```"
OLD = "import numpy as np\nx = np.product([1, 2])"

DOCSTRING_WITH_FENCE = '''def f(x):
    """Double x.

    ```python
    f(2)
    ```
    """
    return 2 * x'''

CASES: dict[str, tuple[str, str | None]] = {
    # one fence, spelt in every way
    "plain fence": (FENCED, CODE),
    "prose around": (f"Here you go:\n\n{FENCED}\n\nHope this helps!", CODE),
    "tag py": (f"```py\n{CODE}\n```", CODE),
    "tag python3": (f"```python3\n{CODE}\n```", CODE),
    "tag Python": (f"```Python\n{CODE}\n```", CODE),
    "tag PYTHON": (f"```PYTHON\n{CODE}\n```", CODE),
    "tag with version": (f"```python3.11\n{CODE}\n```", CODE),
    "tag with title": (f'```python title="main.py"\n{CODE}\n```', CODE),
    "tag in braces": (f"```{{.python .numberLines}}\n{CODE}\n```", CODE),
    "tag ipython": (f"```ipython\n{CODE}\n```", CODE),
    "space before tag": (f"``` python\n{CODE}\n```", CODE),
    "blanks after tag": (f"```python  \t\n{CODE}\n```", CODE),
    "no tag": (f"```\n{CODE}\n```", CODE),
    "tildes": (f"~~~python\n{CODE}\n~~~", CODE),
    "tildes without tag": (f"~~~\n{CODE}\n~~~", CODE),
    "four backticks": (f"````python\n{CODE}\n````", CODE),
    "longer closing fence": (f"```python\n{CODE}\n`````", CODE),
    "blanks after closing fence": (f"```python\n{CODE}\n```   \n", CODE),
    "blank lines inside": (f"```python\n\n\n{CODE}\n\n\n```", CODE),
    "CRLF": (FENCED.replace("\n", "\r\n"), CODE),
    "CR": (FENCED.replace("\n", "\r"), CODE),
    "byte order mark": ("\ufeff" + FENCED, CODE),
    "no newline before closing fence": (f"```python\n{CODE}```", CODE),
    "comment before closing fence": ("```python\nx = 1  # done```", "x = 1  # done"),
    "prose after closing fence": (f"```python\n{CODE}\n``` That is all.", CODE),
    "one line": ("```python x = f(1)```", "x = f(1)"),
    "one line without tag": ("```x = f(1)```", "x = f(1)"),
    "opened behind prose": (f"Here: ```python\n{CODE}\n```", CODE),
    "unclosed": (f"```python\n{CODE}", CODE),
    "unclosed and cut in the middle": ("```python\nx = np.prod([1,", "x = np.prod([1,"),
    "unclosed without tag": (f"Code:\n```\n{CODE}", CODE),
    "unclosed without tag and cut": ("Code:\n```\nx = np.prod([1,", "x = np.prod([1,"),
    "closing fence only": (f"{CODE}\n```\nThat is all.", CODE),
    "closing fence only, nothing after": (f"{CODE}\n```", CODE),
    # indentation
    "fence in a list": ("1. Do:\n\n   ```python\n   x = f()\n   y = 2\n   ```\n", "x = f()\ny = 2"),
    "fence in a list keeps the body's": (
        "- Do:\n  ```python\n  if x:\n      y = 2\n  ```",
        "if x:\n    y = 2",
    ),
    "snippet indented": ("```python\n    x = 1\n    y = 2\n```", "x = 1\ny = 2"),
    "snippet indented by tabs": ("```python\n\tx = 1\n\ty = 2\n```", "x = 1\ny = 2"),
    "fence indented, body not": ("  ```python\nx = 1\n  ```", "x = 1"),
    # fences in fences
    "docstring with a fence": (f"```python\n{DOCSTRING_WITH_FENCE}\n```", DOCSTRING_WITH_FENCE),
    "docstring with a fence, more after": (
        f"```python\n{DOCSTRING_WITH_FENCE}\n```\nNote: ```f``` doubles.",
        DOCSTRING_WITH_FENCE,
    ),
    "string with a fence": ('```python\ns = "```"\nt = 1\n```', 's = "```"\nt = 1'),
    "string ending a line with a fence": (
        "```python\ns = f('```')\nt = 1\n```",
        "s = f('```')\nt = 1",
    ),
    "comment with a fence": (
        "```python\nx = 1  # not ```y```\nz = 2\n```",
        "x = 1  # not ```y```\nz = 2",
    ),
    "triple quote in a comment": (
        '```python\nx = 1  # """\ny = 2\n```\nand """ more',
        'x = 1  # """\ny = 2',
    ),
    "triple quote in a string": (
        '```python\nx = \'"""\'\ny = 2\n```\nand """ more',
        'x = \'"""\'\ny = 2',
    ),
    "string that is never closed": (
        '```python\ndef f():\n    """Oops\n```\nBetter:\n```python\nx = f(1)\n```',
        "x = f(1)",
    ),
    "string closed by the next block": (
        '```python\nx = """\n```\nBetter:\n```python\ny = f("""a""")\n```',
        'y = f("""a""")',
    ),
    "markdown around": (f"```markdown\nUse:\n{FENCED}\n```", CODE),
    "longer markdown around": (f"````markdown\nUse:\n{FENCED}\n````", CODE),
    "longer nameless fence around": (f"````\nUse:\n{FENCED}\n````", CODE),
    # reasoning
    "think then answer": (f"<think>\nHm.\n</think>\n{FENCED}", CODE),
    "draft in think": (f"<think>\n```python\n{OLD}\n```\n</think>\n{FENCED}", CODE),
    "unclosed draft in think": (f"<think>\n```python\n{OLD}\n</think>\n{FENCED}", CODE),
    "think opened by the prompt": (f"Hm.\n```python\n{OLD}\n```\n</think>\n{FENCED}", CODE),
    "code only in think": (f"<think>{FENCED}</think>\nDone.", None),
    "code only in think opened by the prompt": (f"{FENCED}\n</think>\nDone.", None),
    "code only in unclosed think": (f"<think>\n{FENCED}", None),
    "think twice": (f"<think>a</think>\n<think>{FENCED}</think>\nDone.", None),
    "think nested": (f"<think><think>a</think>{FENCED}</think>\nDone.", None),
    "think in capitals": (f"<THINK>\n```python\n{OLD}\n```\n</THINK>\n{FENCED}", CODE),
    "thinking": (f"<thinking>\n```python\n{OLD}\n```\n</thinking>\n{FENCED}", CODE),
    "think mentioned": (f"Without `<think>` tags:\n{FENCED}", CODE),
    "think in a string": ('```python\ns = f("<think>")\n```', 's = f("<think>")'),
    # answer tags
    "answer": (f"<think>a</think>\n<answer>\n{FENCED}\n</answer>", CODE),
    "answer on the fence's lines": (f"<answer>{FENCED}</answer>", CODE),
    "answer without fence": (f"<answer>\n{CODE}\n</answer>", CODE),
    "answer without fence, one line": ("<answer>x = f(1)</answer>", "x = f(1)"),
    "answer cut off": (f"<answer>\n```python\n{CODE}", CODE),
    "answer opened by the prompt": (f"```python\n{CODE}\n```\n</answer>", CODE),
    "answer closed within the fence": (f"<answer>\n```python\n{CODE}\n</answer>", CODE),
    "answer before and after prose": (
        f"Old:\n```python\n{OLD}\n```\n<answer>{FENCED}</answer>\n```python\n{OLD}\n```",
        CODE,
    ),
    "answer twice": (f"<answer>```python\n{OLD}\n```</answer>\n<answer>{FENCED}</answer>", CODE),
    "answer mentioned later": (f"<answer>{FENCED}</answer> That was the <answer> you want.", CODE),
    "answer without code": (f"{FENCED}\n<answer>\nNo change needed.\n</answer>", None),
    "answer empty": (f"{FENCED}\n<answer></answer>", None),
    "answer only in think": (f"<think><answer>{FENCED}</answer></think>", None),
    # [PYTHON]
    "PYTHON tags": (f"[PYTHON]\n{CODE}\n[/PYTHON]", CODE),
    "PYTHON tags and prose": (f"Sure:\n[PYTHON]\n{CODE}\n[/PYTHON]\nDone.", CODE),
    "PYTHON tags around a fence": (f"[PYTHON]\n{FENCED}\n[/PYTHON]", CODE),
    "PYTHON unclosed": (f"[PYTHON]\n{CODE}", CODE),
    "PYTHON opened by the prompt": (f"{CODE}\n[/PYTHON]\nDone.", CODE),
    "PYTHON, then a made-up turn": (
        f"[PYTHON]\n{CODE}\n[/PYTHON]\n[INST] next [/INST]\n[PYTHON]\nz = f(0)\n[/PYTHON]",
        CODE,
    ),
    # several blocks
    "before and after": (f"Before:\n```python\n{OLD}\n```\nAfter:\n{FENCED}", CODE),
    "wrong, then right": (f"```python\n{OLD}\n```\nWait, that was removed.\n{FENCED}", CODE),
    "imports apart": (
        "```python\nimport numpy as np\n```\nThen:\n```python\nx = np.prod([1, 2])\n```",
        "import numpy as np\n\nx = np.prod([1, 2])",
    ),
    "three steps": (
        "```python\nimport a\n```\n```python\nb = a.f()\n```\n```python\nprint(b)\n```",
        "import a\n\nb = a.f()\n\nprint(b)",
    ),
    "step that is not needed": (
        "```python\nimport a\n```\n```python\nimport z\n```\n```python\nprint(a)\n```",
        "import a\n\nprint(a)",
    ),
    "function and its use": (
        "```python\ndef f(x):\n    return x\n```\nUse:\n```python\nprint(f(1))\n```",
        "def f(x):\n    return x\n\nprint(f(1))",
    ),
    "install command apart": (f"```bash\npip install numpy\n```\n{FENCED}", CODE),
    "install command after": (f"{FENCED}\n```bash\npip install numpy\n```", CODE),
    "install command as Python": (f"{FENCED}\n```python\n!pip install numpy\n```", CODE),
    "output after": (f"{FENCED}\nOutput:\n```\n2\n```", CODE),
    "output tagged": (f"{FENCED}\nOutput:\n```text\n2\n```", CODE),
    "last one cut off": (f"{FENCED}\nFor example:\n```python\nprint(np.prod([", CODE),
    "none parses": ("```python\nx = (\n```\n```python\ny = (\n```", "y = ("),
    "first never closed": (f"```python\n{OLD}\n\nBetter:\n\n{FENCED}", CODE),
    "empty block after": (f"{FENCED}\n```python\n\n```", CODE),
    # no fence
    "bare": (CODE, CODE),
    "bare and indented": ("    x = f(1)\n    y = 2\n", "x = f(1)\ny = 2"),
    "bare after a sentence": (f"Here is the code:\n{CODE}", CODE),
    "bare between sentences": (f"Here is the code:\n\n{CODE}\n\nIt uses prod now.", CODE),
    "bare after think": (f"<think>a = 1</think>\n{CODE}", CODE),
    "inline code": ("`np.prod(x)`", "np.prod(x)"),
    "interpreter prompts": (
        "```pycon\n>>> import a\n>>> for i in a:\n...     b(i)\n1\n2\n```",
        "import a\nfor i in a:\n    b(i)",
    ),
    # end of turn
    "end of turn": (f"{FENCED}<|im_end|>", CODE),
    "end of turn in an open block": (f"```python\n{CODE}<|im_end|>", CODE),
    "made-up turn": (f"{FENCED}<|im_end|>\n<|im_start|>user\n```python\nz = 1\n```", CODE),
    "Llama's end of turn": (f"{FENCED}<|eot_id|>", CODE),
    "sentence end": (f"{CODE}</s>", CODE),
    "sentence ends": (f"```python\n{CODE}</s>\n</s> ", CODE),
    "sentence end in HTML": ('```python\ns = f("<s>a</s>")\n```', 's = f("<s>a</s>")'),
    "token in a string": ("```python\ns = f('<|im_end|>')\n```", "s = f('<|im_end|>')"),
    # comment-only code is code: a target may be that too
    "comment only": ("```python\n# nothing to do\n```", "# nothing to do"),
    # no code at all
    "nothing": ("", None),
    "blanks": (" \n\t\n", None),
    "prose": ("I cannot help with that.", None),
    "one word": ("Done", None),
    "prose that parses": ("Answer: yes", None),
    "constant": ("42", None),
    "empty fence": ("```python\n```", None),
    "empty one-line fence": ("```python```", None),
    "blank fence": ("```python\n   \n```", None),
    "shell only": ("```bash\npip install numpy\n```", None),
    "fence alone": ("```", None),
    "NUL": ("\0", None),
    "surrogate": ("\ud800", None),
}


@pytest.mark.parametrize("name", CASES)
def test_extract_code(name: str) -> None:
    completion, expected = CASES[name]
    assert extract_code(completion) == expected


@pytest.mark.parametrize(
    ("prefill", "completion", "expected"),
    [
        ("<think>\n", f"Hm.\n{FENCED}", None),
        ("<think>\n", f"Hm.\n</think>\n{FENCED}", CODE),
        ("Let me see.\n<think>\n", f"<think>\nHm.\n</think>\n{FENCED}", CODE),
        ("```python\n", f"{CODE}\n```\nDone.", CODE),
        ("```python\n", "x = f(", "x = f("),
        ("[PYTHON]\n", f"{CODE}\n[/PYTHON] Done.", CODE),
        ("<answer>\n", f"{CODE}\n</answer>", CODE),
    ],
)
def test_a_prefill_is_where_the_completion_starts(
    prefill: str, completion: str, expected: str | None
) -> None:
    assert extract_code(completion, prefill=prefill) == expected


def test_nul_and_surrogates_in_a_block_are_left_to_the_scorer() -> None:
    assert extract_code("```python\nx = '\0'\n```") == "x = '\0'"
    assert extract_code("```python\nx = '\ud800'\n```") == "x = '\ud800'"


def test_the_last_answer_of_a_long_reasoning_is_found() -> None:
    assert extract_code("<think>" + "hm, ```python " * 100_000 + "</think>\n" + FENCED) == CODE


PIECES = st.sampled_from(
    [
        "```", "```python\n", "````", "~~~", "\n", " ", "<think>", "</think>", "<answer>",
        "</answer>", "[PYTHON]", "[/PYTHON]", "<|im_end|>", "</s>", '"""', "'''", '"', "'", "\\",
        "#", "x = 1\n", "import a\n", "f(", ")", "\r", "\0", "\ud800", "é", ">>> ", "    ", "`",
    ]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map("".join))
@example("```\n```python\n'''\n```")
@example("x = 1\n```\n```")
def test_any_text_gives_none_or_code_that_is_not_blank(text: str) -> None:
    code = extract_code(text)
    assert code is None or code.strip()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="`~<[\r\0"), min_size=1))
def test_code_in_a_fence_comes_back_whole(code: str) -> None:
    """Strings that are left open included; only indentation and outer blank lines may go."""
    extracted = extract_code(f"```python\nx = 1\n{code}\ny = 2\n```")
    assert extracted == f"x = 1\n{code}\ny = 2"


MEGABYTE = 1_000_000
HOSTILE = [
    "`", "```\n", "```python\n", "~~~\n", " ", "\n", "\t\n", "<", "<think>", "</think>", "<answer>",
    "</answer>", "[PYTHON]", "[/PYTHON]", "<|im_end|>", "</s>", " </s>", '"', '\\"', '"""', "\\'''",
    "```python\n'''\n", "```python\n\\'''\n```\n", "a```", "a``` ", "#", "x = 1\n", "f(", "(", "-",
    ">>> ", "a.", "a[", "import a\n\n", "def f():\n", "\0", "\ud800", "x=1;", "x", "1+", "\\", "é",
    "```\nx=1\n```\n", "`` ", "    x\n", "~", "~~~ ```\n", "\"' ", "```python\nx='''\n```\n'''\n",
    "<think>\n</think>\n", "a = (\n", "@x\n", "1 if 1 else ", "\"\\\n", "if x:\n", "\n\n x",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("opening", ["", "```python\n"])
def test_a_megabyte_takes_no_time(piece: str, opening: str) -> None:
    """0.2 s on an idle core; the bound is CPU time, thrice that, since other work may share it.

    The best of three: what is quadratic takes minutes each time, a busy neighbour does not.
    """
    text = opening + piece * (MEGABYTE // len(piece))
    taken = []
    for _ in range(3):
        start = time.process_time()
        extract_code(text)
        taken.append(time.process_time() - start)
        if taken[-1] < 0.6:
            return
    pytest.fail(f"{taken} s")
