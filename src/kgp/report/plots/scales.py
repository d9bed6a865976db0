"""Scales: from data to pixels, with ticks at round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

from kgp.report.numerals import MINUS, superscript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low..high`` onto pixels ``start..end``, evenly or by powers of ten."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Pixel of ``value``; on a logarithmic scale the value must be positive."""
        low, high, at = (
            (log10(self.low), log10(self.high), log10(value))
            if self.log
            else (self.low, self.high, value)
        )
        return self.start + (self.end - self.start) * (at - low) / (high - low)

    def ticks(self, about: int = 5) -> tuple[float, ...]:
        """Round values within the scale: 1, 2 or 5 times a power of ten, or powers of ten."""
        if self.log:
            first, last = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
            stride = max(1, ceil((last - first + 1) / 7))
            return tuple(10.0**e for e in range(first, last + 1, stride))
        step = round_step((self.high - self.low) / about)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return tuple(i * step for i in range(first, last + 1))


def linear(
    values: Iterable[float], start: float, end: float, *, zero: bool = False, margin: float = 0.06
) -> Scale:
    """Fit a linear scale to the finite ``values``; ``zero`` makes sure that it holds zero."""
    finite = [value for value in values if isfinite(value)]
    if zero or not finite:
        finite.append(0.0)
    low, high = min(finite), max(finite)
    room = (high - low) * margin or max(abs(high) * margin, 0.5)
    return Scale(low - room, high + room, start, end)


def decades(values: Iterable[float], start: float, end: float) -> Scale:
    """Fit a logarithmic scale of whole decades to the positive ``values``."""
    positive = [value for value in values if isfinite(value) and value > 0] or [1.0]
    low, high = floor(log10(min(positive))), ceil(log10(max(positive)) - 1e-9)
    return Scale(10.0**low, 10.0 ** max(high, low + 1), start, end, log=True)


def round_step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``rough``."""
    power = 10.0 ** floor(log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))


def tick_text(scale: Scale, value: float) -> str:
    """Write a tick: ``10³`` on a logarithmic scale, else with the decimals that the step needs."""
    if scale.log:
        exponent = round(log10(value))
        return {0: "1", 1: "10"}.get(exponent, f"10{superscript(exponent)}")
    ticks = scale.ticks()
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(value) or 1.0
    decimals = max(0, -floor(log10(step) + 1e-9))
    return f"{value + 0.0:,.{decimals}f}".replace("-", MINUS)


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Move labels apart until neighbours are ``gap`` away, each as little as order allows.

    Overlapping labels are merged into blocks that stay centred on their members' own places.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    blocks: list[tuple[float, int]] = []  # centre, size
    for i in order:
        blocks.append((positions[i], 1))
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], gap):
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    placed = [centre + gap * (k - (n - 1) / 2) for centre, n in blocks for k in range(n)]
    result = [0.0] * len(positions)
    for i, at in zip(order, placed, strict=True):
        result[i] = at
    return result


def _overlap(above: tuple[float, int], below: tuple[float, int], gap: float) -> bool:
    return below[0] - above[0] < gap * (above[1] + below[1]) / 2 - 1e-9
