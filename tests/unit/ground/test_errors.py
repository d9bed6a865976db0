from __future__ import annotations

import pytest

from kgp import errors
from kgp.errors import ExitCode, KgpError, TerminalError, TransientError, unknown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, ExitCode.USAGE),
        (errors.BadInputError, ExitCode.BAD_INPUT),
        (errors.MissingExtraError, ExitCode.BAD_INPUT),
        (errors.StoreError, ExitCode.STORE),
        (errors.HeadMovedError, ExitCode.STORE),
        (errors.StoreBusyError, ExitCode.STORE),
        (errors.StoreUnavailableError, ExitCode.STORE),
    ],
)
def test_every_error_has_the_exit_code_of_its_class(error: type[KgpError], code: ExitCode) -> None:
    assert error("wrong").exit_code == code


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 130]


def test_an_error_is_either_terminal_or_transient() -> None:
    branches = (TerminalError, TransientError)
    for item in vars(errors).values():
        if isinstance(item, type) and issubclass(item, KgpError) and item is not KgpError:
            assert sum(issubclass(item, branch) for branch in branches) == 1


def test_a_message_shows_what_is_wrong_what_is_valid_and_what_to_type() -> None:
    error = KgpError("'x' is wrong.", hint="Valid is y.", command="kgp y")
    assert str(error) == "'x' is wrong.\nValid is y.\nTry: kgp y"
    assert str(KgpError("'x' is wrong.")) == "'x' is wrong."


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    text = unknown("source", "primkg", ["trrust", "primekg", "go"], command="kgp sources")
    assert text == "Unknown source 'primkg'. Did you mean: primekg\nTry: kgp sources"


def test_without_near_names_the_first_twelve_are_listed() -> None:
    names = [f"n{i:02}" for i in range(14)]
    listed = ", ".join(names[:12])
    expected = f"Unknown thing 'qqq'. Known: {listed} … (14 in all)"
    assert unknown("thing", "qqq", reversed(names)) == expected
    assert unknown("thing", "qqq", ["b", "a"]) == "Unknown thing 'qqq'. Known: a, b"
    assert unknown("thing", "x", []) == "Unknown thing 'x'. Known: none"


def test_causes_are_told_once_each_and_groups_one_after_another() -> None:
    low, other, named = OSError("low"), OSError("other"), ValueError("named")
    low.__context__ = other
    group = ExceptionGroup("both", [low, other])
    group.__cause__ = named
    named.__cause__ = group
    assert list(errors.causes(group)) == [group, low, other, named]
