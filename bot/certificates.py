"""Which certificates of others are believed: those that httpx believes by itself, read once."""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx


@lru_cache(maxsize=1)
def believed() -> ssl.SSLContext:
    """For `verify=` of every client of this process, all of which speak HTTP/1.1 (a context belongs to one version).

    Each client of its own would read the hundred and fifty authorities anew: 30 ms of a core, on the event loop, where
    `/ready` asks for one every time.
    """
    return httpx.create_ssl_context()
