"""An independent, brute-force reading of matching/README.md, written without the library's functions.

Time is looked at quarter by quarter (markets made for it keep every boundary on one), fractions are
`Fraction`, the common subsequence is the textbook table. Only the plain values of `matching.model` and
the numbers of the policies as the README prints them are shared with the library.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from matching import Shift, SkillClaim, SkillNeed, Span, Worker

STEP = 15
FULL = 1_000_000
EPOCH = datetime(1970, 1, 1)  # local wall time, by adding eight hours below
PRODUCT_WEIGHTS: dict[str, Fraction | int] = {
    "skill": 45,
    "distance": 30,
    "schedule": 25,
    "reliability": 3,
    "employer": 3,
    "pay": 2,
    "freshness": 1,
    "priority": 5,
}
BENCH_WEIGHTS: dict[str, Fraction | int] = {
    "skill": 40,
    "distance": 25,
    "spare_before": Fraction(15, 2),
    "spare_after": Fraction(15, 2),
    "reliability": 20,
}


def half_up(x: Fraction) -> int:
    return math.floor(x + Fraction(1, 2))


def millionths(x: Fraction) -> int:
    return min(FULL, half_up(x * FULL))


def local(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute + 480)


def quarters(span: Span) -> range:
    return range(span.start, span.end, STEP)


def inside(day: date, start: int, end: int, moment: datetime) -> bool:
    """Whether a window that begins on `day` holds the moment, past midnight included."""
    midnight = datetime(day.year, day.month, day.day)
    close = midnight + timedelta(minutes=end if end > start else end + 1440)
    return midnight + timedelta(minutes=start) <= moment < close


def is_available(worker: Worker, minute: int) -> bool:
    moment = local(minute)
    days = [moment.date(), moment.date() - timedelta(days=1)]
    weekly = any(
        w.weekday == day.weekday() and inside(day, w.start, w.end, moment) for w in worker.weekly or () for day in days
    )

    def excepted(free: bool) -> bool:
        return any(
            e.free is free and any(inside(e.day, a, b, moment) for a, b in e.windows or ((0, 1440),))
            for e in worker.exceptions
        )

    return (weekly or excepted(True)) and not excepted(False)


def is_waiting(worker: Worker, shift: Shift, minute: int) -> bool:
    if worker.waiting is None or not worker.waiting.span.start <= minute < worker.waiting.span.end:
        return False
    trades = worker.waiting.trades
    return not trades or (shift.trade is not None and any(near(t, shift.trade) >= 550 for t in trades))


def is_booked(worker: Worker, minute: int) -> bool:
    return any(b.span.start <= minute < b.span.end for b in worker.bookings)


@cache
def lcs(a: str, b: str) -> int:
    if not a or not b:
        return 0
    if a[-1] == b[-1]:
        return lcs(a[:-1], b[:-1]) + 1
    return max(lcs(a[:-1], b), lcs(a, b[:-1]))


def near(claim: SkillClaim, need: SkillNeed) -> int:
    found = [0]
    if claim.code and need.code:
        groups = list(zip(claim.code.split("-"), need.code.split("-"), strict=True))
        same = next((i for i, (x, y) in enumerate(groups) if x != y), 4)
        found.append({4: 1000, 3: 800, 2: 550}.get(same, 0))
    for name in need.names:
        if claim.name and name:
            likeness = 2000 * lcs(claim.name, name) // (len(claim.name) + len(name))
            found.append(likeness * 750 // 1000 if likeness >= 600 else 0)
    return max(found)


def worth(worker: Worker, need: SkillNeed) -> int:
    values = [0]
    for claim in worker.skills:
        short = max(0, need.min_level - (claim.level or 0))
        values.append(near(claim, need) - 100 * short - (0 if claim.verified else 50))
    return max(values)


def level(worker: Worker, need: SkillNeed) -> int | None:
    levels = [
        c.level or 0
        for c in worker.skills
        if (c.code == need.code if need.code else c.name != "" and c.name in need.names)
    ]
    return max(levels) if levels else None


def metres(worker: Worker, shift: Shift) -> int | None:
    a, b = worker.here or worker.home, shift.pickup or shift.point
    if shift.remote:
        return 0
    if a is None or b is None:
        return None
    lat1, lon1, lat2, lon2 = (math.radians(x / 1e6) for x in (a.lat_e6, a.lon_e6, b.lat_e6, b.lon_e6))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return max(0, math.ceil(2 * 6371008.7714150598 * math.asin(min(1, math.sqrt(h))) - 1e-6))


def limit(worker: Worker, shift: Shift) -> int:
    return min([worker.radius_m, *([] if shift.radius_limit_m is None else [shift.radius_limit_m])])


class Look:
    """One pair as the README describes it."""

    def __init__(self, worker: Worker, shift: Shift, now: int, *, bench: bool) -> None:
        self.worker, self.shift, self.now, self.bench = worker, shift, now, bench
        self.metres = metres(worker, shift)
        self.asked, self.unbooked, self.usable = self.time()

    def time(self) -> tuple[int, int, int]:
        worker, shift = self.worker, self.shift
        if shift.span is None:
            return self.week_time()
        length = shift.span.end - shift.span.start
        asked = min(length, shift.needed_minutes or length)
        begin = max(shift.span.start, min(self.now, shift.span.end - asked))
        unbooked = [m for m in range(begin, shift.span.end, STEP) if not is_booked(worker, m)]
        free = [m for m in unbooked if is_available(worker, m) or is_waiting(worker, shift, m)]
        return asked, STEP * len(unbooked), min(asked, STEP * len(free))

    def week_time(self) -> tuple[int, int, int]:
        def held(windows: Any, minute: int) -> bool:
            return any(
                0 <= (minute - w.weekday * 1440 - w.start) % 10080 < (w.end - w.start - 1) % 1440 + 1
                for w in windows or ()
            )

        slots = [m for m in range(0, 10080, STEP) if held(self.shift.pattern, m)]
        free = [m for m in slots if held(self.worker.weekly, m)]
        asked = min(STEP * len(slots), self.shift.needed_minutes or 10080)
        return asked, STEP * len(slots), min(asked, STEP * len(free))

    def values(self) -> dict[str, int]:
        worker, shift = self.worker, self.shift
        wanted = [(4, shift.trade)] if shift.trade else []
        wanted += [(2, need) for need in shift.required] + [(1, need) for need in shift.wished]
        weight = sum(w for w, _ in wanted)
        skill = half_up(Fraction(1000 * sum(w * worth(worker, n) for w, n in wanted), weight)) if weight else 0
        if self.bench:
            levels = [level(worker, need) or 0 for need in shift.required]
            skill = millionths(Fraction(sum(levels), 5 * len(levels))) if levels else 0
        return {
            "skill": skill,
            "distance": self.distance(),
            "schedule": millionths(Fraction(self.usable, self.asked)) if self.asked else 600_000,
            "spare_before": self.spare(-1),
            "spare_after": self.spare(+1),
            "reliability": 1000 * (800 if worker.reliability is None else worker.reliability),
            "employer": 1000 * (800 if shift.employer_reliability is None else shift.employer_reliability),
            "pay": self.pay(),
            "freshness": self.freshness(),
            "priority": FULL if worker.priority and shift.public_priority else 0,
        }

    def distance(self) -> int:
        if self.shift.remote:
            return FULL
        reach = limit(self.worker, self.shift)
        if self.metres is None or self.metres > reach:
            return 0
        if self.bench:
            return half_up(Fraction(math.exp(-self.metres / 5000)) * FULL)
        if self.metres <= 1000:
            return FULL
        if self.metres <= 3000:
            return half_up(FULL - Fraction(200_000 * (self.metres - 1000), 2000))
        return half_up(Fraction(800_000 * (reach - self.metres), reach - 3000))

    def spare(self, side: int) -> int:
        if self.shift.span is None:
            return 0
        span = self.shift.span
        begin = span.start // 60 * 60 - 60 if side < 0 else -(-span.end // 60) * 60
        return FULL if all(is_available(self.worker, m) for m in range(begin, begin + 60, STEP)) else 0

    def pay(self) -> int:
        wish, offer, span = self.worker.pay_wish, self.shift.pay, self.shift.span
        if wish is None:
            return FULL
        if offer is None:
            return 0
        whole = {"day", "shift", "fixed"}
        hours = Fraction(self.asked, 60) if span else None
        if offer.unit == wish.unit or {offer.unit, wish.unit} <= whole:
            return millionths(Fraction(offer.fen, wish.fen))
        if hours and offer.unit in whole and wish.unit == "hour":
            return millionths(offer.fen / (wish.fen * hours))
        if hours and offer.unit == "hour" and wish.unit in whole:
            return millionths(offer.fen * hours / wish.fen)
        return 0

    def freshness(self) -> int:
        if self.shift.published_at is None:
            return 0
        age = max(0, self.now - self.shift.published_at)
        return millionths(Fraction(max(0, 10_080 - age), 10_080))

    def points(self) -> dict[str, int]:
        weights = BENCH_WEIGHTS if self.bench else PRODUCT_WEIGHTS
        values = self.values()
        return {name: half_up(Fraction(weight) * values[name]) for name, weight in weights.items()}

    def refusals(self) -> set[str]:
        floor = 1000 if self.bench else 600
        reach = limit(self.worker, self.shift)
        found = {
            "out_of_reach": self.metres is not None and not self.shift.remote and self.metres > reach,
            "not_free": self.usable * 1000 < self.asked * floor,
            "booked": self.shift.span is not None and self.unbooked < self.asked,
        }
        found |= self.bench_rules() if self.bench else self.product_rules()
        return {code for code, refused in found.items() if refused}

    def bench_rules(self) -> dict[str, bool]:
        levels = [(level(self.worker, need), need.min_level) for need in self.shift.required]
        return {"skills": any(have is None or have < least for have, least in levels)}

    def product_rules(self) -> dict[str, bool]:
        worker, shift, today = self.worker, self.shift, local(self.now).date()
        first = local(shift.span.start).date() if shift.span else today
        week, _ = self.part_time()
        return {
            "closed": not shift.is_open,
            "full": shift.taken >= shift.headcount,
            "begun": shift.span is not None and self.now >= shift.span.end - self.asked,
            "under_age": worker.introducible_from is None or today < worker.introducible_from,
            "adults_only": shift.adult_only and (worker.adult_from is None or first < worker.adult_from),
            "blocked_pair": shift.employer_id in worker.blocked_employers or worker.id in shift.blocked_workers,
            "already_applied": shift.posting_id in worker.live_postings,
            "already_engaged": shift.id in worker.engaged_shifts,
            "certificates": not all(self.holds(need.kind, need.checked) for need in shift.certificates),
            "part_time_week": week,
        }

    def holds(self, kind: str, checked: bool) -> bool:
        span = self.shift.span or Span(self.now, self.now + STEP)
        days = {local(m).date() for m in quarters(span)}
        return any(
            paper.kind == kind
            and (paper.verified or not checked)
            and all((paper.valid_from or date.min) <= day <= (paper.valid_until or date.max) for day in days)
            for paper in self.worker.certificates
        )

    def part_time(self) -> tuple[bool, bool]:
        shift = self.shift
        if shift.part_time is None or shift.span is None:
            return False, False
        added: dict[date, int] = {}
        for m in range(shift.span.start, shift.span.start + self.asked, STEP):
            added[local(m).date()] = added.get(local(m).date(), 0) + STEP
        longest = sorted(added, key=lambda day: (-added[day], day))[0]
        added[longest] = max(0, added[longest] - shift.break_minutes)
        over_week = over_day = False
        for monday in {day - timedelta(days=day.weekday()) for day in added}:
            days = {monday + timedelta(days=i): 0 for i in range(7)}
            for entry in self.worker.part_time_days:
                if entry.employer_id == shift.employer_id and entry.day in days:
                    days[entry.day] += entry.minutes
            for day, minutes in added.items():
                if day in days:
                    days[day] += minutes
            worked = sum(1 for minutes in days.values() if minutes)
            over_week |= sum(days.values()) > shift.part_time.week_minutes
            over_day |= sum(days.values()) > shift.part_time.day_minutes * worked
        return over_week, over_day


def read_ranking(
    pairs: list[tuple[Worker, Shift]], now: int, *, bench: bool, side: str
) -> tuple[list[tuple[Any, dict[str, int]]], dict[str, int]]:
    """(id, points by factor) of the eligible pairs in order, and how many pairs each code refuses."""
    listed: list[Any] = []
    excluded: dict[str, int] = {}
    for worker, shift in pairs:
        look = Look(worker, shift, now, bench=bench)
        codes = look.refusals()
        for code in codes:
            excluded[code] = excluded.get(code, 0) + 1
        if not codes:
            ranked = worker.id if side == "worker" else shift.id
            points = look.points()
            published = math.inf if shift.published_at is None else shift.published_at
            way = math.inf if look.metres is None else look.metres
            key = (-sum(points.values()), *(() if bench else (way, published)), ranked)
            listed.append((key, ranked, points))
    return [(ranked, points) for _, ranked, points in sorted(listed)], excluded
