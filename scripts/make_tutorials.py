"""Run the tutorials and write what their steps print into the pages.

    python -m scripts.make_tutorials

An output that the page shows in part, with lines ``…``, is left as it is; where it no longer
matches, the script says so.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests import tutorials

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("tutorial_*.md"))


def refill(page: str, folder: Path) -> str:
    """Return the page with the outputs of a run in ``folder``.

    Raises:
        SystemExit: if a step fails, or prints something else than what is shown in part.
    """
    end = 0
    for step in tutorials.steps(page):
        code, printed, errors = tutorials.run(step, folder)
        if code:
            sys.exit(f"{step.command}\n{errors}")
        start = page.index(step.shown_after, end) + len(step.shown_after)
        end = start + len(step.printed)
        if tutorials.matches(printed, step.printed):
            continue
        if tutorials.REST in step.printed.splitlines():
            sys.exit(f"{step.command} prints something else than what is shown in part:\n{printed}")
        shown = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
        page, end = page[:start] + shown + page[end:], start + len(shown)
    return page


def main() -> None:
    """Refill every tutorial."""
    for path in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(refill(path.read_text("utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
