from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kgp.report.plots.lettering import fit, text_width, wrap

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=30)


def test_a_wide_letter_counts_for_more_than_a_narrow_one() -> None:
    assert text_width("WWW", 12) > 2.5 * text_width("iii", 12)


def test_letters_of_full_width_fill_their_size_and_accents_none() -> None:
    assert text_width("転写", 10) >= 20
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_a_name_that_fits_stays_whole() -> None:
    assert fit("CDKN1A", 100, 12) == "CDKN1A"


@given(WORDS, st.floats(20, 200))
def test_a_name_that_is_cut_fits_and_says_so(name: str, room: float) -> None:
    cut = fit(name, room, 12)
    assert text_width(cut, 12) <= room
    assert cut == name or cut.endswith("…")


@given(WORDS, st.floats(20, 200))
def test_a_name_may_be_cut_at_the_front_instead(name: str, room: float) -> None:
    cut = fit(name, room, 12, keep_end=True)
    assert text_width(cut, 12) <= room
    assert cut == name or (cut[0] == "…" and name.endswith(cut[1:]))


@given(st.lists(WORDS, min_size=1, max_size=20))
def test_lines_fit_and_hold_every_word_in_order(words: list[str]) -> None:
    lines = wrap(" ".join(words), 400, 12)
    assert all(text_width(line, 12) <= 400 for line in lines)
    assert " ".join(lines) == " ".join(" ".join(words).split())
