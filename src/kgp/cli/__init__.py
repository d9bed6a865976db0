"""The command line: one file per command; each parses, calls the API, and prints."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

from kgp.errors import ExitCode, KgpError, StoreUnavailableError, causes

if TYPE_CHECKING:
    from collections.abc import Sequence

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``kgp`` and return the exit code; a traceback is shown with ``--debug`` only."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _call(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001  # the last line of defence: every error ends here
        # A library that Ctrl-C meets while it is being imported makes an error of its own of it.
        if not any(isinstance(cause, KeyboardInterrupt) for cause in causes(error)):
            return _fail(error, debug="--debug" in given)
        code = int(ExitCode.INTERRUPTED)
    if code == ExitCode.INTERRUPTED:
        sys.stderr.write("\nInterrupted; what was not finished left the graph as it was.\n")
    return code


def _call(given: list[str]) -> int:
    """Let typer parse the command line and call the command."""
    import typer

    from kgp.cli.app import build_app

    try:
        return int(build_app()(given, prog_name="kgp", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _show_usage(error)
    except typer.Abort:
        return int(ExitCode.INTERRUPTED)


def _show_usage(error: Exception) -> int:
    """Show what typer says about a wrong command line."""
    show = getattr(error, "show", None)
    if show is None:
        sys.stderr.write(f"kgp: {error}\n")
    else:
        show()
    return int(ExitCode.USAGE)


def _fail(error: Exception, *, debug: bool) -> int:
    """Log the traceback, show one clear message, return the error's exit code."""
    from kgp.cli.common import hint
    from kgp.log import redact

    error = _recognise(error)
    log = _write_log(error)
    if debug:
        hint(redact("".join(traceback.format_exception(error))))
    if isinstance(error, KgpError):
        hint(f"kgp: {redact(str(error))}")
        return int(error.exit_code)
    hint(f"kgp: a defect of kgp itself: {type(error).__name__}: {redact(str(error))}")
    hint(f"{log}\nTry: the same command with --debug")
    return int(ExitCode.DEFECT)


def _recognise(error: Exception) -> Exception:
    """A full disk is no defect of kgp, whatever was being written."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return error
    where = f" of {error.filename}" if error.filename else ""
    return StoreUnavailableError(
        f"The disk{where} is full: {error.strerror}.",
        hint="Free some space; the graph is as it was before.",
        command="the same command",
    )


def _write_log(error: Exception) -> str:
    """Log the traceback; say where, or why not."""
    from kgp.log import open_log
    from kgp.settings import load_settings

    try:
        logs = load_settings().logs
    except KgpError:
        return "There is no log: the settings in the environment cannot be used."
    open_log(logs).error("%s", error, exc_info=error)
    return f"The log has the details: {logs / 'kgp.log'}"


def run() -> None:
    """Entry point of the ``kgp`` script; a terminal without Unicode gets question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    code = main()
    # What is done is done: Ctrl-C while Python takes itself down would make a failure of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == ExitCode.INTERRUPTED:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End at once, without what Python does at its end.

    Ctrl-C may have come in the middle of an import or of a library's work in its threads. What is
    half made then, or still at work, takes the process down when it is torn down, and its exit
    code with it. What has to be put away has been, on the way up to here.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
