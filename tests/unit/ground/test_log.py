from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from kgp.log import open_log, redact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _the_logger_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("kgp")
    before = logger.handlers[:], logger.propagate, logger.level
    yield
    for handler in set(logger.handlers) - set(before[0]):
        handler.close()
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


def first_opened(folder: Path) -> logging.Logger:
    """Open the log as a process does that has no other handler."""
    logging.getLogger("kgp").handlers = []
    return open_log(folder)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("password=hunter2 and more", "password=*** and more"),
        ("NEO4J_PASSWORD: hunter2", "NEO4J_PASSWORD: ***"),
        ("token = abc", "token = ***"),
        ("bolt://neo4j:hunter2@host:7687/db", "bolt://neo4j:***@host:7687/db"),
        ("Secret=a passwd=b", "Secret=*** passwd=***"),
        ("nothing to hide: ncbigene:7157", "nothing to hide: ncbigene:7157"),
    ],
)
def test_secrets_are_hidden(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_the_file_holds_message_and_traceback_without_secrets(tmp_path: Path) -> None:
    logger = first_opened(tmp_path / "logs")
    try:
        raise ValueError("bolt://neo4j:hunter2@host")
    except ValueError:
        logger.exception("failed with %s", "password=hunter2")
    text = (tmp_path / "logs" / "kgp.log").read_text()
    assert "ERROR failed with password=***" in text
    assert "Traceback" in text
    assert "bolt://neo4j:***@host" in text
    assert "hunter2" not in text


def test_opening_again_adds_no_second_handler(tmp_path: Path) -> None:
    assert first_opened(tmp_path) is open_log(tmp_path)
    assert len(logging.getLogger("kgp").handlers) == 1


def test_without_a_writable_folder_there_is_no_log_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    logger = first_opened(tmp_path / "file" / "logs")
    logger.error("lost")
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]


def test_a_log_that_cannot_be_written_adds_no_second_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = first_opened(tmp_path)
    (tmp_path / "kgp.log").mkdir()
    logger.error("lost")
    assert capsys.readouterr() == ("", "")
