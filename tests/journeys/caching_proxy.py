"""A shared cache between visitors and a shop, as RFC 9111 lets one be.

It keeps whatever it may, also without an explicit lifetime and with a cookie in it:
what leaks through this one may leak through some cache out there.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEURISTIC_SECONDS = 60.0
"""How long a response without a lifetime is taken for fresh (section 4.2.2)."""
KEPT_STATUS = {200, 203, 301, 404, 410}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Kept:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    varied: tuple[tuple[str, str], ...]
    """Header fields named by ``Vary``, as the request that brought it had them."""
    until: float

    def answers(self, request: Mapping[str, str]) -> bool:
        fresh = time.monotonic() < self.until
        return fresh and all(request.get(k, "") == v for k, v in self.varied)


@dataclass
class SharedCache:
    kept: dict[str, list[Kept]] = field(default_factory=dict)

    def find(self, url: str, request: Mapping[str, str]) -> Kept | None:
        found = (one for one in self.kept.get(url, ()) if one.answers(request))
        return next(found, None)

    def keep(
        self,
        url: str,
        request: Mapping[str, str],
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> None:
        said = Said(headers)
        lifetime = said.lifetime()
        names = said.vary()
        if status not in KEPT_STATUS or lifetime <= 0 or "*" in names:
            return
        varied = tuple((name, request.get(name, "")) for name in names)
        until = time.monotonic() + lifetime
        self.kept.setdefault(url, []).append(Kept(status, headers, body, varied, until))


class Said:
    """What a response says of caches."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.headers = headers
        words = ",".join(self.all("cache-control")).lower().split(",")
        pairs = (word.strip().partition("=") for word in words)
        self.control = {name: value.strip('"') for name, _, value in pairs if name}

    def all(self, wanted: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == wanted]

    def vary(self) -> list[str]:
        names = ",".join(self.all("vary")).lower().split(",")
        return sorted({name.strip() for name in names if name.strip()})

    def lifetime(self) -> float:
        """Seconds for which it may be given to anybody; 0 for not at all."""
        if {"no-store", "private", "no-cache"} & self.control.keys():
            return 0.0
        for name in ("s-maxage", "max-age"):
            if name in self.control:
                return float(self.control[name])
        for text in self.all("expires"):
            return parsedate_to_datetime(text).timestamp() - time.time()
        return HEURISTIC_SECONDS


@dataclass
class Proxy:
    """``url`` leads to the shop, through the cache."""

    upstream: str
    cache: SharedCache = field(default_factory=SharedCache)
    url: str = ""

    def run(self) -> Iterator[Proxy]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {name.lower(): value for name, value in self.headers.items()}
                kept = proxy.cache.find(self.path, asked)
                if kept is not None:
                    self._answer(kept.status, kept.headers, kept.body, "hit")
                    return
                status, headers, body = proxy.fetch(self.path, dict(self.headers))
                proxy.cache.keep(self.path, asked, status, headers, body)
                self._answer(status, headers, body, "miss")

            def _answer(
                self,
                status: int,
                headers: list[tuple[str, str]],
                body: bytes,
                how: str,
            ) -> None:
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("X-Cache", how)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *facts: Any) -> None:
                """Silence."""

        return Handler

    def fetch(
        self, path: str, headers: dict[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()
