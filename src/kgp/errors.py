"""The errors a user can meet, in two branches: terminal and transient.

Every message holds three things: the offending value, what would have been valid, and the
command to type next. The exit code belongs to the class, so that the command line never guesses.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class ExitCode(IntEnum):
    """What the process returns to the shell."""

    DONE = 0
    DEFECT = 1
    USAGE = 2
    BAD_INPUT = 3
    STORE = 4
    INTERRUPTED = 130


class KgpError(Exception):
    """Root of all errors that kgp raises on purpose.

    Args:
        message: what is wrong, with the offending value.
        hint: what would have been valid.
        command: the command to type next.
    """

    exit_code: ExitCode = ExitCode.BAD_INPUT

    def __init__(self, message: str, *, hint: str = "", command: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.command = command

    def __str__(self) -> str:
        lines = [self.message]
        if self.hint:
            lines.append(self.hint)
        if self.command:
            lines.append(f"Try: {self.command}")
        return "\n".join(lines)


class TerminalError(KgpError):
    """Trying again changes nothing: the input or the request has to change."""


class TransientError(KgpError):
    """The same call may succeed later: a lock is released, a server comes back."""

    exit_code = ExitCode.STORE


class UsageError(TerminalError):
    """The command or the call is not one that kgp knows."""

    exit_code = ExitCode.USAGE


class BadInputError(TerminalError):
    """A file, an identifier or a parameter holds what kgp cannot use."""


class MissingExtraError(BadInputError):
    """An optional dependency or a model folder is not there."""


class StoreError(TerminalError):
    """The store cannot do this: a newer format, a moved head, an unsupported capability."""

    exit_code = ExitCode.STORE


class NoStoreError(StoreError):
    """There is no store yet at the place that is named."""


class HeadMovedError(StoreError):
    """A network got a new version between the reading and the writing of a refinement."""


class StoreBusyError(TransientError):
    """Another process holds the store."""


class StoreUnavailableError(TransientError):
    """The store cannot be reached, or its disk is full."""


def unknown(what: str, value: str, valid: Iterable[str], *, command: str = "") -> str:
    """Say that ``value`` is not one of ``valid``, with the nearest names first."""
    names = sorted(valid)
    near = get_close_matches(value, names, n=3, cutoff=0.5)
    shown = near or names[:12]
    more = "" if near or len(names) <= len(shown) else f" … ({len(names)} in all)"
    head = "Did you mean" if near else "Known"
    listed = ", ".join(shown) if shown else "none"
    tail = f"\nTry: {command}" if command else ""
    return f"Unknown {what} {value!r}. {head}: {listed}{more}{tail}"


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that led to it, each once; those of a group one after another."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        cause = one.__cause__ or one.__context__
        if cause is not None:
            waiting.append(cause)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(reversed(one.exceptions))
