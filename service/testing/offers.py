"""Postings of an invented city with their shifts: dated, in series, by pattern; past, today's dawn, to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.actor import Actor
from service.postings.rules import (
    Ground,
    check_posting,
    occurrences_of,
    review_due_at,
    search_words,
    terms_hash,
    terms_of,
)
from service.postings.rules.occurrences import Occurrence
from service.postings.tables import PostingRow, PostingVersionRow
from service.reference.catalogue import regions, trades
from service.shifts.tables import ShiftRow
from service.testing.firms import Firm
from service.testing.maker import Maker, weighted
from service.testing.rows import Step
from service.worktime import at_local, local_day, parse_clock

PAST_SHARE, DRAFT_EVERY, SERIES_EVERY, PATTERN_EVERY, PICKUP = 0.25, 47, 13, 17, "harvest"
LEAD_DAYS = (0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 9)
SHORT = 240  # part-time work stays within four hours a day
TODAYS = {
    0: ("unloading", "dawn"),
    1: ("parcel_sorting", "night"),
    2: ("dishwashing", "evening"),
    3: ("packing", "day"),
}
HEADCOUNTS = {1: 4, 2: 6, 3: 4, 4: 3, 6: 2, 10: 1}


@dataclass(slots=True)
class Offered:
    """A shift that can be filled: its row, its posting's row and terms, its employer."""

    shift: dict[str, Any]
    posting: dict[str, Any]
    terms: dict[str, Any]
    firm: Firm
    seats: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A posting with its open or past shifts; none for a draft or one in review."""

    posting: dict[str, Any]
    shifts: tuple[Offered, ...]


def make_posting(maker: Maker, n: int, firms: Sequence[Firm]) -> Made:
    """The n-th posting: its trade by how common it is, its employer by who offers such work."""
    chance = maker.chance("posting", n)
    trade = weighted(chance, {code: demand.weight for code, demand in maker.words.trades.items()})
    trade = TODAYS[n][0] if n in TODAYS else trade
    firm = _firm(chance, [firm for firm in firms if not firm.waits or n not in TODAYS], maker.words.trades[trade].by)
    past = chance.random() < PAST_SHARE and not firm.waits and n not in TODAYS
    at, asked = _asked(maker, n, trade, firm, chance, past=past)
    ground = Ground(at, maker.ctx.policies.at(at, firm.city_code), firm.city_code)
    checked = check_posting(asked, ground)
    if checked.errors:
        raise RuntimeError(f"an invented posting breaks a rule: {[error.code for error in checked.errors]}")
    columns = dict(checked.columns) | {"search": _search(checked.columns, firm)}
    columns["terms_hash"] = terms_hash(terms_of(columns))
    return _store(maker, n, firm, columns, at)


def _firm(chance: Random, firms: Sequence[Firm], kinds: Sequence[str]) -> Firm:
    fitting = [firm for firm in firms if firm.kind in kinds]
    return chance.choice(fitting or list(firms))


def _search(columns: dict[str, Any], firm: Firm) -> list[str]:
    at_home = firm.kind == "household"
    address, name = (None, None) if at_home else (columns["address"], firm.name)
    return search_words(columns["title"], columns["trade"], address, name)


def _asked(
    maker: Maker, n: int, code: str, firm: Firm, chance: Random, *, past: bool
) -> tuple[datetime, dict[str, Any]]:
    """What somebody would have sent, and when: before the first shift, never in the future."""
    trade, words = trades()[code], maker.words
    slot = TODAYS[n][1] if n in TODAYS else _slot(chance, maker, trade.defaults.job_kind)
    first = maker.today - timedelta(days=chance.randint(1, 14)) if past else _first_day(maker, chance, slot, n)
    at = min(at_local(first, parse_clock(words.slots[slot].start)), maker.now) - timedelta(hours=chance.randint(6, 60))
    low, high = trade.demo_pay_fen
    step = 50 if high < 10_000 else 1000
    asked: dict[str, Any] = {
        "trade": code,
        "title": chance.choice(words.titles).format(
            part=words.parts[slot], trade=trade.zh, people=2, district=regions()[firm.spot.district_code].zh
        ),
        "description": chance.choice(words.descriptions),
        "headcount": weighted(chance, HEADCOUNTS),
        "place": {
            "city_code": firm.city_code,
            "district_code": firm.spot.district_code,
            "address": firm.spot.address,
            "point": {"lon": firm.spot.lon, "lat": firm.spot.lat, "sent_datum": "wgs84"},
            "kept_site_id": firm.site_id,
        },
        "time": _time(maker, n, slot, first, chance, past=past),
        "pay": {"amount_fen": max(low, chance.randint(low, high) // step * step), "unit": trade.defaults.pay_unit},
    }
    if code == PICKUP:
        asked["pickup"] = {
            "point": {"lon": round(firm.spot.lon + 0.01, 6), "lat": firm.spot.lat},
            "address": words.pickup_address.format(district=regions()[firm.spot.district_code].zh),
            "leaves_at": "05:00",
            "seats": 12,
            "way_back": True,
        }
    return at, asked


def _slot(chance: Random, maker: Maker, job_kind: str) -> str:
    slots = maker.words.slots
    fits = {
        name: clock.weight
        for name, clock in slots.items()
        if job_kind != "part_time" or (parse_clock(clock.end) - parse_clock(clock.start)) % 1440 <= SHORT
    }
    return weighted(chance, fits)


def _first_day(maker: Maker, chance: Random, slot: str, n: int) -> date:
    """One of the next days; today where the slot is still to come. A few are today's whatever the hour."""
    if n in TODAYS:
        return maker.today
    start = at_local(maker.today, parse_clock(maker.words.slots[slot].start))
    lead = chance.choice(LEAD_DAYS)
    todays = start > maker.now + timedelta(minutes=30)
    return maker.today + timedelta(days=lead if lead or todays else 1)


def _time(maker: Maker, n: int, slot: str, first: date, chance: Random, *, past: bool) -> dict[str, Any]:
    clock = maker.words.slots[slot]
    start, end = parse_clock(clock.start), parse_clock(clock.end)
    end += 1440 if end <= start else 0
    if not past and n % PATTERN_EVERY == PATTERN_EVERY - 1:
        days = {"weekdays": chance.choice(([0, 1, 2, 3, 4], [5, 6], [1, 3, 5])), "min_days_per_week": 2}
        return {"pattern": {"slots": [{"start": clock.start, "end": clock.end}], "first_day": first, **days}}
    span = {"starts_at": at_local(first, start), "ends_at": at_local(first, end)}
    if not past and n % SERIES_EVERY == SERIES_EVERY - 1:
        return span | {"series": {"weekdays": sorted({first.weekday(), (first.weekday() + 2) % 7}), "count": 4}}
    more = 1 if past else chance.choice((1, 1, 2))
    return {
        "shifts": [
            {
                "starts_at": at_local(first + timedelta(days=day), start),
                "ends_at": at_local(first + timedelta(days=day), end),
            }
            for day in range(more)
        ]
    }


def _store(maker: Maker, n: int, firm: Firm, columns: dict[str, Any], at: datetime) -> Made:
    posting_id = maker.book.id("posting", n)
    occurrences = occurrences_of(
        columns["series"],
        columns["pattern"],
        at,
        maker.ctx.policies.at(at, firm.city_code).postings.occurrence_window_days,
    )
    steps, more = _history(maker, n, firm, columns, at, occurrences)
    posting = maker.book.keep(
        PostingRow,
        posting_id,
        *steps,
        employer_id=firm.id,
        channel="api",
        **columns,
        **more,
    )
    terms = terms_of(columns)
    if posting["state"] != "draft":
        maker.book.plain(
            PostingVersionRow,
            id=maker.book.id("version", n),
            posting_id=posting_id,
            terms_version=1,
            terms=terms,
            terms_hash=columns["terms_hash"],
            created_at=at,
        )
    if posting["published_at"] is None:
        return Made(posting, ())
    _posting_timers(maker, posting)
    shifts = tuple(_shift(maker, n, posting, terms, firm, each) for each in occurrences)
    return Made(posting, shifts)


def _history(
    maker: Maker, n: int, firm: Firm, columns: dict[str, Any], at: datetime, occurrences: Sequence[Occurrence]
) -> tuple[list[Step], dict[str, Any]]:
    """Verified employers are live at once, households after a review, who waits has it before him; a few are drafts."""
    draft = Step("create", "draft", at, firm.owner)
    if n % DRAFT_EVERY == DRAFT_EVERY - 1:
        return [draft], {}
    sent = at + timedelta(minutes=2)
    if firm.waits:
        first = occurrences[0].starts_at if occurrences else None
        policy = maker.ctx.policies.at(sent, firm.city_code).postings
        due = max(review_due_at(sent, first, policy, lambda at, minutes: at + timedelta(minutes=minutes)), maker.now)
        due += timedelta(minutes=30)
        officer = maker.officers[firm.city_code]
        maker.book.due(
            "posting.review_overdue", maker.book.id("posting", n), due, now=maker.now, occurrence=due.isoformat()
        )
        return [draft, Step("submit", "submitted", sent, firm.owner)], {"review_due_at": due, "reviewer_id": officer}
    steps = [draft, Step("publish", "published", sent, firm.owner)]
    if not firm.verified:
        sent, submitted = sent + timedelta(minutes=3), Step("submit", "submitted", sent, firm.owner)
        steps = [draft, submitted, Step("publish", "published", sent, Actor("officer", maker.officers[firm.city_code]))]
    over: datetime = columns["valid_until"]
    if over <= maker.now:
        return [*steps, Step("expire", "expired", over)], {"published_at": sent, "closed_at": over}
    return steps, {"published_at": sent}


def _posting_timers(maker: Maker, posting: dict[str, Any]) -> None:
    if posting["state"] == "expired":
        return
    maker.book.due("posting.expire", posting["id"], posting["valid_until"], now=maker.now)
    series = posting["series"]
    if posting["pattern"] is not None or (series is not None and "shifts" not in series):
        again = maker.now + timedelta(days=1)
        maker.book.due("posting.renew", posting["id"], again, now=maker.now, occurrence=local_day(again).isoformat())


def _shift(
    maker: Maker, n: int, posting: dict[str, Any], terms: dict[str, Any], firm: Firm, each: Occurrence
) -> Offered:
    shift_id: UUID = maker.book.id("shift", n, each.key)
    ended = each.ends_at <= maker.now
    laid_out: datetime = posting["published_at"]
    steps = [Step("create", "open", laid_out, firm.owner), *([Step("end", "ended", each.ends_at)] if ended else [])]
    shift = maker.book.keep(
        ShiftRow,
        shift_id,
        *steps,
        posting_id=posting["id"],
        employer_id=firm.id,
        city_code=firm.city_code,
        occurrence=each.key,
        local_day=local_day(each.starts_at),
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        break_minutes=posting["break_minutes"] if each.break_minutes is None else each.break_minutes,
        headcount=each.headcount or posting["headcount"],
    )
    if not ended:
        maker.book.due("shift.end", shift_id, each.ends_at, now=maker.now)
    return Offered(shift, posting, terms, firm, shift["headcount"], laid_out)


def mark_filled(maker: Maker, made: Made) -> None:
    """A posting whose every coming seat is taken is shown as full."""
    coming = [each.shift for each in made.shifts if each.shift["ends_at"] > maker.now]
    if made.posting["state"] == "published" and coming and all(row["taken"] >= row["headcount"] for row in coming):
        maker.book.edit(PostingRow, made.posting, Step("fill", "filled", maker.now))
