"""One surplus beside one shortage, rule by rule: the reading that everything faster has to agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from matching.distance import Point, haversine_metres
from matching.millionths import FULL, divide, share
from matching.result import Facts, Measure, Score
from matching.score import part_of, summed
from matching.sharing.model import Scope, Shortage, Surplus
from matching.sharing.policy import FARTHEST_M, SharingPolicy
from matching.sharing.result import Hindrance, Lack, Left, Mend, Offer, Reasons
from matching.sharing.trades import trade_worth


@dataclass(frozen=True, slots=True)
class Both:
    """A surplus, a shortage, and what they are compared under."""

    surplus: Surplus
    shortage: Shortage
    policy: SharingPolicy
    scope: Scope
    today: date

    def days(self) -> tuple[date, date, int]:
        """First and last day that are in both and not over, and how many there are (0 or fewer: none)."""
        first = max(self.surplus.first, self.shortage.first, self.today)
        last = min(self.surplus.last, self.shortage.last)
        return first, last, (last - first).days + 1

    def asked_days(self) -> int:
        """Days of the shortage that are not over."""
        return (self.shortage.last - max(self.shortage.first, self.today)).days + 1

    def least_days(self) -> int:
        """How many days there have to be for both; of a shortage that has begun no more than are left."""
        asked = self.asked_days()
        least = asked if self.shortage.least_days is None else min(asked, self.shortage.least_days)
        return max(least, self.surplus.least_days)


@dataclass(frozen=True, slots=True)
class Group:
    """People who live together: position among the groups, how many, metres (None: unknown), worth in millionths;
    `at_home` where the way is from home, not from the lender's place because nobody knows the home."""

    at: int
    people: int
    metres: int | None
    value: int
    reached: bool
    at_home: bool = True


def groups_of(surplus: Surplus, shortage: Shortage, policy: SharingPolicy) -> list[Group]:
    """The way of everybody from home, or from the lender's place where the home is unknown."""
    found = []
    for at, homes in enumerate(surplus.groups):
        metres = _metres(homes.point or surplus.point, shortage.point)
        value = 0 if metres is None else policy.home.worth(metres, surplus.radius_m)
        reached = metres is None or shortage.reach_free or metres <= surplus.radius_m
        found.append(Group(at, homes.people, metres, value, reached, homes.point is not None))
    return found


def _metres(one: Point | None, other: Point | None) -> int | None:
    return None if one is None or other is None else haversine_metres(one, other)


# -- rules ---------------------------------------------------------------------------------------------------


def closed(both: Both) -> Facts | None:
    sides = tuple(
        name
        for name, side in (("surplus", both.surplus), ("shortage", both.shortage))
        if not side.is_open or side.headcount == 0
    )
    return {"sides": sides} if sides else None


def same_firm(both: Both) -> Facts | None:
    return {} if both.surplus.firm == both.shortage.firm else None


def blocked_firm(both: Both) -> Facts | None:
    by_lender = both.shortage.firm in both.surplus.blocked_firms
    by_borrower = both.surplus.firm in both.shortage.blocked_firms
    return {"by_lender": by_lender, "by_borrower": by_borrower} if by_lender or by_borrower else None


def trade(both: Both) -> Facts | None:
    value, how = trade_worth(both.surplus, both.shortage, both.policy.skill)
    floor = both.policy.trade_floor
    return {"worth": value, "floor": floor, "how": how} if value < floor else None


def period(both: Both) -> Facts | None:
    _, _, days = both.days()
    least = both.least_days()
    if both.asked_days() > 0 and days >= least:
        return None
    return {"days": max(0, days), "least_days": least, "asked_days": max(0, both.asked_days())}


def pay(both: Both) -> Facts | None:
    offered, asked = both.shortage.pay_fen, both.surplus.pay_fen
    if offered is None or asked is None or offered >= asked:
        return None
    return {"offered_fen": offered, "asked_fen": asked, "by_fen": asked - offered}


def needs(both: Both) -> Facts | None:
    missing = tuple(sorted(both.surplus.needs - both.shortage.offers))
    return {"missing": missing} if missing else None


def asks(both: Both) -> Facts | None:
    missing = tuple(sorted(both.shortage.asks - both.surplus.accepts))
    return {"missing": missing} if missing else None


def other_region(both: Both) -> Facts | None:
    lent, short = both.surplus, both.shortage
    if lent.region == short.region:
        return None
    shut = {
        "scope": not both.scope.cross_region,
        "lender": not lent.leaves_region,
        "borrower": not short.takes_from_elsewhere,
    }
    return shut if any(shut.values()) else None


def other_season(both: Both) -> Facts | None:
    season = both.scope.season
    if season is None or season in (both.surplus.season, both.shortage.season):
        return None
    return {"season": season}


def both_guests(both: Both) -> Facts | None:
    return {} if both.surplus.is_guest and both.shortage.is_guest else None


def out_of_reach(both: Both) -> Facts | None:
    found = groups_of(both.surplus, both.shortage, both.policy)
    if not found or any(each.reached for each in found):
        return None
    nearest = min(each.metres for each in found if each.metres is not None)
    radius = both.surplus.radius_m
    return {"distance_m": nearest, "radius_m": radius, "beyond_m": nearest - radius}


RULES: tuple[tuple[Lack, Callable[[Both], Facts | None], Mend | None], ...] = (
    (Lack.CLOSED, closed, None),
    (Lack.SAME_FIRM, same_firm, None),
    (Lack.BLOCKED_FIRM, blocked_firm, None),
    (Lack.TRADE, trade, None),
    (Lack.PERIOD, period, Mend.MOVE_DAYS),
    (Lack.PAY, pay, Mend.RAISE_PAY),
    (Lack.NEEDS, needs, Mend.OFFER),
    (Lack.ASKS, asks, Mend.ASK_LESS),
    (Lack.OTHER_REGION, other_region, Mend.OPEN_REGIONS),
    (Lack.OTHER_SEASON, other_season, None),
    (Lack.BOTH_GUESTS, both_guests, None),
    (Lack.OUT_OF_REACH, out_of_reach, Mend.BRING_OR_HOUSE),
)


def hindrances(both: Both) -> Iterator[Hindrance]:
    """Every rule that says no."""
    for code, rule, mend in RULES:
        facts = rule(both)
        if facts is not None:
            yield Hindrance(code, facts, mend)


# -- measures ------------------------------------------------------------------------------------------------


def trade_measure(both: Both) -> Measure:
    value, how = trade_worth(both.surplus, both.shortage, both.policy.skill)
    return Measure(value * 1000, how)


def lender_measure(both: Both) -> Measure:
    metres = _metres(both.surplus.point, both.shortage.point)
    if metres is None:
        return Measure(0, "unknown")
    return Measure(both.policy.lender.worth(metres, FARTHEST_M), "way", {"distance_m": metres})


def period_measure(both: Both) -> Measure:
    first, last, days = both.days()
    asked = both.asked_days()
    if days <= 0 or asked <= 0:
        return Measure(0, "no_day")
    return Measure(share(days, asked), "days", {"first": first, "last": last, "days": days, "asked_days": asked})


def pay_measure(both: Both) -> Measure:
    """Pay above what is asked, up to `pay_top`; nothing asked is worth all, nothing offered nothing."""
    offered, asked = both.shortage.pay_fen, both.surplus.pay_fen
    if not asked:
        return Measure(FULL, "nothing_asked")
    if offered is None:
        return Measure(0, "unknown")
    more = max(0, offered - asked)
    return Measure(share(more * 1000, asked * both.policy.pay_top), "pay", {"offered_fen": offered, "asked_fen": asked})


def conditions_measure(both: Both) -> Measure:
    """The wishes that are offered."""
    wished = both.surplus.wishes
    if not wished:
        return Measure(FULL, "nothing_wished")
    met = wished & both.shortage.offers
    return Measure(share(len(met), len(wished)), "wishes" if met else "none_met", {"met": tuple(sorted(met))})


def home_measure(taken: list[tuple[Group, int]]) -> Measure:
    """The mean over everybody who goes; who has no known home counts from the lender's place, and is told so."""
    people = sum(count for _, count in taken)
    if not people:
        return Measure(0, "nobody")
    value = divide(sum(group.value * count for group, count in taken), people)
    homes = [group.metres for group, _ in taken if group.at_home and group.metres is not None]
    firm = [group.metres for group, _ in taken if not group.at_home and group.metres is not None]
    if not homes:
        return Measure(value, "from_firm", {"distance_m": firm[0]}) if firm else Measure(value, "unknown")
    facts: Facts = {"nearest_m": min(homes), "farthest_m": max(homes)}
    rest = sum(count for group, count in taken if not group.at_home)
    return Measure(value, "partly", {**facts, "people": rest}) if rest else Measure(value, "way", facts)


# -- both together -------------------------------------------------------------------------------------------


def take(found: list[Group], most: int) -> list[tuple[Group, int]]:
    """At most so many people, those with the best way first."""
    taken, left = [], most
    for group in sorted((each for each in found if each.reached), key=lambda each: (-each.value, each.at)):
        count = min(left, group.people)
        if count:
            taken.append((group, count))
            left -= count
    return taken


def compare(
    surplus: Surplus, shortage: Shortage, policy: SharingPolicy, scope: Scope | None = None, *, today: date
) -> Offer:
    """The score of everybody who can go, every hindrance, and how many they are; of a hindered pair the score that it
    would have, with nobody going."""
    both = Both(surplus, shortage, policy, scope or Scope(), today)
    hindered = tuple(hindrances(both))
    found = groups_of(surplus, shortage, policy)
    taken = take(found, min(surplus.headcount, shortage.headcount))
    going = sum(count for _, count in taken)
    return Offer(
        surplus.id, shortage.id, policy.label, _score(both, taken),
        0 if hindered else going,
        () if hindered else tuple(sorted((group.at, count) for group, count in taken)),
        nearest_metres(found, _metres(surplus.point, shortage.point)),
        hindered,
        () if hindered else _staying(found, going),
    )  # fmt: skip


def explain(
    surplus: Surplus,
    shortage: Shortage,
    by_homes: Iterable[tuple[int, int]],
    policy: SharingPolicy,
    scope: Scope | None = None,
    *,
    today: date,
) -> Offer:
    """The offer of exactly these people, of two that go together: so many of each group of homes, as a plan has it."""
    found = {group.at: group for group in groups_of(surplus, shortage, policy)}
    taken = [(found[at], count) for at, count in sorted(by_homes)]
    score = _score(Both(surplus, shortage, policy, scope or Scope(), today), taken)
    nearest = nearest_metres([group for group, _ in taken], _metres(surplus.point, shortage.point))
    going = tuple((group.at, count) for group, count in taken)
    return Offer(
        surplus.id, shortage.id, policy.label, score, sum(count for _, count in taken), going, nearest
    )  # fmt: skip


def _score(both: Both, taken: list[tuple[Group, int]]) -> Score:
    weights = both.policy.weights
    measured = (
        ("trade", trade_measure(both), weights.trade),
        ("home", home_measure(taken), weights.home),
        ("lender", lender_measure(both), weights.lender),
        ("period", period_measure(both), weights.period),
        ("pay", pay_measure(both), weights.pay),
        ("conditions", conditions_measure(both), weights.conditions),
    )
    return summed(part_of(name, measure, weight) for name, measure, weight in measured if weight)


def _staying(found: list[Group], going: int) -> Reasons:
    """Who cannot come so far, and who is more than are asked for."""
    reached = sum(each.people for each in found if each.reached)
    far = sum(each.people for each in found) - reached
    return tuple((code, count) for code, count in ((Left.TOO_FAR, far), (Left.TOO_FEW, reached - going)) if count)


def nearest_metres(found: list[Group], between: int | None) -> int | None:
    """The nearest home, else the lender's place."""
    known = [each.metres for each in found if each.metres is not None]
    return min(known) if known else between
