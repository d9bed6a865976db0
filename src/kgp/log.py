"""The rotating log file: what a traceback goes to when the user sees one clear message."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECRET = re.compile(
    r"(?i)((?:password|passwd|secret|token)\s*[=:]\s*)\S+|(://[^/\s:]+:)[^@/\s]+(?=@)"
)


class SecretFilter(logging.Filter):
    """Replaces passwords and tokens in a record, traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text in place; always keeps the record."""
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = redact(text), None
        return True


def redact(text: str) -> str:
    """Hide what follows ``password=`` and the like, and the password part of a URL."""
    return _SECRET.sub(lambda found: (found.group(1) or found.group(2)) + "***", text)


class _LogFile(RotatingFileHandler):
    """The log file; when it cannot be written, the user still sees one clear message."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        """Drop the record: a full disk must not put a second error before the first."""


def open_log(folder: Path) -> logging.Logger:
    """Attach the rotating file ``kgp.log`` in ``folder``; without a writable folder, none."""
    logger = logging.getLogger("kgp")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if any(isinstance(handler, _LogFile | logging.NullHandler) for handler in logger.handlers):
        return logger
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _LogFile(
            folder / "kgp.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.addFilter(SecretFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    return logger
