"""Means with the interval that a reviewer asks for: digit for digit what ``src/evaluation`` makes of the same scores.

The method and how often it holds: docs/evaluation.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

RESAMPLES = 10_000
LEVEL = 0.95
#: Of fewer values the bootstrap has too little to draw from, and Student's t is taken.
ENOUGH = 5
#: Wider than so many of Student's the interval does not get.
WIDEST = 2.0

_MASK = 0xFFFFFFFF


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Symmetric bootstrap-t of the mean (Hall 1988); None of fewer than two values, and of values that are all one."""
    if not values:
        raise ValueError("mean_interval: expected at least one value, got none")
    ascending = sorted(values)
    spread = ascending[-1] - ascending[0]
    if spread <= 1e-9 + 1e-9 * max(abs(ascending[0]), abs(ascending[-1])):
        return None
    centre = sum(ascending) / len(ascending)
    data = np.asarray(sorted(ascending, key=lambda value: abs(value - centre)), np.float64)
    error = float(data.std(ddof=1)) / math.sqrt(len(data))
    student = _student_limit(len(data) - 1)
    limit = student if len(data) < ENOUGH else min(_bootstrap_limit(data, error), WIDEST * student)
    return centre - limit * error, centre + limit * error


def _bootstrap_limit(data: np.ndarray, error: float) -> float:
    drawn = data[np.asarray(_draws(len(data), RESAMPLES * len(data))).reshape(RESAMPLES, -1)]
    errors = drawn.std(axis=1, ddof=1) / math.sqrt(len(data))
    distances = np.abs(drawn.mean(1) - data.mean())
    off = np.full(RESAMPLES, np.inf)
    np.divide(distances, errors, out=off, where=errors > 1e-9 * error)
    return float(np.sort(off)[math.ceil(LEVEL * RESAMPLES) - 1])


def _draws(bound: int, count: int) -> list[int]:
    """Whole numbers below ``bound``: those of ``createRandom(0, 'bootstrap')`` in src/core/random.ts."""
    state = 0x811C9DC5
    for letter in b"bootstrap":
        state = ((state ^ letter) * 0x01000193) & _MASK
    words = []
    for _ in range(3):
        state = (state + 0x9E3779B9) & _MASK
        mixed = ((state ^ (state >> 16)) * 0x21F0AAAD) & _MASK
        mixed = ((mixed ^ (mixed >> 15)) * 0x735A2D97) & _MASK
        words.append(mixed ^ (mixed >> 15))
    a, b, c = words
    limit = 2**32 - 2**32 % bound
    numbers: list[int] = []
    counter = 1
    while len(numbers) < count:
        result = (a + b + counter) & _MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & _MASK
        c = (((c << 21) | (c >> 11)) + result) & _MASK
        counter += 1
        # The first twelve are discarded, as are those that would favour small numbers.
        if counter > 13 and result < limit:
            numbers.append(result % bound)
    return numbers


def _student_limit(degrees: int) -> float:
    """The t within ±t of which ``LEVEL`` of Student's distribution lies; Abramowitz & Stegun 26.7.3 and 26.7.4."""

    def share_within(t: float) -> float:
        angle = math.atan(t / math.sqrt(degrees))
        is_odd = degrees % 2 == 1
        term = math.cos(angle) if is_odd else 1.0
        total = 0.0 if degrees == 1 else term
        for k in range(3 if is_odd else 2, degrees - 1, 2):
            term *= (k - 1) / k * math.cos(angle) ** 2
            total += term
        return 2 / math.pi * (angle + math.sin(angle) * total) if is_odd else math.sin(angle) * total

    return _solve(share_within)


def _solve(grows: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    while grows(high) < LEVEL:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if grows(middle) < LEVEL else (low, middle)
    return (low + high) / 2
