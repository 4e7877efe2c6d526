"""Without a compiler: NumPy leaves out who certainly fails or scores too low, the oracle judges the rest.

No match is decided here. A column refuses what the rule would refuse; a row it cannot settle (bookings in the
way, exceptions, papers, a distance within a hair of a limit) goes to the oracle, and so do all that may win.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from matching.distance import EARTH_RADIUS_M, NOISE_M
from matching.gates import refusals
from matching.model import Shift, WeekWindow, Worker
from matching.pair import Pair
from matching.policy import Key, Policy
from matching.pool.compiled import Array
from matching.pool.layout import (
    ADULTS_ONLY,
    BIT,
    BLOCKED_PAIR,
    CODES,
    INLINE_BOOKINGS,
    IRREGULAR,
    NOT_FREE,
    OUT_OF_REACH,
    PLACED,
    RAGGED,
    SKILLS,
    UNDER_AGE,
    UNKNOWN_M,
)
from matching.pool.plain_skill import lacks, skill_values
from matching.pool.policy import order_of, points_of
from matching.pool.store import PeopleRows
from matching.pool.survey import BY_HOUR, SEVERAL, Survey, Variant
from matching.rank import rank
from matching.result import Code, Ranking
from matching.schedule import week_spans
from matching.span import minute_of

HAIR_M = 1e-3  # far more than two libraries' sines can differ by
BUCKET_M = 100
BATCH = 64
RADIANS = np.pi / 180_000_000
FOR_ALL = (Code.CLOSED, Code.FULL, Code.BEGUN)
FOR_THE_PLAIN = (Code.CERTIFICATES, Code.PART_TIME_WEEK, Code.PART_TIME_DAY)  # the same for all who hold nothing
EVERY_HOUR = tuple(WeekWindow(day, 0, 1440) for day in range(7))


@dataclass(frozen=True, slots=True)
class Sieve:
    """Live slots with the gates they certainly fail, whether that is all there is to say, and the least metres."""

    slots: Array
    bits: Array
    sure: Array
    metres: Array


def rank_plainly(
    rows: PeopleRows, shift: Shift, policy: Policy, k: int, *, now: datetime, personalised: bool, counts: bool
) -> Ranking:
    """`matching.rank` over the rows: the same matches, and with `counts` the same counts."""
    pair = Pair(_probe(), shift, policy, minute_of(now))
    sieve = sift_rows(rows, pair)
    matches = _winners(rows, sieve, pair, k, now=now, personalised=personalised)
    refused, excluded = _counts(rows, sieve, pair, now) if counts else (0, {})
    return Ranking(
        policy=policy.label,
        personalised=personalised,
        matches=matches.matches,
        considered=rows.count,
        refused=refused,
        excluded=excluded,
    )


def sift_rows(rows: PeopleRows, pair: Pair) -> Sieve:
    """The column tests of one shift; `pair.worker` is the probe of `_probe`."""
    slots = rows.live_slots()
    hot, cold = rows.hot[slots], rows.cold[slots]
    gates = sum(BIT[code] for code in pair.policy.gates)
    bits = np.zeros(len(slots), np.int64)
    failed = {refusal.code for refusal in refusals(pair)}
    simple = cold["detail"] < 0
    bits |= sum(BIT[code] for code in FOR_ALL if code in failed)
    bits[simple] |= sum(BIT[code] for code in FOR_THE_PLAIN if code in failed)
    bits[pair.today.toordinal() < cold["introducible"]] |= UNDER_AGE
    if pair.shift.adult_only:
        bits[pair.work_days[0].toordinal() < cold["adult"]] |= ADULTS_ONLY
    blocked = [rows.ids.find(each) for each in pair.shift.blocked_workers]
    bits[np.isin(slots, blocked)] |= BLOCKED_PAIR
    bits[lacks(rows, slots, pair.shift, pair.policy)] |= SKILLS
    metres, near_limit = _reach(hot, pair, bits)
    settled = _time(hot, pair, bits)
    return Sieve(slots, bits & gates, simple & settled & ~near_limit, metres)


def masks(rows: PeopleRows, shift: Shift, policy: Policy, now: datetime) -> tuple[Array, Array]:
    """(live slots, bits of every gate failed), the unsettled ones by the oracle."""
    pair = Pair(_probe(), shift, policy, minute_of(now))
    sieve = sift_rows(rows, pair)
    bits = sieve.bits.astype(np.uint32)
    for place in np.flatnonzero(~sieve.sure):
        worker = rows.worker_at(int(sieve.slots[place]))
        found = refusals(Pair(worker, shift, policy, minute_of(now)))
        bits[place] = sum(BIT[refusal.code] for refusal in found)
    return sieve.slots, bits


def survey_plainly(
    rows: PeopleRows, shift: Shift, variants: Sequence[Variant], policy: Policy, now: datetime
) -> Survey:
    """`survey` by one look at everybody for the shift and one for each variant."""
    slots, found = masks(rows, shift, policy, now)
    several = (found & (found - np.uint32(1)) > 0) & (found & ~np.uint32(BY_HOUR) > 0)
    bits = np.full(rows.size, SEVERAL, np.uint32)
    bits[slots] = np.where(several, SEVERAL, found)
    sets = np.bincount(found[~several], minlength=1 << len(CODES))
    taken = []
    for each in variants:
        turned = found & ~np.uint32(each.turned) == 0
        after = masks(rows, each.shift, policy, now)[1]
        taken.append(int(np.count_nonzero(after[turned] == 0)))
    return Survey(rows.count, bits, sets, taken)


def _probe() -> Worker:
    """Somebody free, grown up and nowhere, who holds nothing."""
    day = date.min
    return Worker(id=0, introducible_from=day, adult_from=day, weekly=EVERY_HOUR)  # type: ignore[arg-type]


def _reach(hot: Array, pair: Pair, bits: Array) -> tuple[Array, Array]:
    """(metres at least, whether the limit is too near to tell); sets OUT_OF_REACH where it is certain."""
    point, count = pair.shift.meeting_point, len(hot)
    if pair.shift.remote:
        return np.zeros(count, np.int64), np.zeros(count, bool)
    placed = (hot["flags"] & PLACED) > 0
    if point is None:
        return np.full(count, UNKNOWN_M), np.zeros(count, bool)
    lat, lon = hot["lat"] * RADIANS, hot["lon"] * RADIANS
    north = np.sin((point.lat_e6 * RADIANS - lat) / 2)
    east = np.sin((point.lon_e6 * RADIANS - lon) / 2)
    chord = north * north + np.cos(lat) * np.cos(point.lat_e6 * RADIANS) * east * east
    way = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord))) - NOISE_M
    limit = hot["radius"].astype(np.int64)
    if pair.shift.radius_limit_m is not None:
        limit = np.minimum(limit, pair.shift.radius_limit_m)
    bits[placed & (way > limit + HAIR_M)] |= OUT_OF_REACH
    near_limit = placed & (np.abs(way - limit) <= HAIR_M)
    least = np.maximum(0, np.floor(way - HAIR_M)).astype(np.int64)
    return np.where(placed, least, UNKNOWN_M), near_limit


def _time(hot: Array, pair: Pair, bits: Array) -> Array:
    """Whether hour bits tell the time; sets NOT_FREE for those who have too little of it."""
    cover, shift = pair.cover, pair.shift
    if not cover.asked:
        return np.ones(len(hot), bool)
    settled = (hot["flags"] & (IRREGULAR if shift.span else RAGGED)) == 0
    if cover.window:
        for place in range(INLINE_BOOKINGS):
            settled &= ~((hot[f"s{place}"] < cover.window.end) & (hot[f"e{place}"] > cover.window.start))
    free = np.zeros(len(hot), np.int64)
    for hour, minutes in _hours(pair).items():
        word, bit = divmod(hour, 64)
        free += (hot[f"w{word}"] >> bit & 1) * minutes
    short = np.minimum(free, cover.asked) * 1000 < cover.asked * pair.policy.schedule_floor
    bits[settled & short] |= NOT_FREE
    return np.asarray(settled)


def _hours(pair: Pair) -> Counter[int]:
    """Minutes asked for in each hour of the local week."""
    window = pair.cover.window
    if window:
        move = 3 * 1440 + pair.policy.utc_offset
        spans = [(window.start + move, window.end + move)]
    else:
        spans = [(span.start, span.end) for span in week_spans(pair.shift.pattern)]
    hours: Counter[int] = Counter()
    for start, end in spans:
        for hour in range(start // 60, (end - 1) // 60 + 1):
            hours[hour % 168] += min(end, hour * 60 + 60) - max(start, hour * 60)
    return hours


def _winners(rows: PeopleRows, sieve: Sieve, pair: Pair, k: int, *, now: datetime, personalised: bool) -> Ranking:
    """The oracle's ranking of those who may be among the first `k`, taken by falling bound until none is left."""
    shift, policy = pair.shift, pair.policy
    order = order_of(policy, personalised=personalised, several=False)
    left = np.flatnonzero(sieve.bits == 0)
    bound = _bounds(rows, sieve, left, pair, order[0] if order else Key.ID)
    turn = np.argsort(bound, kind="stable")
    best: list[Worker] = []
    found = rank(shift, best, policy, k, now=now, personalised=personalised)
    for first in range(0, len(turn), BATCH):
        if len(found.matches) == k and (k == 0 or bound[turn[first]] > _key(found, order)):
            break
        batch = [rows.worker_at(int(sieve.slots[left[place]])) for place in turn[first : first + BATCH]]
        there = {worker.id: worker for worker in (*best, *batch)}
        found = rank(shift, there.values(), policy, k, now=now, personalised=personalised)
        best = [there[match.worker_id] for match in found.matches]
    return found


def _key(found: Ranking, order: tuple[Key, ...]) -> int:
    """The first sort key of the last match."""
    last = found.matches[-1]
    if not order:
        return 0
    if order[0] is Key.SCORE:
        return -last.score.total
    return UNKNOWN_M if last.distance_m is None else last.distance_m


def _bounds(rows: PeopleRows, sieve: Sieve, left: Array, pair: Pair, first: Key) -> Array:
    """The least first sort key that each row left can have."""
    if first is Key.DISTANCE:
        return sieve.metres[left]
    if first is not Key.SCORE:
        return np.zeros(len(left), np.int64)
    weights, policy, slots = pair.policy.weights, pair.policy, sieve.slots[left]
    rel = rows.hot["rel"][slots].astype(np.int64)
    known = np.where(rel < 0, policy.reliability.baseline, rel) * 1000
    most = points_of(weights.skill, skill_values(rows, slots, pair.shift, policy))
    most = most + points_of(weights.reliability, known) + _way_points(rows, slots, sieve.metres[left], pair)
    others = ("schedule", "spare_before", "spare_after", "employer", "pay", "freshness", "priority")
    most += sum(getattr(weights, name) for name in others)
    return np.asarray(-most)


def _way_points(rows: PeopleRows, slots: Array, metres: Array, pair: Pair) -> Array:
    """Most points of the way, from the curve at each hundred metres."""
    weight = pair.policy.weights.distance
    if pair.shift.remote:
        return np.full(len(slots), weight)
    widest = int(rows.hot["radius"].max(initial=0))
    limit = widest if pair.shift.radius_limit_m is None else min(widest, pair.shift.radius_limit_m)
    buckets, place = np.unique(metres // BUCKET_M, return_inverse=True)
    curve, unknown = pair.policy.distance, UNKNOWN_M // BUCKET_M
    worth = [0 if each >= unknown else curve.worth(int(each) * BUCKET_M, limit) for each in buckets]
    return points_of(weight, np.array(worth, np.int64)[place])


def _counts(rows: PeopleRows, sieve: Sieve, pair: Pair, now: datetime) -> tuple[int, dict[Code, int]]:
    """Refused pairs and pairs per code; the unsettled rows by the oracle."""
    sure = sieve.bits[sieve.sure]
    unsettled = [rows.worker_at(int(slot)) for slot in sieve.slots[~sieve.sure]]
    rest = rank(pair.shift, unsettled, pair.policy, 0, now=now)
    counts = Counter(rest.excluded)
    for place, code in enumerate(CODES):
        counts[code] += int((sure >> place & 1).sum())
    return rest.refused + int((sure > 0).sum()), {code: counts[code] for code in Code if counts[code]}
