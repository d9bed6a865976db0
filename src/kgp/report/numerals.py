"""How numbers are written for people: counts, figures, differences, shares, p values."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.report.content import Estimate

ABSENT = "–"
MINUS = "−"


def count(value: float | None) -> str:
    """``4050249`` as ``4,050,249``."""
    return ABSENT if value is None or not isfinite(value) else _minus(f"{value:,.0f}")


def figure(value: float | None, digits: int = 3) -> str:
    """A score with a fixed number of decimals, so that columns align: ``0.722``."""
    return ABSENT if value is None or not isfinite(value) else _minus(f"{value:.{digits}f}")


def signed(value: float | None, digits: int = 3) -> str:
    """A difference with its sign: ``+0.037``, ``−0.012``."""
    return ABSENT if value is None or not isfinite(value) else _minus(f"{value:+.{digits}f}")


def share(value: float | None) -> str:
    """A fraction as a percentage with two significant digits: ``52 %``, ``1.9 %``."""
    if value is None or not isfinite(value):
        return ABSENT
    percent = 100 * value
    if 99.5 <= percent < 100:
        return "> 99 %"
    if percent and abs(percent) < 0.01:
        return "< 0.01 %" if percent > 0 else f"> {MINUS}0.01 %"
    digits = 0 if abs(percent) >= 9.95 or percent == 0 else 1 if abs(percent) >= 0.995 else 2
    return _minus(f"{percent:.{digits}f} %")


def confidence(value: float | None) -> str:
    """A probability with two decimals, which never pretends to be certain: ``0.97``, ``> 0.99``."""
    if value is None or not isfinite(value):
        return ABSENT
    return "> 0.99" if value >= 0.995 else f"{value:.2f}"


def p_value(value: float | None) -> str:
    """``3e-12`` as ``3 × 10⁻¹²``; from a thousandth up as a decimal."""
    if value is None or not isfinite(value):
        return ABSENT
    if value <= 0:
        return "< 10⁻³⁰⁰"
    if value >= 0.001:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa} × 10{superscript(int(exponent))}"


def estimate(value: Estimate | None, *, difference: bool = False, digits: int = 3) -> str:
    """``0.722 [0.713, 0.731]``; without an interval the figure alone."""
    if value is None:
        return ABSENT
    write = signed if difference else figure
    text = write(value.value, digits)
    if value.low is None or value.high is None:
        return text
    return f"{text} [{write(value.low, digits)}, {write(value.high, digits)}]"


def seconds(value: float) -> str:
    """``0.42 s``, ``14 s``, ``3 min 20 s``."""
    if value < 10:
        return f"{value:.2g} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def superscript(exponent: int) -> str:
    """Write an integer in superscript digits."""
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def plural(n: int, noun: str, nouns: str = "") -> str:
    """``1 edge``, ``2 edges``, ``1,200 entities``."""
    return f"{count(n)} {noun if n == 1 else nouns or noun + 's'}"


def sentence(text: str) -> str:
    """Begin with a capital, as a sentence does."""
    return text[:1].upper() + text[1:]


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
