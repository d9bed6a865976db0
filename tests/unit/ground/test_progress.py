from __future__ import annotations

import io
import re

import pytest

from kgp.progress import LogProgress, RichProgressBars, SilentProgress, make_progress


def test_silence_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with SilentProgress().step("read", total=3) as step:
        step.advance()
        step.note("loss 1")
    assert capfd.readouterr() == ("", "")


def test_the_log_writes_one_line_when_a_step_ends() -> None:
    out = io.StringIO()
    with LogProgress(out).step("read", unit="rows") as step:
        step.advance(1000)
        step.advance()
        step.note("loss 1.5")
        assert out.getvalue() == ""
    assert re.fullmatch(r"read  1,001 rows  loss 1\.5  \d+\.\d s  done\n", out.getvalue())


def test_the_log_says_that_a_step_was_stopped_by_an_error() -> None:
    out = io.StringIO()
    with pytest.raises(KeyError), LogProgress(out).step("read"):
        raise KeyError
    assert re.fullmatch(r"read  \d+\.\d s  stopped\n", out.getvalue())


def test_bars_show_title_count_unit_and_note_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with RichProgressBars().step("read", unit="rows") as step:
        step.advance(41)
        step.advance()
        step.note("loss 2")
    out, err = capsys.readouterr()
    assert out == ""
    assert all(part in err for part in ("read", "42/42", "rows", "loss 2"))


@pytest.mark.parametrize(
    ("mode", "kind"), [("rich", RichProgressBars), ("log", LogProgress), ("none", SilentProgress)]
)
def test_a_mode_names_its_display(mode: str, kind: type) -> None:
    assert isinstance(make_progress(mode), kind)  # type: ignore[arg-type]  # parametrised text


@pytest.mark.parametrize(("terminal", "kind"), [(True, RichProgressBars), (False, LogProgress)])
def test_auto_asks_whether_standard_error_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, kind: type
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stderr", stream)
    assert isinstance(make_progress(), kind)
