"""Rank workers for a shift, shifts for a worker, and explain one pair: exact, whole, in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from matching.errors import InvalidInput, check_integer
from matching.gates import refusals
from matching.model import Id, Shift, Worker
from matching.pair import Pair
from matching.policy import BY_DISTANCE_AND_TIME, Key, Policy
from matching.result import Code, Match, Ranking, Refusal, Score
from matching.score import score
from matching.span import minute_of

MAX_K = 10**9


def explain(worker: Worker, shift: Shift, policy: Policy, *, now: datetime) -> Match:
    """One pair with its score and every refusal; an ineligible pair keeps the score it would have."""
    pair = Pair(worker, shift, policy, minute_of(now))
    return _match(pair, score(pair), refusals(pair))


def rank(
    shift: Shift,
    workers: Iterable[Worker],
    policy: Policy,
    k: int,
    *,
    now: datetime,
    personalised: bool = True,
    with_refusals: bool = False,
) -> Ranking:
    """The best `k` workers for a shift; raises InvalidInput for a bad `k`, a naive `now`, equal ids."""
    minute = minute_of(now)
    pairs = [(worker.id, Pair(worker, shift, policy, minute)) for worker in workers]
    return _ranking(pairs, policy, k, personalised=personalised, with_refusals=with_refusals)


def recommend(
    worker: Worker,
    shifts: Iterable[Shift],
    policy: Policy,
    k: int,
    *,
    now: datetime,
    personalised: bool = True,
    with_refusals: bool = False,
) -> Ranking:
    """The best `k` shifts for a worker; raises as `rank` does."""
    minute = minute_of(now)
    pairs = [(shift.id, Pair(worker, shift, policy, minute)) for shift in shifts]
    return _ranking(pairs, policy, k, personalised=personalised, with_refusals=with_refusals)


def _ranking(
    pairs: Sequence[tuple[Id, Pair]], policy: Policy, k: int, *, personalised: bool, with_refusals: bool
) -> Ranking:
    check_integer("k", k, 0, MAX_K)
    if len({ranked for ranked, _ in pairs}) < len(pairs):
        raise InvalidInput("id", "duplicate_id")
    answers = [refusals(pair) for _, pair in pairs]
    refused = [(pair[0], noes) for pair, noes in zip(pairs, answers, strict=True) if noes]
    eligible = [pair for pair, noes in zip(pairs, answers, strict=True) if not noes]
    counts = Counter(refusal.code for _, noes in refused for refusal in noes)
    return Ranking(
        policy=policy.label,
        personalised=personalised,
        matches=_best(eligible, policy, k, personalised=personalised),
        considered=len(pairs),
        refused=len(refused),
        excluded={code: counts[code] for code in Code if counts[code]},
        refusals=dict(sorted(refused, key=lambda entry: entry[0])) if with_refusals else {},
    )


def _best(pairs: Iterable[tuple[Id, Pair]], policy: Policy, k: int, *, personalised: bool) -> tuple[Match, ...]:
    order = policy.order if personalised else BY_DISTANCE_AND_TIME
    scored = [(ranked, pair, score(pair) if personalised else Score()) for ranked, pair in pairs]
    scored.sort(key=lambda entry: _sort_key(order, *entry))
    return tuple(_match(pair, points, ()) for _, pair, points in scored[:k])


def _match(pair: Pair, points: Score, noes: tuple[Refusal, ...]) -> Match:
    return Match(pair.worker.id, pair.shift.id, pair.policy.label, points, pair.metres, noes)


SortValue = tuple[bool, int] | Id


def _sort_key(order: tuple[Key, ...], ranked: Id, pair: Pair, points: Score) -> tuple[SortValue, ...]:
    span = pair.shift.span
    values: dict[Key, SortValue] = {
        Key.SCORE: (False, -points.total),
        Key.DISTANCE: _unknown_last(pair.metres),
        Key.START: _unknown_last(span.start if span else None),
        Key.PUBLISHED: _unknown_last(pair.shift.published_at),
        Key.ID: ranked,
    }
    return tuple(values[key] for key in order)


def _unknown_last(value: int | None) -> SortValue:
    return (value is None, value or 0)
