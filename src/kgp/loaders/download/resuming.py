"""Downloading one file so that an interruption costs nothing: what came stays, the rest follows.

What has come lies in ``NAME.part``; beside it ``NAME.part.json`` says from which address, and by
which mark (ETag or time) the server knows that version of the file. A server that holds another
version now sends the whole file, and the download starts anew.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import orjson

from kgp.errors import BadInputError, TransientError, causes

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response

    from kgp.progress import Progress

CHUNK = 1 << 16
ATTEMPTS = 3
"""How often a download is taken up again without a single new byte before it is given up."""

_TIMEOUT = (10.0, 60.0)
_REFUSED, _GONE, _PARTIAL, _NOT_SATISFIABLE = (401, 403), (404, 410), 206, 416
_AGAIN = "the same command; it continues where it stopped"


class DownloadError(TransientError):
    """A server cannot be reached, or a connection broke; the same call may succeed later."""


class _CutError(Exception):
    """The connection ended before the file did."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a part comes from, and by what the server knows its version again."""

    url: str
    validator: str


@dataclass(frozen=True, slots=True)
class ResumingDownloader:
    """A downloader for :func:`pooch.retrieve` that continues what was cut off.

    Args:
        part: where what has come is kept until it is whole.
        progress: where to say how far it is.
    """

    part: Path
    progress: Progress

    def __call__(self, url: str, output_file: str, pooch: object = None) -> None:
        """Bring the whole file to ``output_file``.

        Raises:
            BadInputError: if the server does not have the file, or wants a login.
            DownloadError: if the server cannot be reached or breaks off again and again.
        """
        fruitless, size = 0, self._size()
        while True:
            try:
                self._continue(url)
                break
            except _CutError as error:
                now = self._size()
                fruitless = fruitless + 1 if now <= size else 0
                size = now
                if fruitless >= ATTEMPTS:
                    raise DownloadError(
                        f"The connection to {url} breaks off; {size:,} bytes have come.",
                        hint=f"They are kept in {self.part}.",
                        command=_AGAIN,
                    ) from error
        self.part.replace(output_file)
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.part.with_name(f"{self.part.name}.json")

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _continue(self, url: str) -> None:
        """One request: the rest of the file, or all of it where the part cannot be used."""
        from requests import RequestException
        from urllib3.exceptions import HTTPError

        have, validator = self._held(url)
        asked = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
        try:
            response = _request(url, asked)
        except RequestException as error:
            raise _unreachable(url, error) from error
        with response:
            if response.status_code == _NOT_SATISFIABLE and have:
                self.part.unlink()
                raise _CutError
            _check_status(url, response)
            start = _start_of(response)
            if start not in (0, have):
                self.part.unlink(missing_ok=True)
                raise _CutError
            mark = _Mark(url, _validator(response))
            self._note.write_bytes(orjson.dumps(asdict(mark)))
            try:
                self._receive(response, start)
            except (HTTPError, RequestException) as error:
                raise _CutError from error

    def _receive(self, response: Response, start: int) -> None:
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else None
        title = f"fetch {self.part.name.removesuffix('.part')}"
        with (
            self.progress.step(title, total, unit="bytes") as step,
            self.part.open("ab" if start else "wb") as file,
        ):
            step.advance(start)
            # The bytes as they are sent: some servers declare a .gz file as an encoding.
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                step.advance(len(chunk))
        if total is not None and self._size() < total:
            raise _CutError

    def _held(self, url: str) -> tuple[int, str]:
        """Bytes that can be continued, and the version that they are of."""
        try:
            mark = _Mark(**orjson.loads(self._note.read_bytes()))
        except (OSError, ValueError, TypeError):
            return 0, ""
        if mark.url != url or not mark.validator:
            return 0, ""
        return self._size(), mark.validator


def _request(url: str, asked: dict[str, str]) -> Response:
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": f"kgp/{version('kgp')}", **asked}
    return requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT)


def _validator(response: Response) -> str:
    """The mark of a version; a weak ETag does not promise the same bytes."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _start_of(response: Response) -> int:
    """Position of the first byte of an answer; -1 where it does not say which part it is."""
    if response.status_code != _PARTIAL:
        return 0
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _check_status(url: str, response: Response) -> None:
    status = response.status_code
    if status in (200, _PARTIAL):
        return
    said = f"{url} answers {status} {response.reason}."
    if status in _REFUSED:
        raise BadInputError(
            said,
            hint="The address asks for a login or a licence; fetch the file in a browser.",
            command="kgp sources NAME",
        )
    if status in _GONE:
        raise BadInputError(
            said,
            hint="The file is not there (any more): is the version or the taxon right?",
            command="kgp sources NAME",
        )
    if 400 <= status < 500 and status not in (408, 429):
        raise BadInputError(said, hint="The server does not take this request.")
    raise DownloadError(said, hint="The server is busy or out of order.", command=_AGAIN)


def _unreachable(url: str, error: Exception) -> DownloadError:
    return DownloadError(
        f"{url} cannot be reached: {_first_words(error)}.",
        hint="Is this machine connected, and is a proxy needed (HTTPS_PROXY)? Loading itself "
        "needs no network.",
        command=_AGAIN,
    )


def _first_words(error: Exception) -> str:
    """The innermost reason, without the nesting of the libraries."""
    *_, reason = causes(error)
    return str(reason).splitlines()[0].rstrip(".") if str(reason) else type(reason).__name__
