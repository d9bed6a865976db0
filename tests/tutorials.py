"""Run a tutorial as a reader would: its commands and scripts in order, in one folder.

A block ``console`` holds commands after ``$`` with the output that they print; a block
``python NAME`` is saved as NAME and run, and the block ``text`` after it is its output. A line
``…`` stands for any lines. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.conftest import clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REST = "…"


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what the page says that it prints; ``script`` is a file to save before."""

    command: str
    printed: str
    script: tuple[str, str] | None = None

    @property
    def shown_after(self) -> str:
        """The text of the page that the output follows."""
        if self.script:
            return f"```python {self.script[0]}\n{self.script[1]}```\n```text\n"
        return f"$ {self.command}\n"


def steps(page: str) -> Iterator[Step]:
    """Read the steps of a page in order."""
    blocks = list(_BLOCK.findall(page))
    for place, (language, name, body) in enumerate(blocks):
        if language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                yield Step(command, printed)
        elif language == "python":
            after = blocks[place + 1]
            assert after[0] == "text", f"{name} is not followed by its output"
            yield Step(f"python {name}", after[2], (name, body))


def run(step: Step, folder: Path) -> tuple[int, str, str]:
    """Run one step; return exit code, output and errors."""
    if step.script:
        (folder / step.script[0]).write_text(step.script[1], encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    more = {"PATH": path, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        env=clean_environment(folder, more, covered=False),
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout, done.stderr


def matches(printed: str, shown: str) -> bool:
    """Say whether an output is what a page shows, where ``…`` stands for any lines."""
    parts: list[list[str]] = [[]]
    for line in _lines(shown):
        if line == REST:
            parts.append([])
        else:
            parts[-1].append(line)
    pattern = r"(?:.*\n)*".join("".join(re.escape(line) + "\n" for line in part) for part in parts)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(printed))) is not None


def _lines(text: str) -> list[str]:
    """Lines without trailing spaces and empty ones, which do not show."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
