"""What a borrower reads of the way from the homes of a lender's people: too little to tell the districts."""

from __future__ import annotations

from dataclasses import replace

from matching.result import Facts, Measure, Part
from matching.score import part_of, summed
from matching.sharing import Hindrance, Lack, Offer

BAND_M = 5_000
STEP = 200_000  # of the worth of the way, in millionths
FULL = 1_000_000


def coarse(offer: Offer) -> Offer:
    """The same offer with ways in bands of 5 km, the worth of the way in fifths, and without how far people go."""
    return replace(
        offer,
        score=summed(_part(each) for each in offer.score.parts),
        distance_m=None if offer.distance_m is None else band(offer.distance_m),
        hindrances=tuple(_hindrance(each) for each in offer.hindrances),
    )


def band(metres: int) -> int:
    """Rounded up to 5 km, one band at the least."""
    return max(1, -(-metres // BAND_M)) * BAND_M


def coarse_order(offer: Offer) -> tuple[int, int, int, bool, int, str, str]:
    """The order of what is told, so that places in a list tell no more: hindrances, score, people, way, id."""
    metres = offer.distance_m
    ids = str(offer.surplus_id), str(offer.shortage_id)
    return len(offer.hindrances), -offer.score.total, -offer.people, metres is None, metres or 0, *ids


def _part(part: Part) -> Part:
    if part.name != "home":
        return part
    value = min(FULL, (part.value + STEP // 2) // STEP * STEP)
    farthest = part.facts.get("farthest_m")
    if not isinstance(farthest, int):
        return part_of(part.name, Measure(value, part.reason, part.facts), part.weight)
    facts: Facts = {"within_m": band(farthest)}
    return part_of(part.name, Measure(value, "within", facts), part.weight)


def _hindrance(hindrance: Hindrance) -> Hindrance:
    if hindrance.code is not Lack.OUT_OF_REACH:
        return hindrance
    distance = hindrance.facts["distance_m"]
    return replace(hindrance, facts={"within_m": band(distance)} if isinstance(distance, int) else {})
