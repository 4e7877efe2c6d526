"""Money in integer fen: exact arithmetic, rounded half up once at the end; parts add up to totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from service.codes import PayUnit
from service.text import half_width

MONTH_HOURS = 174  # 21.75 paid days of 8 hours
LARGEST_FEN = 9_999_999_999  # 99,999,999.99 yuan: eight digits before the point


class MoneyRefused(ValueError):
    """An amount that cannot be read or paid. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def round_half_up(amount: Fraction | Decimal | int) -> int:
    """To an integer, halves away from zero: 267.5 is 268, -0.5 is -1."""
    exact = Fraction(amount)
    whole = (abs(exact.numerator) * 2 + exact.denominator) // (exact.denominator * 2)
    return whole if exact >= 0 else -whole


def share(total_fen: int, parts: int) -> list[int]:
    """`total_fen` in `parts` equal shares, the odd fen to the first ones: 1000 in 3 is 334, 333, 333.

    Raises MoneyRefused: money_negative, money_no_parts.
    """
    return share_by_weight(total_fen, [Fraction(1)] * parts)


def share_by_weight(total_fen: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Shares in proportion to `weights` that add up to the total (largest remainder, then the earlier one).

    Raises MoneyRefused: money_negative (total or a weight), money_no_parts (no weight above zero).
    """
    if total_fen < 0 or any(weight < 0 for weight in weights):
        raise MoneyRefused("money_negative")
    whole = sum(weights, Fraction(0))
    if not whole:
        raise MoneyRefused("money_no_parts")
    exact = [total_fen * Fraction(weight) / whole for weight in weights]
    shares = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total_fen - sum(shares)]:
        shares[i] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Tier:
    """From this many minutes in the period on, an hour pays `rate_fen` («超 40 小时 26 元»: 2400, 2600)."""

    from_minutes: int
    rate_fen: int


@dataclass(frozen=True, slots=True)
class TierPart:
    """The minutes that fell into one tier and what they earn."""

    minutes: int
    rate_fen: int
    amount_fen: int


def tiered_amount(minutes: int, tiers: Sequence[Tier], already_minutes: int = 0) -> list[TierPart]:
    """What `minutes` earn after `already_minutes` in the same period, tier by tier.

    The amounts add up to the exact total rounded once. Raises MoneyRefused: money_negative, money_tiers
    (none, the first not from 0, or not rising).
    """
    starts = [tier.from_minutes for tier in tiers]
    if not starts or starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
        raise MoneyRefused("money_tiers")
    if minutes < 0 or already_minutes < 0 or any(tier.rate_fen < 0 for tier in tiers):
        raise MoneyRefused("money_negative")
    ends = [*starts[1:], already_minutes + minutes]
    parts = []
    for tier, end in zip(tiers, ends, strict=True):
        inside = min(end, already_minutes + minutes) - max(tier.from_minutes, already_minutes)
        if inside > 0:
            parts.append((inside, tier.rate_fen))
    return _priced(parts)


def _priced(parts: list[tuple[int, int]]) -> list[TierPart]:
    exact = [Fraction(minutes * rate, 60) for minutes, rate in parts]
    total = round_half_up(sum(exact, Fraction(0)))
    amounts = share_by_weight(total, exact) if total else [0] * len(exact)
    return [TierPart(m, rate, amount) for (m, rate), amount in zip(parts, amounts, strict=True)]


def hourly_figure(
    rate_fen: int, unit: PayUnit, *, minutes: int | None = None, per_hour: Fraction | int | None = None
) -> Fraction | None:
    """Fen an hour, exact, for comparing with the minimum hourly wage; None when a needed fact is not stated.

    `minutes`: the stated length of the day, of the shift, or of the whole fixed job. `per_hour`: pieces or
    orders an hour. A month counts as 174 hours.
    """
    if unit == "hour":
        return Fraction(rate_fen)
    if unit == "month":
        return Fraction(rate_fen, MONTH_HOURS)
    if unit in ("piece", "order"):
        return rate_fen * Fraction(per_hour) if per_hour else None
    return Fraction(rate_fen * 60, minutes) if minutes else None


def format_yuan(fen: int) -> str:
    """Yuan with two decimals and no grouping: 1250 is "12.50"."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def permille(part: int, whole: int) -> int | None:
    """A share in thousandths, rounded half up; None of nothing."""
    return (part * 2000 + whole) // (2 * whole) if whole else None


def short_yuan(fen: int) -> str:
    """Whole fen as yuan without idle zeros: 1875 is 18.75, 13750 is 137.5, 100 is 1."""
    sign, fen = "-" if fen < 0 else "", abs(fen)
    return sign + f"{fen // 100}.{fen % 100:02d}".rstrip("0").rstrip(".")


def parse_yuan(value: str | int | float) -> int:
    """Fen of yuan as written in an imported cell: "12.5", "１２．５", 12.5 are 1250.

    Raises MoneyRefused: money_empty, money_decimals (more than two, even zeros), money_comma, money_negative,
    money_too_large (over 99,999,999.99), money_format (exponent, NaN, infinity, signs, anything else).
    """
    text = _cell_text(value)
    if not text:
        raise MoneyRefused("money_empty")
    if "," in text:
        raise MoneyRefused("money_comma")
    if re.fullmatch(r"-[0-9.]+", text):
        raise MoneyRefused("money_negative")
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", text):
        raise MoneyRefused("money_decimals")
    if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", text):
        raise MoneyRefused("money_format")
    yuan, _, decimals = text.partition(".")
    if len(yuan.lstrip("0")) > 8:
        raise MoneyRefused("money_too_large")
    return int(yuan[-8:]) * 100 + int(decimals.ljust(2, "0"))


def _cell_text(value: str | int | float) -> str:
    if isinstance(value, str):
        # Blanks and hyphens inside stay and are refused: "20-25" is a range, not 2025.
        return half_width(value.strip()).replace("\u2212", "-")
    if isinstance(value, bool):
        raise MoneyRefused("money_format")
    if LARGEST_FEN < abs(value) < float("inf"):
        raise MoneyRefused("money_too_large" if value > 0 else "money_negative")
    return repr(value)  # a float's shortest text: 0.1 + 0.2 shows seventeen digits and is refused
