"""Responses and URLs of HTTP libraries: status, type of content and body; requests by their target."""

_FAMILIES = frozenset(
    ("werkzeug", "flask", "requests", "httpx", "starlette", "fastapi", "django", "scrapy", "webob")
)


def read(value, kind, inner):
    """A response, or a URL."""
    families = {base.__module__.partition(".")[0] for base in kind.__mro__}
    if isinstance(value, type) or not families & _FAMILIES:
        return None
    name = kind.__name__
    if name == "URL":
        return ["s", str(value)]
    if name == "Headers" and hasattr(value, "items"):
        return inner(sorted((str(key).lower(), str(item)) for key, item in value.items()))
    status = getattr(value, "status_code", None) or getattr(value, "status", None)
    if status is None or not hasattr(value, "headers"):
        return None
    parts = [["status", inner(status)]]
    headers = value.headers
    if hasattr(headers, "get"):
        parts.append(["content-type", inner(_text(headers.get("content-type")))])
    body = _body(value)
    if body is not None:
        parts.append(["body", inner(body)])
    return ["o", "Response", parts]


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _body(value):
    for name in ("data", "content", "body"):
        try:
            body = getattr(value, name, None)
        except Exception:
            continue
        if isinstance(body, (bytes, str)):
            return body
    return None
