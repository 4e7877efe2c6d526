"""What comes out: whether two postings go together, how well and for how many, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from matching.model import Id
from matching.result import Facts, Score


class Lack(StrEnum):
    """Why a surplus does not help a shortage; the README lists the facts and the change of each."""

    CLOSED = "closed"
    SAME_FIRM = "same_firm"
    BLOCKED_FIRM = "blocked_firm"
    TRADE = "trade"
    PERIOD = "period"
    PAY = "pay"
    NEEDS = "needs"
    ASKS = "asks"
    OTHER_REGION = "other_region"
    OTHER_SEASON = "other_season"
    BOTH_GUESTS = "both_guests"
    OUT_OF_REACH = "out_of_reach"


class Left(StrEnum):
    """Why people stay where they are, or seats stay empty."""

    NOBODY_FITS = "nobody_fits"
    NONE_HERE = "none_here"
    TOO_FAR = "too_far"
    TOO_FEW = "too_few"
    TAKEN_BY_OTHERS = "taken_by_others"


Reasons: TypeAlias = tuple[tuple[Left, int], ...]  # each with how many people or seats


class OwnLack(StrEnum):
    """What only one person can be hindered by."""

    ADULTS_ONLY = "adults_only"
    LENT_ALREADY = "lent_already"


class Mend(StrEnum):
    """The smallest change that makes a lack go away, where one is evident."""

    MOVE_DAYS = "move_days"
    RAISE_PAY = "raise_pay"
    OFFER = "offer"
    ASK_LESS = "ask_less"
    OPEN_REGIONS = "open_regions"
    BRING_OR_HOUSE = "bring_or_house"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One rule's no: its code, the facts it rests on, and what would change it."""

    code: Lack | OwnLack
    facts: Facts = field(default_factory=dict)
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A surplus for a shortage: `people` can go, with this score each on average; none when something hinders.

    `by_homes` says how many of each group (by position in `Surplus.groups`) they are; `distance_m` is the nearest
    home's, else the lender's. `staying` is who of the surplus stays behind though it fits: `too_far` live beyond
    how far they go, `too_few` are more than are asked for.
    """

    surplus_id: Id
    shortage_id: Id
    policy: str
    score: Score
    people: int
    by_homes: tuple[tuple[int, int], ...]
    distance_m: int | None
    hindrances: tuple[Hindrance, ...] = ()
    staying: Reasons = ()

    @property
    def possible(self) -> bool:
        return not self.hindrances


@dataclass(frozen=True, slots=True)
class Offers:
    """The best `k` in order; of `considered` pairs `hindered` fail some rule, `lacks` counts them by rule."""

    policy: str
    offers: tuple[Offer, ...]
    considered: int
    hindered: int
    lacks: Mapping[Lack, int]
