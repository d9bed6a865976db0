"""Ctrl-C wherever it comes: exit code 130, and nothing that could crash the process after it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kgp.cli import main
from kgp.errors import ExitCode

LEAVING = """
import atexit
import kgp.cli

def interrupted(given):
    print("result")
    atexit.register(print, "torn down")
    raise KeyboardInterrupt

kgp.cli._call = interrupted
kgp.cli.run()
"""

DONE = """
import atexit, os, signal, time
import kgp.cli

def again():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)

kgp.cli._call = lambda given: atexit.register(again) and 0
kgp.cli.run()
"""


def importing(cause: BaseException | None) -> int:
    """What a library does that is being imported: it makes an error of its own of any other."""
    raise ImportError("initialization failed") from cause


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (None, ExitCode.DEFECT),
        (OSError("no such file"), ExitCode.DEFECT),
    ],
)
def test_ctrl_c_during_an_import_is_ctrl_c(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cause: BaseException | None,
    code: ExitCode,
) -> None:
    monkeypatch.setattr("kgp.cli._call", lambda given: importing(cause))
    assert main([]) == code
    assert ("Interrupted" in capsys.readouterr().err) is (code == ExitCode.INTERRUPTED)


def test_causes_in_a_circle_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError("one")
    error.__cause__ = error
    monkeypatch.setattr("kgp.cli._call", lambda given: importing(error))
    assert main([]) == ExitCode.DEFECT


def test_after_ctrl_c_nothing_is_torn_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVING], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (ExitCode.INTERRUPTED, "result\n")
    assert done.stderr.endswith("left the graph as it was.\n")


def test_ctrl_c_after_the_end_makes_no_failure_of_what_is_done() -> None:
    done = subprocess.run([sys.executable, "-c", DONE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (ExitCode.DONE, "")
