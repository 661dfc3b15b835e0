from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.releases.source_metadata import (
    needs_compiler,
    source_metadata,
    version_in_code,
)


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "PKG-INFO": "Name: toy\nVersion: 1.2\nRequires-Python: >=3.8\n"
                "License: MIT\nRequires-Dist: six>=1\n"
            },
            id="PKG-INFO",
        ),
        pytest.param(
            {
                "pyproject.toml": '[project]\nname = "toy"\nversion = "1.2"\n'
                'requires-python = ">=3.8"\nlicense = "MIT"\ndependencies = ["six>=1"]\n'
            },
            id="pyproject.toml",
        ),
        pytest.param(
            {
                "pyproject.toml": '[project]\nname = "toy"\nversion = "1.2"\n'
                'requires-python = ">=3.8"\nlicense = {text = "MIT"}\ndependencies = ["six>=1"]\n'
            },
            id="licence as a table",
        ),
        pytest.param(
            {
                "setup.cfg": "[metadata]\nname = toy\nversion = 1.2\nlicense = MIT\n"
                "[options]\npython_requires = >=3.8\ninstall_requires =\n  six>=1\n"
            },
            id="setup.cfg",
        ),
        pytest.param(
            {
                "setup.py": "from setuptools import setup\nimport os\nos.abort()\n"
                "setup(name='toy', version='1.2', python_requires='>=3.8', license='MIT',\n"
                "      install_requires=['six>=1'], cmdclass={'x': os})\n"
            },
            id="literals of setup.py, which never runs",
        ),
        pytest.param(
            {
                "PKG-INFO": "Name: toy\nVersion: 1.2\n",
                "pyproject.toml": '[project]\nname = "other"\nversion = "9"\n'
                'requires-python = ">=3.8"\nlicense = "MIT"\n',
                "setup.cfg": "[metadata]\nversion = attr: toy.__version__\n",
                "toy.egg-info/requires.txt": "six>=1\n\n[extra]\nbig\n",
            },
            id="each fact from the strongest that says it",
        ),
    ],
)
def test_declared(files: dict[str, str], tmp_path: Path) -> None:
    found = source_metadata(tree(tmp_path, files))
    assert (found.name, found.version, found.licence) == ("toy", "1.2", "MIT")
    assert (found.requires_python, found.requires) == (">=3.8", ("six>=1",))


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"setup.py": "setup(name=NAME, version=open('v').read())"},
        {"setup.py": "this is not python"},
        {"setup.cfg": "no section\n"},
        {"pyproject.toml": "[[["},
        {"setup.cfg": "[metadata]\nversion = file: VERSION\n"},
    ],
    ids=["empty", "computed", "no python", "no cfg", "no toml", "from a file"],
)
def test_what_a_backend_would_compute_is_unknown(files: dict[str, str], tmp_path: Path) -> None:
    found = source_metadata(tree(tmp_path, files))
    assert (found.name, found.version, found.requires) == ("", "", ())


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"__init__.py": '__version__ = "1.2"\n'}, "1.2"),
        ({"__init__.py": "", "_version.py": "__version__: str = '1.3'"}, "1.3"),
        ({"__init__.py": "# __version__ = '9'\n"}, ""),
        ({"__init__.py": "__version__ = get()\n"}, ""),
    ],
)
def test_version_in_code(files: dict[str, str], version: str, tmp_path: Path) -> None:
    assert version_in_code(tree(tmp_path, files)) == version


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"toy/a.py": ""}, None),
        ({"toy/a.py": "", "setup.py": "setup(name='toy')"}, None),
        ({"toy/a.py": "", "setup.py": "setup(ext_modules=[x])"}, "extension modules"),
        ({"toy/a.pyx": ""}, "toy/a.pyx"),
        ({"other/a.c": "", "toy/a.py": ""}, None),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "mesonpy"\n'}, "mesonpy"),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "hatchling.build"\n'}, None),
    ],
)
def test_what_must_be_compiled(files: dict[str, str], reason: str | None, tmp_path: Path) -> None:
    root = tree(tmp_path, files)
    found = needs_compiler(root, iter([root / "toy"]))
    assert (found is None) if reason is None else (found is not None and reason in found)
