"""The HTTP session to the package index: time limits, a few retries, and words for failures."""

from __future__ import annotations

import logging
import ssl
import time
from typing import Any

import httpx2
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import PyPIClient

from recode_data.errors import EnvironmentLacksError, IndexUnreachableError
from recode_data.releases.index import REMEDY, IndexSettings, redacted

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
"""Between two pieces of an answer, not for the whole of it: slow lines may take their time."""
ATTEMPTS = 4
BACKOFF_S = 0.5
"""Before the second attempt; doubles each time."""
RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})


class _NoMissingPages(logging.Filter):
    """Hides unearth's warning that an index lacks a page: with several indexes that is normal."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Failed to collect links")


logging.getLogger("unearth.collector").addFilter(_NoMissingPages())


class IndexSession(PyPIClient):
    """An unearth session that tries again and never waits without end."""

    def __init__(self, settings: IndexSettings, *, backoff_s: float = BACKOFF_S) -> None:
        options: dict[str, Any] = {}
        if settings.cert:
            try:
                options["verify"] = ssl.create_default_context(cafile=settings.cert)
            except OSError as error:
                raise EnvironmentLacksError(
                    f"the certificate bundle {settings.cert} cannot be read: {error}",
                    "correct `cert` in pip's settings (PIP_CERT)",
                ) from error
        super().__init__(
            trusted_hosts=settings.trusted_hosts,
            timeout=httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=True,
            **options,
        )
        urls = [settings.index_url] if settings.index_url else []
        self.auth = MultiDomainBasicAuth(
            prompting=False, index_urls=[*urls, *settings.extra_index_urls]
        )
        self._backoff_s = backoff_s

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """One request, repeated on failures that tend to pass.

        Raises:
            IndexUnreachableError: the last attempt failed too.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = super().send(request, **options)
            except httpx2.TransportError as error:
                failure = str(error) or type(error).__name__
            else:
                if response.status_code not in RETRIED_STATUS:
                    return response
                response.close()
                failure = f"it answers with status {response.status_code}"
            if attempt < ATTEMPTS:
                time.sleep(self._backoff_s * 2 ** (attempt - 1))
        raise IndexUnreachableError(f"cannot reach {redacted(str(request.url))}: {failure}", REMEDY)
