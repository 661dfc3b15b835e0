from __future__ import annotations

import pytest

from recode_data.rewrites.rename import rename_path


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        pytest.param("import numpy as np\nx = np.product([1])\n", "import numpy as np\nx = np.prod([1])\n", id="alias"),
        pytest.param("import numpy\nnumpy.product(1)\n", "import numpy\nnumpy.prod(1)\n", id="module"),
        pytest.param("from numpy import product\nproduct(1)\n", "from numpy import prod\nprod(1)\n", id="name"),
        pytest.param("from numpy import product as p\np(1)\n", "from numpy import prod as p\np(1)\n", id="name-with-alias"),
        pytest.param("from numpy import product, sum\nproduct(sum(1))\n", "from numpy import prod, sum\nprod(sum(1))\n", id="one-of-several"),
        pytest.param("from numpy import product, prod\nproduct(prod(1))\n", "from numpy import prod\nprod(prod(1))\n", id="both-imported"),
        pytest.param("from numpy import (\n    sum,\n    product,\n)\nproduct(sum)\n", "from numpy import (\n    sum,\n    prod,\n)\nprod(sum)\n", id="layout"),
        pytest.param("from numpy import (\n    prod,\n    product,\n)\nproduct(prod)\n", "from numpy import (\n    prod,\n)\nprod(prod)\n", id="layout-of-the-rest"),
        pytest.param("import numpy as np\nf = np.product\nf(1)\n", "import numpy as np\nf = np.prod\nf(1)\n", id="assigned"),
        pytest.param("import numpy as np\nnp.product.at(1)\n", "import numpy as np\nnp.prod.at(1)\n", id="member"),
        pytest.param("import numpy as np\nprod = 1\nnp.product(prod)\n", "import numpy as np\nprod = 1\nnp.prod(prod)\n", id="name-is-not-needed"),
        pytest.param("import numpy as np\n# np.product is old\nnp.product(1)  # so\n", "import numpy as np\n# np.product is old\nnp.prod(1)  # so\n", id="comments-stay"),
        pytest.param("def f():\n    from numpy import product\n    return product(1)\n", "def f():\n    from numpy import prod\n    return prod(1)\n", id="local-import"),
    ],
)  # fmt: skip
def test_within_the_module(code: str, expect: str) -> None:
    assert rename_path(code, "numpy.product", "numpy.prod") == expect
    assert rename_path(expect, "numpy.product", "numpy.prod") is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import numpy as np\nnp.productX()\n", id="longer-name"),
        pytest.param("import numpy as np\nnp.linalg.product()\n", id="elsewhere"),
        pytest.param("import numpy as np\ndef f(np):\n    return np.product(1)\n", id="parameter"),
        pytest.param("x = 'np.product'\n", id="text"),
        pytest.param("import numpy as np\ngetattr(np, 'product')\n", id="by-text"),
        pytest.param("from numpy import *\nproduct(1)\n", id="star"),
        pytest.param("x.product()\n", id="method"),
        pytest.param("from numpy import product\nprod = 1\nproduct(prod)\n", id="name-is-taken"),
        pytest.param("import numpy as np\nnp.prod(1)\n", id="new-already"),
        pytest.param("import numpy as np\nnp.product(", id="broken"),
        pytest.param("import numpy as np\r\nnp.product(1)\r\n", id="carriage-returns"),
    ],
)
def test_does_not_apply(code: str) -> None:
    assert rename_path(code, "numpy.product", "numpy.prod") is None


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        pytest.param("import numpy as np\nnp.fsum([1])\n", "import math\nmath.fsum([1])\n", id="import-replaced"),
        pytest.param("import numpy as np\nnp.fsum(np.pi)\n", "import math\nimport numpy as np\nmath.fsum(np.pi)\n", id="import-added"),
        pytest.param("import math\nimport numpy as np\nnp.fsum(math.pi)\n", "import math\nmath.fsum(math.pi)\n", id="import-known"),
        pytest.param("from numpy import fsum, pi\nfsum(pi)\n", "from math import fsum\nfrom numpy import pi\nfsum(pi)\n", id="name"),
        pytest.param("'''Doc.'''\nfrom __future__ import annotations\n\nimport numpy as np\n\nnp.fsum(1)\n", "'''Doc.'''\nfrom __future__ import annotations\n\nimport math\n\nmath.fsum(1)\n", id="after-future"),
        pytest.param("import numpy as np\nmath = 1\nnp.fsum([math])\n", None, id="name-is-taken"),
    ],
)  # fmt: skip
def test_to_another_module(code: str, expect: str | None) -> None:
    assert rename_path(code, "numpy.fsum", "math.fsum") == expect


@pytest.mark.parametrize("new", ["float", "builtins.float"])
@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("import numpy as np\nnp.asscalar(1)\n", "float(1)\n"),
        ("from numpy import asscalar\nasscalar(1)\n", "float(1)\n"),
        ("from numpy import asscalar\nasscalar(float(1))\n", "float(float(1))\n"),
        ("from numpy import asscalar as a\na(1)\n", None),
        ("import numpy as np\nfloat = 3\nnp.asscalar(float)\n", None),
        ("from numpy import asscalar\ndef float(x): ...\nasscalar(1)\n", None),
    ],
    ids=["attribute", "name", "used-already", "alias", "taken", "taken-by-a-function"],
)
def test_to_a_builtin(code: str, new: str, expect: str | None) -> None:
    assert rename_path(code, "numpy.asscalar", new) == expect


def test_builtin_of_the_same_name() -> None:
    assert (
        rename_path("from numpy import float\nfloat(1)\n", "numpy.float", "float") == "float(1)\n"
    )


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("import toy.old\ntoy.old.f()\n", "import toy.new\ntoy.new.f()\n"),
        ("import toy.old as o\no.f()\n", "import toy.new as o\no.f()\n"),
        ("from toy import old\nold.f()\n", "from toy import new\nnew.f()\n"),
        ("from toy.old import f\nf()\n", "from toy.new import f\nf()\n"),
        ("from toy.old.deep import f\nf()\n", "from toy.new.deep import f\nf()\n"),
        ("from toy.older import f\nf()\n", None),
    ],
)
def test_modules(code: str, expect: str | None) -> None:
    assert rename_path(code, "toy.old", "toy.new") == expect


def test_members_of_classes_are_not_imported() -> None:
    old, new = "toy.load", "toy.Frame.read"
    assert rename_path("import toy\ntoy.load(1)\n", old, new) == "import toy\ntoy.Frame.read(1)\n"
    assert rename_path("from toy import load\nload(1)\n", old, new) is None


@pytest.mark.parametrize(
    ("code", "old", "new", "expect"),
    [
        ("import toy\ntoy.f(1)\n", "toy.f", "toy.sub.f", "import toy\ntoy.sub.f(1)\n"),
        ("import toy\ntoy.sub.f(1)\n", "toy.sub.f", "toy.f", "import toy\ntoy.f(1)\n"),
        ("import toy\ntoy.f(toy.f.g)\n", "toy.f", "toy.f.g", "import toy\ntoy.f.g(toy.f.g)\n"),
    ],
    ids=["deeper", "higher", "below-itself"],
)
def test_depth(code: str, old: str, new: str, expect: str) -> None:
    assert rename_path(code, old, new) == expect
