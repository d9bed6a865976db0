"""The command line: one file per command; each parses, calls the API, and prints."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from kgp.errors import ExitCode, KgpError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``kgp`` and return the exit code; a traceback is shown with ``--debug`` only."""
    import typer

    from kgp.cli.app import build_app

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = int(build_app()(given, prog_name="kgp", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _show_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        code = int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough.
        sys.stderr.close()
        return int(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001  # the last line of defence: every error ends here
        return _fail(error, debug="--debug" in given)
    if code == ExitCode.INTERRUPTED:
        sys.stderr.write("\nInterrupted; the graph is as it was before.\n")
    return code


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
    from kgp.log import open_log, redact
    from kgp.settings import load_settings

    logs = load_settings().logs
    logger = open_log(logs)
    logger.error("%s", error, exc_info=error)
    if debug:
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
    if isinstance(error, KgpError):
        sys.stderr.write(f"kgp: {redact(str(error))}\n")
        return int(error.exit_code)
    sys.stderr.write(
        f"kgp: a defect of kgp itself: {type(error).__name__}: {redact(str(error))}\n"
        f"The log has the details: {logs / 'kgp.log'}\n"
        "Try: the same command with --debug\n"
    )
    return int(ExitCode.DEFECT)


def run() -> None:
    """Entry point of the ``kgp`` script."""
    sys.exit(main())
