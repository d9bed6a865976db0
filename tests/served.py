"""A web server of this machine's own: it knows ranges and versions, and can break off."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Site:
    """What a server serves, and what it was asked.

    Args:
        files: path → content.
        cut: how many bytes of each answer are sent before the connection ends; None sends all.
        cuts: how many answers are cut; None cuts each.
        ranges: whether parts of a file are served.
        misplaced: whether parts are said to start elsewhere than they do.
        tagged: whether files carry an ETag.
        pause: after how many bytes answers wait until ``resume`` is called.
        statuses: answer the first requests with these, before all goes well.
        asked: (path, Range header or empty) of every request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cut: int | None = None
    cuts: int | None = None
    ranges: bool = True
    misplaced: bool = False
    tagged: bool = True
    pause: int | None = None
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    _running: threading.Event = field(default_factory=threading.Event)

    def resume(self) -> None:
        """Let answers come to their end."""
        self.pause = None
        self._running.set()

    def waits(self) -> None:
        """Wait as a slow line does, for half a minute at most."""
        self._running.wait(30)

    def takes_cut(self) -> bool:
        if self.cut is None or self.cuts == 0:
            return False
        self.cuts = None if self.cuts is None else self.cuts - 1
        return True


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        asked = self.headers.get("Range", "")
        site.asked.append((self.path, asked))
        status = site.statuses.pop(0) if site.statuses else 200
        if status != 200 or self.path not in site.files:
            self.send_error(status if status != 200 else 404)
            return
        content = site.files[self.path]
        tag = f'"{hashlib.sha256(content).hexdigest()[:12]}"' if site.tagged else ""
        start = self._start(asked, tag)
        if start > len(content) or (start and start == len(content)):
            self.send_error(416)
            return
        body = content[start:]
        self.send_response(206 if start else 200)
        if start:
            said = start + site.misplaced
            self.send_header("Content-Range", f"bytes {said}-{len(content) - 1}/{len(content)}")
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if site.pause is not None:
            self.wfile.write(body[: site.pause])
            self.wfile.flush()
            site.waits()
            body = body[site.pause or 0 :]
        with suppress(ConnectionError):
            self.wfile.write(body[: site.cut] if site.takes_cut() else body)

    def _start(self, asked: str, tag: str) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", asked)
        same = self.headers.get("If-Range", tag) == tag
        return int(found[1]) if found and same and self.site.ranges else 0

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve a site on a free port of this machine until the block ends."""
    handler = type("Handler", (_Handler,), {"site": site})
    direct = mock.patch.dict(os.environ, {"NO_PROXY": "127.0.0.1"})
    with direct, ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield site
        finally:
            site.resume()
            server.shutdown()
            thread.join()
