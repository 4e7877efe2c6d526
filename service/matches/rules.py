"""Who may see what of a ranking: an employer nothing that is the worker's, nobody the other side's block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from matching import Code, Match, Part, Policy, Refusal, Remedy, Score

Viewer = Literal["employer", "worker", "officer"]
NOT_AVAILABLE = "not_available"  # stands for whatever is not the viewer's business
WORKERS_OWN = frozenset({Code.UNDER_AGE, Code.ADULTS_ONLY, Code.NOT_FREE, Code.BOOKED})
COARSE_M = 100
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


def see(match: Match, viewer: Viewer, policy: Policy, *, scored: bool = True) -> Seen:
    """A pair for a viewer. Employers get the way to the nearest 100 m, everywhere it could be read from."""
    shown = shown_refusals(match.refusals, viewer)
    if viewer != "employer":
        return Seen(match.score if scored else None, match.distance_m, shown)
    hidden = any(refusal.code == NOT_AVAILABLE for refusal in shown)
    score = None if hidden or not scored else coarse_score(match.score, policy)
    return Seen(score, coarse(match.distance_m), shown)


def shown_refusals(refusals: Iterable[Refusal], viewer: Viewer) -> tuple[Shown, ...]:
    """The refusals that a viewer may see; all the others together are one «not available»."""
    seen = [_shown(refusal, viewer) for refusal in refusals]
    known = [shown for shown in seen if shown is not None]
    return (*known, Shown(NOT_AVAILABLE)) if len(known) < len(seen) else tuple(known)


def shown_counts(refusals: Iterable[tuple[Refusal, ...]], viewer: Viewer, farther: int) -> dict[str, int]:
    """How many pairs each visible code refuses; the `farther` ones are refused for their distance alone."""
    counts: Counter[str] = Counter()
    for noes in refusals:
        counts.update({shown.code for shown in shown_refusals(noes, viewer)})
    counts[Code.OUT_OF_REACH] += farther
    return {code: counts[code] for code in (*Code, NOT_AVAILABLE) if counts[code]}


def nearest_misses(
    refused: Mapping[UUID, tuple[Refusal, ...]], viewer: Viewer, most: int
) -> list[tuple[UUID, tuple[Shown, ...]]]:
    """The first `most` refused ones: those whom the fewest visible reasons keep out, those with a remedy first."""
    seen = [(key, shown_refusals(noes, viewer)) for key, noes in refused.items()]
    seen.sort(key=lambda entry: (len(entry[1]), sum(shown.remedy is None for shown in entry[1]), entry[0]))
    return seen[:most]


def coarse(metres: int | None) -> int | None:
    """To the nearest 100 m, so that a home cannot be told from a few distances."""
    return None if metres is None else (metres + COARSE_M // 2) // COARSE_M * COARSE_M


def coarse_score(score: Score, policy: Policy) -> Score:
    """The score that the coarse distance would have: the exact one would give the exact way away.

    The order of a ranking is by the exact score; among people within 100 m of one another the totals shown
    may therefore be out of order by a little.
    """
    parts = tuple(_coarse_part(part, policy) if part.name == "distance" else part for part in score.parts)
    return Score(sum(part.points for part in parts), parts)


def _coarse_part(part: Part, policy: Policy) -> Part:
    metres, limit = part.facts.get("distance_m"), part.facts.get("limit_m")
    if not isinstance(metres, int) or not isinstance(limit, int):
        return part
    rounded = coarse(metres) or 0
    value = policy.distance.worth(rounded, limit)
    points = (2 * part.weight * value + 1_000_000) // 2_000_000  # half up, once, as the library does
    return replace(part, value=value, points=points, facts={"distance_m": rounded, "limit_m": limit})


def _shown(refusal: Refusal, viewer: Viewer) -> Shown | None:
    """One refusal, or None where it is not this viewer's business."""
    facts = {name: fact for name, fact in refusal.facts.items() if name not in HIDDEN_FACTS}
    if refusal.code is Code.BLOCKED_PAIR:
        return _block(facts, viewer)
    if viewer == "employer":
        if refusal.code in WORKERS_OWN:
            return None
        if refusal.code is Code.OUT_OF_REACH:
            return _coarse_reach(facts)
    if viewer == "officer":
        facts = {name: fact for name, fact in facts.items() if name not in ELSEWHERE}
    return Shown(refusal.code.value, facts, refusal.remedy)


def _block(facts: Mapping[str, object], viewer: Viewer) -> Shown | None:
    if viewer == "officer":
        return Shown(Code.BLOCKED_PAIR.value)
    own = f"by_{viewer}"
    return Shown(Code.BLOCKED_PAIR.value, {own: True}) if facts.get(own) else None


def _coarse_reach(facts: Mapping[str, object]) -> Shown:
    metres, limit, job = facts["distance_m"], facts["limit_m"], facts["job_limit_m"]
    rounded = (coarse(metres) or 0) if isinstance(metres, int) else 0
    return Shown(Code.OUT_OF_REACH.value, {"distance_m": rounded, "limit_m": limit, "job_limit_m": job})
