"""Exact fractions as integers: 1_000_000 means the whole, and every quotient is rounded half up once."""

from __future__ import annotations

FULL = 1_000_000


def divide(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest integer, halves upwards; denominator is positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(numerator: int, denominator: int) -> int:
    """numerator / denominator in millionths, never above FULL."""
    return min(FULL, divide(numerator * FULL, denominator))
