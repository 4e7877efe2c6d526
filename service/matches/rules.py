"""Who may see what of a ranking: an employer nothing that is the worker's, nobody the other side's block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from matching import Code, Match, Refusal, Remedy, Score

Viewer = Literal["employer", "worker", "officer"]
NOT_AVAILABLE = "not_available"  # stands for whatever is not the viewer's business
WORKERS_OWN = frozenset({Code.UNDER_AGE, Code.ADULTS_ONLY, Code.NOT_FREE, Code.BOOKED})
HIDDEN = frozenset(code.value for code in (*WORKERS_OWN, Code.BLOCKED_PAIR))  # from employers, in counts
STEP = 5  # people: counts for employers (docs/decisions/0018)
HIDDEN_FACTS = {"posting_id"}  # the answer names the posting itself
ELSEWHERE = {"shift_id"}  # another employer's shift: the worker's own business


@dataclass(frozen=True, slots=True)
class Shown:
    """One refusal as a viewer sees it; `facts` and `remedy` only where they are the viewer's business."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One pair as a viewer sees it; no score where one would tell what a hidden refusal hides."""

    score: Score | None
    distance_m: int | None
    refusals: tuple[Shown, ...]


def measured_in_cells(viewer: Viewer) -> bool:
    """Whether ways begin in the middle of a cell (about 1 km) instead of at the person's own point.

    So is every list, for officers too: there is one pool of people. An officer who asks about one person is told the
    exact way. Rounding the answers instead would not do: an employer may post in any number of places, and the rounded
    distances from enough of them meet in one house.
    """
    return viewer == "employer"


def see(match: Match, viewer: Viewer, *, scored: bool = True) -> Seen:
    """A pair for a viewer; an employer's has been measured from a cell (`measured_in_cells`)."""
    if not match.refusals:
        return Seen(match.score if scored else None, match.distance_m, ())
    shown = shown_refusals(match.refusals, viewer)
    hidden = viewer == "employer" and any(refusal.code == NOT_AVAILABLE for refusal in shown)
    return Seen(None if hidden or not scored else match.score, match.distance_m, shown)


def shown_refusals(refusals: Iterable[Refusal], viewer: Viewer) -> tuple[Shown, ...]:
    """The refusals that a viewer may see; for an employer all the others together are one «not available». A worker
    is kept from nothing but a block of the other side, which a word of its own would tell."""
    seen = [_shown(refusal, viewer) for refusal in refusals]
    known = [shown for shown in seen if shown is not None]
    hidden = len(known) < len(seen) and viewer != "worker"
    return (*known, Shown(NOT_AVAILABLE)) if hidden else tuple(known)


def shown_counts(refusals: Iterable[tuple[Refusal, ...]], viewer: Viewer, farther: int) -> dict[str, int]:
    """How many pairs each visible code refuses; the `farther` ones are refused for their distance alone."""
    counts: Counter[str] = Counter()
    for noes in refusals:
        counts.update({shown.code for shown in shown_refusals(noes, viewer)})
    counts[Code.OUT_OF_REACH] += farther
    return {code: counts[code] for code in (*Code, NOT_AVAILABLE) if counts[code]}


def in_steps(people: int) -> int | None:
    """A count of people as an employer is told it; nothing below five, not even whether there is anybody."""
    return people // STEP * STEP or None


def nearest_misses(
    refused: Mapping[UUID, tuple[Refusal, ...]], viewer: Viewer, most: int
) -> list[tuple[UUID, tuple[Shown, ...]]]:
    """The first `most` refused ones: those whom the fewest visible reasons keep out, those with a remedy first."""
    seen = [(key, shown_refusals(noes, viewer)) for key, noes in refused.items()]
    seen.sort(key=lambda entry: (len(entry[1]), sum(shown.remedy is None for shown in entry[1]), entry[0]))
    return seen[:most]


def _shown(refusal: Refusal, viewer: Viewer) -> Shown | None:
    """One refusal, or None where it is not this viewer's business."""
    facts = {name: fact for name, fact in refusal.facts.items() if name not in HIDDEN_FACTS}
    if refusal.code is Code.BLOCKED_PAIR:
        return _block(facts, viewer)
    if viewer == "employer":
        if refusal.code in WORKERS_OWN:
            return None
        if refusal.code is Code.OUT_OF_REACH:
            return Shown(refusal.code.value, facts)  # how far the worker would go is his own to change
    if viewer == "officer":
        facts = {name: fact for name, fact in facts.items() if name not in ELSEWHERE}
    return Shown(refusal.code.value, facts, refusal.remedy)


def _block(facts: Mapping[str, object], viewer: Viewer) -> Shown | None:
    if viewer == "officer":
        return Shown(Code.BLOCKED_PAIR.value)
    own = f"by_{viewer}"
    return Shown(Code.BLOCKED_PAIR.value, {own: True}) if facts.get(own) else None
