"""One person of a lender's staff beside one shortage: the pair's reading, with days, age and lendings of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from matching.errors import InvalidInput
from matching.millionths import share
from matching.result import Facts, Measure, Score
from matching.score import part_of, summed
from matching.sharing.compare import Both, compare
from matching.sharing.model import Scope, Shortage, Surplus
from matching.sharing.policy import SharingPolicy
from matching.sharing.result import Hindrance, Lack, Mend, Offer, OwnLack

ORDER: tuple[Lack | OwnLack, ...] = (*Lack, *OwnLack)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be lent, as a surplus of one with one home.

    `days_off` are days that are not possible, `lent` spans (both ends counted) promised to other firms already,
    `adult_from` the first day of full age, None where nobody knows. Raises InvalidInput.
    """

    side: Surplus
    days_off: frozenset[date] = frozenset()
    lent: tuple[tuple[date, date], ...] = ()
    adult_from: date | None = None

    def __post_init__(self) -> None:
        if self.side.headcount != 1:
            raise InvalidInput("candidate.headcount", "out_of_range")


def consider(
    who: Candidate, shortage: Shortage, policy: SharingPolicy, *, today: date, adults_only: bool = False
) -> Offer:
    """The offer of `compare` with the days that are left of the person, and what only a person can be hindered by."""
    offer = compare(who.side, shortage, policy, today=today)
    both = Both(who.side, shortage, policy, Scope(), today)
    own = (*_too_few_days(who, both), *_not_of_age(who, both, adults_only=adults_only), *_lent(who, both))
    others = (each for each in offer.hindrances if each.code is not Lack.PERIOD)
    hindered = tuple(sorted((*others, *own), key=lambda each: ORDER.index(each.code)))
    score = _score(offer, who, both)
    if hindered:
        return replace(offer, score=score, hindrances=hindered, people=0, by_homes=(), staying=())
    return replace(offer, score=score)


def ranked(
    people: Iterable[Candidate], shortage: Shortage, policy: SharingPolicy, *, today: date, adults_only: bool = False
) -> list[Offer]:
    """Who can go first: fewest hindrances, best score, nearest home, id."""
    offers = [consider(each, shortage, policy, today=today, adults_only=adults_only) for each in people]
    return sorted(offers, key=_order)


def _order(offer: Offer) -> tuple[int, int, bool, int, str]:
    metres = offer.distance_m
    return len(offer.hindrances), -offer.score.total, metres is None, metres or 0, str(offer.surplus_id)


def _days(who: Candidate, both: Both) -> tuple[int, int]:
    """Days in common that are possible, and those that are not."""
    first, last, days = both.days()
    off = sum(first <= each <= last for each in who.days_off)
    return days - off, off


def _too_few_days(who: Candidate, both: Both) -> Iterator[Hindrance]:
    days, _ = _days(who, both)
    asked, least = both.asked_days(), both.least_days()
    if asked <= 0 or days < least:
        facts = {"days": max(0, days), "least_days": least, "asked_days": max(0, asked)}
        yield Hindrance(Lack.PERIOD, facts, Mend.MOVE_DAYS)


def _not_of_age(who: Candidate, both: Both, *, adults_only: bool) -> Iterator[Hindrance]:
    first, _, _ = both.days()
    if adults_only and (who.adult_from is None or who.adult_from > first):
        yield Hindrance(OwnLack.ADULTS_ONLY)


def _lent(who: Candidate, both: Both) -> Iterator[Hindrance]:
    first, last, _ = both.days()
    common = sorted((max(since, first), min(till, last)) for since, till in who.lent)
    for since, till in common:
        if since <= till:
            yield Hindrance(OwnLack.LENT_ALREADY, {"first": since, "last": till})
            return


def _score(offer: Offer, who: Candidate, both: Both) -> Score:
    """The parts, with the period counted in days that are possible."""
    days, off = _days(who, both)
    if not off:
        return offer.score
    first, last, _ = both.days()
    facts: Facts = {"first": first, "last": last, "days": days, "asked_days": both.asked_days(), "days_off": off}
    measure = Measure(share(max(0, days), both.asked_days()), "days_off", facts)
    own = part_of("period", measure, both.policy.weights.period)
    return summed(own if each.name == "period" else each for each in offer.score.parts)
