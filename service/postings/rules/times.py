"""When the work is: listed shifts, a weekly series, or a pattern of hours and days, checked and made storable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from service.patterns import Slot
from service.postings.rules.findings import Findings
from service.postings.rules.occurrences import Occurrence, occurrences_of, plan_of, slots_of, weekdays_of
from service.worktime import DAY_MINUTES, TimeRefused, at_local, end_of_day, local_day, rfc3339

FARTHEST = timedelta(days=366)  # nobody knows a shift of the year after next; it is a slip of the pen
LONGEST_MINUTES = DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Plan:
    """The storable time and what other checks need of it. Instants aware; minutes None where not known."""

    binding: str
    series: dict[str, Any] | None = None
    pattern: dict[str, Any] | None = None
    first_start: datetime | None = None
    last_end: datetime | None = None
    shift_minutes: int | None = None
    total_minutes: int | None = None
    claimable: bool = True
    occurrences: tuple[Occurrence, ...] = field(default=())


NO_PLAN = Plan("shift", series={"shifts": []})


def check_time(
    time: Mapping[str, Any], now: datetime, known: frozenset[str], findings: Findings, *, headcount_max: int
) -> Plan:
    """The plan, or NO_PLAN once its reasons are noted. `known` are keys that the posting already had:
    these may lie in the past."""
    ways = [name for name in ("starts_at", "shifts", "pattern") if time.get(name) is not None]
    if len(ways) != 1:
        findings.refuse("/time", "time_one_way", ways="starts_at, shifts, pattern")
        return NO_PLAN
    before = len(findings.errors)
    try:
        if ways == ["pattern"]:
            plan = _pattern(time["pattern"], now, findings)
        elif time.get("series"):
            plan = _series(time, now, known, findings)
        else:
            listed = time["shifts"] if ways == ["shifts"] else [time]
            at = "/time/shifts/{}" if ways == ["shifts"] else "/time"
            plan = _listed(listed, at, now, known, findings, headcount_max)
    except TimeRefused as wrong:
        findings.refuse("/time", wrong.code)
        return NO_PLAN
    return plan if len(findings.errors) == before else NO_PLAN


def _check_span(at: str, start: datetime, end: datetime | None, findings: Findings) -> bool:
    if end is None:
        findings.refuse(f"{at}/ends_at", "field_missing")
        return False
    if end <= start:
        findings.refuse(f"{at}/ends_at", "time_end_before_start")
    elif end - start > timedelta(minutes=LONGEST_MINUTES):
        findings.refuse(f"{at}/ends_at", "shift_too_long", most=LONGEST_MINUTES)
    else:
        return True
    return False


def _check_when(at: str, each: Occurrence, now: datetime, known: frozenset[str], findings: Findings) -> None:
    if each.starts_at <= now and each.key not in known:
        findings.refuse(f"{at}/starts_at", "starts_in_the_past")
    elif each.starts_at > now + FARTHEST:
        findings.refuse(f"{at}/starts_at", "starts_too_far_ahead", most=FARTHEST.days)


def _listed(
    shifts: Sequence[Mapping[str, Any]],
    at: str,
    now: datetime,
    known: frozenset[str],
    findings: Findings,
    headcount_max: int,
) -> Plan:
    found: dict[str, Occurrence] = {}
    for index, shift in enumerate(shifts):
        here = at.format(index)
        if not _check_span(here, shift["starts_at"], shift.get("ends_at"), findings):
            continue
        each = Occurrence(shift["starts_at"], shift["ends_at"], shift.get("headcount"), shift.get("break_minutes"))
        _check_when(here, each, now, known, findings)
        if (each.headcount or 0) > headcount_max:
            findings.refuse(f"{here}/headcount", "headcount_over_limit", most=headcount_max)
        if (each.break_minutes or 0) >= each.minutes:
            findings.refuse(f"{here}/break_minutes", "break_too_long", most=each.minutes - 1)
        if each.key in found:
            findings.refuse(here, "shift_twice")
        found[each.key] = each
    if not found:
        if not shifts:
            findings.refuse("/time/shifts", "list_too_short", least=1)
        return NO_PLAN
    return _dated({"shifts": [_stored(each) for each in sorted(found.values())]}, sorted(found.values()))


def _stored(each: Occurrence) -> dict[str, Any]:
    stored: dict[str, Any] = {"starts_at": rfc3339(each.starts_at), "ends_at": rfc3339(each.ends_at)}
    optional = {"headcount": each.headcount, "break_minutes": each.break_minutes}
    return stored | {name: value for name, value in optional.items() if value is not None}


def _dated(series: dict[str, Any], shifts: Sequence[Occurrence]) -> Plan:
    return Plan(
        "shift",
        series=series,
        first_start=shifts[0].starts_at,
        last_end=max(each.ends_at for each in shifts),
        shift_minutes=max(each.minutes for each in shifts),
        total_minutes=sum(each.minutes for each in shifts),
        occurrences=tuple(shifts),
    )


def _series(time: Mapping[str, Any], now: datetime, known: frozenset[str], findings: Findings) -> Plan:
    if not _check_span("/time", time["starts_at"], time.get("ends_at"), findings):
        return NO_PLAN
    start, end, series = time["starts_at"], time["ends_at"], time["series"]
    first = Occurrence(start, end)
    if not known:
        _check_when("/time", first, now, known, findings)
    weekdays = sorted(set(series.get("weekdays") or [local_day(start).weekday()]))
    if local_day(start).weekday() not in weekdays:
        findings.refuse("/time/series/weekdays", "series_misses_first_day")
    if series.get("count") and series.get("until"):
        findings.refuse("/time/series/until", "series_bounds")
    if series.get("until") and series["until"] < local_day(start):
        findings.refuse("/time/series/until", "series_bounds")
    exceptions = _exceptions(series.get("exceptions") or [], "/time/series/exceptions", findings)
    stored = {
        "starts_at": rfc3339(start),
        "ends_at": rfc3339(end),
        "weekdays": weekdays,
        "every_weeks": series.get("every_weeks") or 1,
        "count": series.get("count"),
        "until": series["until"].isoformat() if series.get("until") else None,
        "exceptions": exceptions,
    }
    if findings.errors:
        return NO_PLAN
    bounded = bool(stored["count"] or stored["until"])
    coming = occurrences_of(stored, None, min(start, now) - timedelta(minutes=1), FARTHEST.days)
    if not coming:
        findings.refuse("/time/series", "series_empty")
        return NO_PLAN
    last = max(each.ends_at for each in coming) if bounded else None
    total = sum(each.minutes for each in coming) if bounded else None
    return Plan("shift", stored, None, start, last, first.minutes, total, True, tuple(coming))


def _exceptions(given: Sequence[Mapping[str, Any]], at: str, findings: Findings) -> list[dict[str, Any]]:
    stored = []
    for index, each in enumerate(given):
        needs_hours = each["kind"] != "removed"
        if needs_hours and not (each.get("start") and each.get("end")):
            findings.refuse(f"{at}/{index}/start", "field_missing")
            continue
        if needs_hours:
            Slot.parse(each["start"], each["end"])
        hours = {"start": each["start"], "end": each["end"]} if needs_hours else {}
        stored.append({"day": each["day"].isoformat(), "kind": each["kind"], **hours})
    return stored


def _pattern(pattern: Mapping[str, Any], now: datetime, findings: Findings) -> Plan:
    first, last = pattern.get("first_day"), pattern.get("last_day")
    stored: dict[str, Any] = {
        "slots": [
            {"start": slot["start"], "end": slot["end"], "weekdays": _sorted(slot.get("weekdays"))}
            for slot in pattern.get("slots") or []
        ],
        "weekdays": _sorted(pattern.get("weekdays")),
        **{name: pattern.get(name) for name in ("min_days_per_week", "max_days_per_week", "min_minutes_per_day")},
        "min_months": pattern.get("min_months"),
        "flexible_window": pattern.get("flexible_window"),
        "from": first.isoformat() if first else None,
        "until": last.isoformat() if last else None,
        "exceptions": _exceptions(pattern.get("exceptions") or [], "/time/pattern/exceptions", findings),
    }
    _check_bounds(stored, first, last, now, findings)
    plan = plan_of(stored)
    stored["kind"] = plan.kind
    if not plan.days_agreed:
        findings.warn("/time/pattern", "days_to_be_agreed")
    slots = slots_of(stored)
    stated = stored["min_minutes_per_day"] if plan.kind == "flexible_window" else None
    return Plan(
        "pattern",
        None,
        stored,
        at_local(first, slots[0].start_minute) if first and slots else None,
        end_of_day(last) if last else None,
        stated or max((slot.minutes for slot in slots), default=stored["min_minutes_per_day"]),
        None,
        plan.days_agreed and plan.kind != "flexible_window",
    )


def _sorted(weekdays: Sequence[int] | None) -> list[int] | None:
    return sorted(set(weekdays)) if weekdays else None


def _check_bounds(
    stored: Mapping[str, Any], first: date | None, last: date | None, now: datetime, findings: Findings
) -> None:
    if last and (last < local_day(now) or (first and last < first)):
        findings.refuse("/time/pattern/last_day", "time_end_before_start")
    least, most = stored["min_days_per_week"], stored["max_days_per_week"]
    if least and most and least > most:
        findings.refuse("/time/pattern/max_days_per_week", "range_reversed")
    days = weekdays_of(stored["weekdays"])
    if days and least and least > len(days):
        findings.refuse("/time/pattern/min_days_per_week", "days_fewer_than_minimum", most=len(days))
