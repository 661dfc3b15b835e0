from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.errors import UsageError
from recode_data.releases.index import IndexSettings, read_index_settings, redacted


def settings_of(
    root: Path, environ: dict[str, str] | None = None, **files: str | None
) -> IndexSettings:
    """Settings on a machine that has these files and variables, and nothing else."""
    places = {
        "etc_pip": "etc/pip.conf",
        "xdg_pip": "etc/xdg/pip/pip.conf",
        "user_pip": "home/.config/pip/pip.conf",
        "old_user_pip": "home/.pip/pip.conf",
        "site_pip": "prefix/pip.conf",
        "etc_uv": "etc/uv/uv.toml",
        "user_uv": "home/.config/uv/uv.toml",
    }
    for name, text in files.items():
        path = root / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or "", "utf-8")
    return read_index_settings(
        environ or {}, home=root / "home", prefix=root / "prefix", system=root
    )


def pip_conf(url: str, section: str = "global") -> str:
    return f"[{section}]\nindex-url = {url}\n"


def test_nothing_set_means_the_default_of_the_tools(tmp_path: Path) -> None:
    assert settings_of(tmp_path) == IndexSettings()


PIP_FILES_WEAKEST_FIRST = ["xdg_pip", "etc_pip", "old_user_pip", "user_pip", "site_pip"]


@pytest.mark.parametrize("count", range(1, len(PIP_FILES_WEAKEST_FIRST) + 1))
def test_the_strongest_file_of_pip_wins(count: int, tmp_path: Path) -> None:
    files = {name: pip_conf(f"https://{name}/") for name in PIP_FILES_WEAKEST_FIRST[:count]}
    expected = f"https://{PIP_FILES_WEAKEST_FIRST[count - 1]}/"
    assert settings_of(tmp_path, **files).index_url == expected


@pytest.mark.parametrize(
    ("environ", "files", "field", "expected"),
    [
        pytest.param(
            {"PIP_INDEX_URL": "https://variable/"},
            {"user_pip": pip_conf("https://file/")},
            "index_url",
            "https://variable/",
            id="a variable beats every file",
        ),
        pytest.param(
            {"PIP_INDEX_URL": ""},
            {"user_pip": pip_conf("https://file/")},
            "index_url",
            "https://file/",
            id="an empty variable is none",
        ),
        pytest.param(
            {},
            {"user_pip": pip_conf("https://i/", "install") + pip_conf("https://g/")},
            "index_url",
            "https://i/",
            id="[install] beats [global]",
        ),
        pytest.param(
            {},
            {"user_pip": pip_conf("https://d/", "download")},
            "index_url",
            None,
            id="[download] does not bear on installing",
        ),
        pytest.param(
            {"PIP_CONFIG_FILE": "/dev/null"},
            {"user_pip": pip_conf("https://file/")},
            "index_url",
            None,
            id="PIP_CONFIG_FILE=/dev/null turns files off",
        ),
        pytest.param(
            {},
            {"user_pip": "[global]\nextra-index-url =\n  https://a/\n  https://b/\n"},
            "extra_index_urls",
            ("https://a/", "https://b/"),
            id="a list over several lines",
        ),
        pytest.param(
            {},
            {"user_pip": "[global]\nfind_links = /wheels\n"},
            "find_links",
            ("/wheels",),
            id="underscores are hyphens",
        ),
        pytest.param({"PIP_NO_INDEX": "1"}, {}, "no_index", True, id="no index"),
        pytest.param({"PIP_NO_INDEX": "no"}, {}, "no_index", False, id="no no index"),
        pytest.param(
            {"PIP_TRUSTED_HOST": "a b:8080"}, {}, "trusted_hosts", ("a", "b:8080"), id="hosts"
        ),
        pytest.param({"PIP_CERT": "/ca.pem"}, {}, "cert", "/ca.pem", id="certificate"),
        pytest.param(
            {"PIP_INDEX_URL": "https://pip/", "UV_DEFAULT_INDEX": "https://uv/"},
            {},
            "index_url",
            "https://uv/",
            id="uv's own setting beats pip's",
        ),
        pytest.param(
            {"UV_INDEX_URL": "https://old/"}, {}, "index_url", "https://old/", id="uv's older name"
        ),
        pytest.param(
            {},
            {"user_uv": '[[index]]\nurl = "https://uv/"\ndefault = true\n'},
            "index_url",
            "https://uv/",
            id="uv.toml default index",
        ),
        pytest.param(
            {},
            {"user_uv": '[[index]]\nname = "x"\nurl = "https://uv/"\nexplicit = true\n'},
            "extra_index_urls",
            (),
            id="an explicit index is for named packages only",
        ),
        pytest.param(
            {},
            {"etc_uv": 'index-url = "https://a/"\n', "user_uv": 'index-url = "https://b/"\n'},
            "index_url",
            "https://b/",
            id="the user's uv.toml beats the system's",
        ),
        pytest.param(
            {"UV_NO_CONFIG": "1"},
            {"user_uv": 'index-url = "https://b/"\n'},
            "index_url",
            None,
            id="uv without files",
        ),
        pytest.param(
            {},
            {"user_uv": 'index-url = "https://a/"\n[pip]\nindex-url = "https://pip/"\n'},
            "index_url",
            "https://pip/",
            id="uv's table for its pip commands",
        ),
        pytest.param(
            {"UV_INDEX": "https://a/ https://b/"}, {}, "first_index", True, id="uv's strategy"
        ),
        pytest.param(
            {"UV_INDEX": "https://a/", "UV_INDEX_STRATEGY": "unsafe-best-match"},
            {},
            "first_index",
            False,
            id="another strategy",
        ),
        pytest.param(
            {"UV_FIND_LINKS": "/a, /b c"}, {}, "find_links", ("/a", "/b c"), id="uv's folders"
        ),
        pytest.param(
            {
                "UV_INDEX": "my-index=https://host/simple/",
                "UV_INDEX_MY_INDEX_USERNAME": "me",
                "UV_INDEX_MY_INDEX_PASSWORD": "p@ss",
            },
            {},
            "extra_index_urls",
            ("https://me:p%40ss@host/simple/",),
            id="credentials in variables",
        ),
    ],
)
def test_settings(
    environ: dict[str, str], files: dict[str, str], field: str, expected: object, tmp_path: Path
) -> None:
    assert getattr(settings_of(tmp_path, environ, **files), field) == expected


@pytest.mark.parametrize(
    ("place", "text"), [("user_pip", "index-url = before any section\n"), ("user_uv", "= broken")]
)
def test_a_broken_settings_file_is_named(place: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"(pip\.conf|uv\.toml) cannot be read"):
        settings_of(tmp_path, **{place: text})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://me:secret@host/simple/x", "see https://***@host/simple/x"),
        ("https://token@host:8080/ and http://a:b@c", "https://***@host:8080/ and http://***@c"),
        ("https://host/path@1.0", "https://host/path@1.0"),
        ("mail me@host", "mail me@host"),
    ],
)
def test_credentials_are_never_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
